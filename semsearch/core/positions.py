"""Filters of positions: which entries may answer, over the segments of an index.

Positions of the second segment continue those of the first. A changed entry has a new position in
the live segment, and its old one is deleted.
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
    """Allowed positions: a range in each segment, minus the deleted ones.

    `count` is their number. If languages were asked for, `languages` are their tags and `only` the
    ascending positions of entries in these. `tags` are those of all definitions and names in the
    ranges, and `word_languages` the languages in which words are compared there.
    """

    ranges: tuple[range, ...]
    count: int
    languages: tuple[str, ...] = ()
    only: Numbers | None = field(default=None, compare=False)
    tags: tuple[str, ...] = field(default=(), compare=False)
    word_languages: tuple[str, ...] = field(default=("en",), compare=False)

    @classmethod
    def of(cls, ranges: Sequence[range], deleted: Collection[int] = ()) -> PositionFilter:
        """Make a filter of one range for each segment."""
        count = sum(any(at in one for one in ranges) for at in deleted)
        return cls(tuple(ranges), sum(map(len, ranges)) - count)

    def in_language(self, languages: Sequence[str], positions: Numbers) -> PositionFilter:
        """Return this filter narrowed to entries in some languages.

        Args:
            languages: their tags.
            positions: ascending positions of these entries, none of them deleted.
        """
        asked, tags = tuple(languages), self.tags
        return PositionFilter(
            self.ranges, len(positions), asked, positions, tags, self.word_languages
        )

    def __len__(self) -> int:
        """Return the number of allowed positions."""
        return self.count


def between(numbers: Numbers, range_: range) -> Numbers:
    """Return those of ascending positions that lie in a range."""
    low, high = numbers.searchsorted((range_.start, range_.stop))
    return numbers[low:high]


def are_among(
    numbers: NDArray[np.integer[Any]], members: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """Return, for each position, whether it is among ascending others."""
    at = members.searchsorted(numbers)
    at[at == len(members)] = 0
    return members[at] == numbers if len(members) else np.zeros(len(numbers), dtype=np.bool_)


def distinct(numbers: Numbers) -> Numbers:
    """Return the distinct ones of some numbers, ascending; for few a third of `np.unique`."""
    found = np.sort(numbers)
    is_new = np.ones(len(found), dtype=np.bool_)
    np.not_equal(found[1:], found[:-1], out=is_new[1:])
    return found[is_new]


def spread(firsts: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return the numbers of some runs, run after run, and where each run begins among them.

    Runs of 2 numbers from 5 and of 3 from 9 give 5, 6, 9, 10, 11 and begin at 0 and 2.
    """
    ends = counts.cumsum()
    starts: Numbers = ends - counts
    numbers: Numbers = (firsts - starts).repeat(counts)
    numbers += np.arange(len(numbers))
    return numbers, starts


def without(numbers: Numbers, deleted: Numbers) -> Numbers:
    """Return ascending positions without the deleted ones, which ascend too."""
    if not len(deleted) or not len(numbers):
        return numbers
    at = deleted.searchsorted(numbers)
    at[at == len(deleted)] = 0
    members: Numbers = numbers[deleted[at] != numbers]
    return members
