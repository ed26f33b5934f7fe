"""Scopes: which positions may answer, when what answers lies in layers.

Positions count on from layer to layer. A changed entry has a new position in the last layer, and its old one is
hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from semsearch.types import Numbers


@dataclass(frozen=True, slots=True)
class Scope:
    """Positions that may answer: a range in each layer, without the hidden ones.

    `count` says how many they are.
    """

    ranges: tuple[range, ...]
    count: int

    @classmethod
    def of(cls, ranges: Sequence[range], hidden: Collection[int] = ()) -> Scope:
        """Count what is not hidden in the ranges of all layers."""
        gone = sum(any(at in one for one in ranges) for at in hidden)
        return cls(tuple(ranges), sum(map(len, ranges)) - gone)

    def __len__(self) -> int:
        """How many positions may answer."""
        return self.count


def visible(numbers: Numbers, hidden: Numbers) -> Numbers:
    """Return ascending positions without the hidden ones, which ascend as well."""
    if not len(hidden) or not len(numbers):
        return numbers
    at = hidden.searchsorted(numbers)
    at[at == len(hidden)] = 0
    kept: Numbers = numbers[hidden[at] != numbers]
    return kept
