"""Batches are admitted if all of them will be done in time."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from semsearch.server.queueing.batch_line import BatchLine
from semsearch.server.queueing.waiting_line import Overloaded, WaitingLine


def _lines(pace: float) -> tuple[WaitingLine, BatchLine]:
    turns = WaitingLine(1, 100, 100.0)
    turns.note(pace, 1)
    return turns, BatchLine(turns, 30.0)


def test_a_batch_alone_is_always_admitted() -> None:
    """How long it takes is not known before; a timer ends it."""
    _, line = _lines(pace=10.0)
    with line.entered("ann", 64):
        pass


def test_no_batch_is_admitted_that_would_be_late_or_make_another_late() -> None:
    """64 parts of .2 s take 12.8 s alone, and two such batches 25.6 s."""
    _, line = _lines(pace=0.2)
    with line.entered("ann", 64) as first:
        with pytest.raises(Overloaded), line.entered("bob", 64):
            pass
        bob = line.entered("bob", 50)  # 12.8 + 10 s, within .8 of 30
        with bob, pytest.raises(Overloaded), line.entered("cid", 30):
            pass
        first.left = 20
        with line.entered("bob", 64):  # 12.8 + 4 s
            pass


def test_a_party_with_a_batch_leaves_room_for_others() -> None:
    """Its second one has to end within half of the time."""
    _, line = _lines(pace=0.2)
    with line.entered("ann", 64):
        with pytest.raises(Overloaded), line.entered("ann", 20):
            pass
        with line.entered("bob", 20):
            pass


def test_a_small_batch_is_not_held_up_by_all_of_a_large_one() -> None:
    """It has every second turn; many small ones are admitted beside the large one."""
    _, line = _lines(pace=0.2)
    with ExitStack() as stack:
        stack.enter_context(line.entered("ann", 64))
        for n in range(20):
            stack.enter_context(line.entered(f"party {n}", 2))


def test_exports_take_turns_too() -> None:
    """Their end is not known, so each takes a turn for every part of a batch."""
    turns, line = _lines(pace=0.2)
    with ExitStack() as stack:
        for party in ("an export", "another", "a third", "ann", "bob"):  # the batches among them
            stack.enter_context(turns.entered(party, timed=False))
        with line.entered("ann", 30), pytest.raises(Overloaded), line.entered("bob", 1):
            pass
