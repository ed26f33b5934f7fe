"""Scopes: which positions may answer, when what answers lies in layers.

Positions count on from layer to layer. A changed entry has a new position in the last layer, and its old one is
hidden. A scope of some languages has only those of its positions whose definitions are in one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers


@dataclass(frozen=True, slots=True)
class PositionFilter:
    """Positions that may answer: a range in each layer, without the hidden ones.

    `count` says how many they are. `languages` are the tags that were asked for, if any were, and `only` the
    positions of these, ascending.
    """

    ranges: tuple[range, ...]
    count: int
    languages: tuple[str, ...] = ()
    only: Numbers | None = field(default=None, compare=False)

    @classmethod
    def of(cls, ranges: Sequence[range], deleted: Collection[int] = ()) -> PositionFilter:
        """Count what is not hidden in the ranges of all layers."""
        gone = sum(any(at in one for one in ranges) for at in deleted)
        return cls(tuple(ranges), sum(map(len, ranges)) - gone)

    def in_language(self, languages: Sequence[str], positions: Numbers) -> PositionFilter:
        """Return this scope without all entries that do not speak some languages.

        Args:
            languages: their tags.
            positions: who speaks them, ascending and none of them hidden.
        """
        return PositionFilter(self.ranges, len(positions), tuple(languages), positions)

    def __len__(self) -> int:
        """How many positions may answer."""
        return self.count


def between(numbers: Numbers, within: range) -> Numbers:
    """Return those of ascending positions that lie in a range."""
    low, high = numbers.searchsorted((within.start, within.stop))
    return numbers[low:high]


def are_among(
    numbers: NDArray[np.integer[Any]], kept: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """Say of each position whether it is among others, which ascend."""
    at = kept.searchsorted(numbers)
    at[at == len(kept)] = 0
    return kept[at] == numbers if len(kept) else np.zeros(len(numbers), dtype=np.bool_)


def live(numbers: Numbers, deleted: Numbers) -> Numbers:
    """Return ascending positions without the hidden ones, which ascend as well."""
    if not len(deleted) or not len(numbers):
        return numbers
    at = deleted.searchsorted(numbers)
    at[at == len(deleted)] = 0
    kept: Numbers = numbers[deleted[at] != numbers]
    return kept
