"""A bounded line: how much waits or is under way, of whom, and how soon it will be done.

A line admits work until it is predicted to be late. Each party (an access key or an address) may
hold a multiple of what is still free. Alone it gets nearly everything; the more it holds, the more
stays free for others. (Choudhury and Hahne, Dynamic queue length thresholds, 1998.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

ADMISSION_SHARE = 0.5
"""Share of the patience that new work may be expected to take. A prediction is sometimes too low,
and work that is dropped later has waited for nothing."""

PARTY_SHARE = 8.0
"""How many times what is free one party may hold: 8/9 of a line, if no other uses it."""

PACE_SAMPLES = 16
"""The pace is an exponential average over about this many pieces of work."""


class Overloaded(Exception):
    """The work would wait too long. Nothing was begun."""


class WaitingLine:
    """Work of one kind. Only the event loop uses it.

    Args:
        free: how much is admitted without a prediction: what is begun at once.
        waiting: how much more may be in the line.
        patience: seconds in which work is to be done.
        party_share: how many times what is free one party may hold.
    """

    def __init__(
        self, free: int, waiting: int, patience: float, party_share: float = PARTY_SHARE
    ) -> None:
        self._free = free
        self._room = free + waiting
        self.patience = patience
        """Seconds in which work is to be done."""
        self._party_share = party_share
        self._count_by_party: Counter[str] = Counter()
        self._cost_by_party: Counter[str] = Counter()
        self.count = 0
        """Pieces of work that wait or are under way."""
        self.cost = 0
        """Their cost, in short questions."""
        self._samples = 0
        self.pace = 0.0
        """Seconds that a piece takes for each unit of cost in the line, itself included."""

    def is_full(self, party: str | None = None, cost: int = 1) -> bool:
        """Whether more work would be refused.

        Args:
            party: who sends it; None leaves the shares of parties out.
            cost: of the work.
        """
        if self.count < self._free:
            return False
        if self._exceeds(self._count_by_party, party, 1, self._room - self.count):
            return True
        if not self.pace:
            return False
        in_time = self.patience * ADMISSION_SHARE / self.pace
        return self._exceeds(self._cost_by_party, party, cost, in_time - self.cost)

    def _exceeds(self, held: Counter[str], party: str | None, wanted: int, rest: float) -> bool:
        if rest < wanted:
            return True
        return party is not None and held[party] + wanted > self._party_share * rest

    @contextmanager
    def entered(self, party: str, cost: int = 1, *, timed: bool = True) -> Iterator[None]:
        """Hold a place in the line.

        Args:
            party: who sends the work.
            cost: of the work.
            timed: whether the time says how fast the line moves.

        Raises:
            Overloaded: the line is full.
        """
        if self.is_full(party, cost):
            raise Overloaded
        self.count += 1
        self.cost += cost
        self._count_by_party[party] += 1
        self._cost_by_party[party] += cost
        ahead, began = max(self.cost, self._free * cost), perf_counter()
        try:
            yield
            if timed:
                self.note(perf_counter() - began, ahead)
        finally:
            self.count -= 1
            self.cost -= cost
            self._count_by_party[party] -= 1
            self._cost_by_party[party] -= cost
            if not self._count_by_party[party]:
                del self._count_by_party[party], self._cost_by_party[party]

    def note(self, seconds: float, ahead: int) -> None:
        """Note how long a piece of work took behind so much cost, its own included."""
        self._samples = min(self._samples + 1, PACE_SAMPLES)
        self.pace += (seconds / ahead - self.pace) / self._samples
