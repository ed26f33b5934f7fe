"""`waiting_line`: what is admitted, and the shares of those who send it."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from semsearch.server.queueing.waiting_line import Overloaded, WaitingLine


def _fill(line: WaitingLine, party: str, stack: ExitStack, cost: int = 1) -> int:
    """Enter work of a party until it is refused, and return how much was admitted."""
    for admitted in range(1000):
        if line.is_full(party, cost):
            with pytest.raises(Overloaded), line.entered(party, cost):
                pass
            return admitted
        stack.enter_context(line.entered(party, cost, timed=False))
    raise AssertionError("nothing was refused")


def test_a_party_leaves_room_for_others() -> None:
    """Alone it gets nearly all; another that comes then gets most of what it left."""
    line = WaitingLine(1, 99, patience=1)
    with ExitStack() as stack:
        assert _fill(line, "a", stack) == 89
        assert not line.is_full("b")
        assert 8 <= _fill(line, "b", stack) <= 12
        assert not line.is_full("c")
        assert not line.is_full(None)
    assert (line.count, line.cost) == (0, 0)
    assert not line.is_full("a")


def test_the_pace_bounds_the_cost() -> None:
    """Late work is refused: 8 of 100 ms take half of 1.6 s, and so does one that costs 8."""
    line = WaitingLine(1, 1000, patience=1.6)
    line.note(0.1, 1)
    with ExitStack() as stack:
        assert 6 <= _fill(line, "a", stack) <= 8
    with ExitStack() as stack:
        assert _fill(line, "a", stack, cost=5) == 1


def test_what_is_begun_at_once_is_never_refused() -> None:
    """Although the last work was slow and this one is large."""
    line = WaitingLine(2, 10, patience=0.1)
    line.note(60, 1)
    with line.entered("a", 700, timed=False):
        assert not line.is_full("a", 700)
        with line.entered("a", 1, timed=False):
            assert line.is_full("b")


def test_work_that_fails_says_nothing_about_the_pace() -> None:
    """A refusal later on is fast, and would make the line look fast."""
    line = WaitingLine(1, 10, patience=1.6)
    line.note(0.3, 1)
    with pytest.raises(KeyError), line.entered("a"):
        raise KeyError
    with line.entered("a", timed=False):
        assert not line.is_full("b")
        with line.entered("b", timed=False):
            assert line.is_full("c")
