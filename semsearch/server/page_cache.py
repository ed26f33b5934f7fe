"""What pages need again and again, kept as long as the index says the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 64
"""Values that are kept; more begin anew."""


class PageCache:
    """Values that are made of the index alone, by whatever names them.

    Two threads may make the same value at once: they make equal ones, and either may stay.
    """

    def __init__(self) -> None:
        self._held: tuple[str, dict[Hashable, Any]] = ("", {})

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._held[1])

    def get(self, tag: str, name: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a name, made if it is not there or was made of an index with another tag."""
        held = self._held
        if tag != held[0] or len(held[1]) >= MOST:
            held = self._held = (tag, {})
        values = held[1]  # also if another thread begins anew meanwhile
        if name not in values:
            values[name] = make()
        found: T = values[name]
        return found
