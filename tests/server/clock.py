"""A clock that tests set, for whatever expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class SettableClock:
    """Tells the time that it is set to."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now
