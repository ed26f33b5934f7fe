"""Admits a batch only if it, and those under way, will be done in time.

Heavy requests take turns. While a batch of n parts is answered, every other request takes at most n
turns, so a small batch does not wait for all of a large one. (Processor sharing; Kleinrock,
Queueing Systems II, 4.4.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from semsearch.server.queueing.waiting_line import Overloaded, WaitingLine

FIRST_SHARE = 0.8
"""Share of the limit within which batches must be predicted to end. Predictions are sometimes too
low, and a batch that is ended late was answered for nothing."""
FURTHER_SHARE = 0.5
"""The same for a party that has a batch under way; the rest is for others."""


@dataclass(eq=False, slots=True)
class Batch:
    """A batch under way."""

    party: str
    left: int
    """Parts that are not done."""
    began: float


class BatchLine:
    """The batches of one process. Only the event loop uses it.

    Args:
        turns: the line of all heavy requests, which knows how long a turn takes.
        limit_s: seconds after which a batch is ended.
    """

    def __init__(self, turns: WaitingLine, limit_s: float) -> None:
        self._turns = turns
        self._limit_s = limit_s
        self._batches: list[Batch] = []

    @contextmanager
    def entered(self, party: str, parts: int) -> Iterator[Batch]:
        """Hold a place for a batch; the caller counts down what is left of it.

        Args:
            party: who sends it, by key or address.
            parts: in how many turns it is answered.

        Raises:
            Overloaded: this batch or another one would not be done in time.
        """
        batch = Batch(party, parts, monotonic())
        if self._batches:
            has_one = any(one.party == party for one in self._batches)
            within = self._limit_s * (FURTHER_SHARE if has_one else FIRST_SHARE)
            if self._latest_s([*self._batches, batch]) > within:
                raise Overloaded
        self._batches.append(batch)
        try:
            yield batch
        finally:
            self._batches.remove(batch)

    def _latest_s(self, batches: list[Batch]) -> float:
        """Return how long the one of these batches that takes longest will have taken."""
        others = max(0, self._turns.count - len(batches))  # exports, whose end is not known
        now = monotonic()
        return max(
            now
            - batch.began
            + self._turns.pace
            * (others * batch.left + sum(min(one.left, batch.left) for one in batches))
            for batch in batches
        )
