"""`telemetry/shared_memory`: blocks of numbers, and a text that is whole or not there."""

from __future__ import annotations

import multiprocessing

import pytest

from semsearch.server.telemetry.families import DURATIONS, REQUESTS
from semsearch.server.telemetry.shared_memory import TEXT_BYTES, MetricsLayout, SharedMetrics

_OPERATIONS = (("none", "other"), ("/", "GET"))


def _shared() -> SharedMetrics:
    return SharedMetrics(_OPERATIONS, 2, multiprocessing.get_context())


def test_rows_do_not_overlap() -> None:
    """Families follow each other, and so do the rows of one."""
    layout = MetricsLayout(_OPERATIONS)
    ends = [layout.starts[name] + family.size for name, family in layout.families.items()]
    assert [*layout.starts.values()][1:] == ends[:-1]
    assert layout.length == ends[-1]
    first = layout.start(DURATIONS, "none", "other", "2xx")
    assert layout.start(DURATIONS, "none", "other", "3xx") == first + DURATIONS.width
    assert (
        layout.start(REQUESTS, "/", "GET", "201") == layout.start(REQUESTS, "/", "GET", "200") + 1
    )


def test_each_process_has_its_block() -> None:
    """A number that one writes is seen, and no other changes."""
    shared = _shared()
    shared.numbers(1)[3] = 2.5
    numbers = shared.all_numbers()
    assert numbers[1, 3] == 2.5
    assert numbers.sum() == 2.5


def test_a_text_is_read_as_it_was_written() -> None:
    """One without room is refused, and a half-written one is not read."""
    shared = _shared()
    assert shared.read_text(0) == {}
    assert shared.write_text(0, {"entries": {"kitchen": 4}})
    assert shared.write_text(1, {"a": 1})
    assert shared.read_text(0) == {"entries": {"kitchen": 4}}
    assert not shared.write_text(0, {"long": "x" * TEXT_BYTES})
    assert shared.read_text(0) == {"entries": {"kitchen": 4}}
    memoryview(shared._texts).cast("B")[12] ^= 1
    assert shared.read_text(0) == {}
    assert shared.read_text(1) == {"a": 1}


def _count(shared: SharedMetrics) -> None:
    shared.numbers(0)[5] += 1


@pytest.mark.process
def test_a_spawned_process_shares_them() -> None:
    """Where processes are not forked, the blocks are passed to them."""
    context = multiprocessing.get_context("spawn")
    shared = SharedMetrics(_OPERATIONS, 1, context)
    process = context.Process(target=_count, args=(shared,))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert shared.all_numbers()[0, 5] == 1
