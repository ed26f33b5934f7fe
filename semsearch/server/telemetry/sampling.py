"""Limits how many lines of one kind a log gets, so that nobody can fill a disk with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

BURST = 20
"""Lines of one kind that are written at once."""

INTERVAL_S = 10.0
"""Seconds after which another line of the kind may follow. All forty kinds of refusals in turn make
four lines a second, 100 MB a day."""

MAX_KINDS = 500
"""Kinds that are told apart; further ones share one bucket."""


@dataclass(slots=True)
class _Bucket:
    """How many lines may be written, since when, and how many were not."""

    left: float
    at: float
    dropped: int = 0


class LineSampler:
    """A bucket of lines for each kind, which fills again with time.

    Args:
        clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[Hashable, _Bucket] = {}
        self.dropped = 0
        """Lines of all kinds that were not to be written."""

    def admit(self, kind: Hashable) -> int | None:
        """Return None if a line is not to be written, or else how many before it were not."""
        now = self._clock()
        if kind not in self._buckets and len(self._buckets) >= MAX_KINDS:
            kind = None
        bucket = self._buckets.get(kind)
        if bucket is None:
            bucket = self._buckets[kind] = _Bucket(BURST, now)
        bucket.left = min(BURST, bucket.left + (now - bucket.at) / INTERVAL_S)
        bucket.at = now
        if bucket.left < 1:
            bucket.dropped += 1
            self.dropped += 1
            return None
        bucket.left -= 1
        before, bucket.dropped = bucket.dropped, 0
        return before
