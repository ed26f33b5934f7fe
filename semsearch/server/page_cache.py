"""Cache of page fragments that depend only on the index.

A new revision of the index empties it. It holds at most 64 values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")

MAX_VALUES = 64
"""A value beyond these empties the cache first."""


class PageCache:
    """Values computed from the index alone, by key.

    Two threads may compute the same value at once. Both values are equal, and either may stay.
    """

    def __init__(self) -> None:
        self._cached: tuple[str, dict[Hashable, Any]] = ("", {})
        self._counting = Lock()
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._cached[1])

    def get(self, tag: str, key: Hashable, compute: Callable[[], T]) -> T:
        """Return the value of a key, computed if the cache has none for this tag.

        Args:
            tag: of the index. A new tag empties the cache.
            key: of the value.
            compute: called without arguments for the value.
        """
        cached = self._cached
        if tag != cached[0] or len(cached[1]) >= MAX_VALUES:
            cached = self._cached = (tag, {})
        values = cached[1]  # stays the same if another thread empties the cache meanwhile
        is_hit = key in values
        with self._counting:
            self.hits += is_hit
            self.misses += not is_hit
        if not is_hit:
            values[key] = compute()
        found: T = values[key]
        return found
