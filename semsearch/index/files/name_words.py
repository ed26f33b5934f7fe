"""Which entries have a word in a name, for questions with only a part of a name.

"scheduler" finds kube-scheduler.

    name_words.i64            every stem of a name as a number (see `name_stems.py`), ascending
    name_word_starts.i64      where the entries of each begin, and where the last ones end
    name_word_positions.i32   positions of the entries, ascending for each word

A word of a name takes four bytes: 30 MB for a million entries, mapped and read on demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.positions import are_among
from semsearch.index.files.memory_map import mapped
from semsearch.storage.files.atomic_files import write_array
from semsearch.storage.files.generation_layout import GenerationLayout

MAX_HOLDERS = 1 << 14
"""Most entries whose names may have all words of a question. Words that more entries have do not
distinguish them, and reading the entries would take longer than the rest of the question."""


@dataclass(frozen=True, slots=True)
class NameParts:
    """The names of some entries as the numbers of their words.

    Name i has the numbers from `starts[i]` to `ends[i]`, at least one, and belongs to the entry at
    `positions[i]`.
    """

    numbers: Numbers
    starts: Numbers
    ends: Numbers
    positions: Numbers


def write_name_words(
    files: GenerationLayout, numbers: Numbers, positions: NDArray[np.integer[Any]]
) -> None:
    """Write the three files.

    Args:
        files: where to.
        numbers: (n,) the words of all names.
        positions: (n,) the entry of each, ascending.
    """
    order = np.argsort(numbers, kind="stable")
    numbers, positions = numbers[order], positions[order]
    is_new = np.ones(len(numbers), dtype=bool)
    is_new[1:] = (np.diff(numbers) != 0) | (np.diff(positions) != 0)
    words, starts = np.unique(numbers[is_new], return_index=True)
    write_array(files.name_words, words.astype("<i8"))
    write_array(files.name_word_starts, np.append(starts, is_new.sum()).astype("<i8"))
    write_array(files.name_word_positions, positions[is_new].astype("<i4"))


class NameWords:
    """The open files. Thread-safe."""

    def __init__(self, files: GenerationLayout) -> None:
        self._words = mapped(files.name_words, "<i8")
        self._starts = mapped(files.name_word_starts, "<i8")
        self._positions = mapped(files.name_word_positions, "<i4")

    def uses(self, numbers: Numbers) -> Numbers:
        """Return how many entries have each of some words in a name."""
        if not len(self._words):
            return np.zeros(len(numbers), dtype=np.int64)
        at = np.minimum(self._words.searchsorted(numbers), len(self._words) - 1)
        counts = self._starts[at + 1] - self._starts[at]
        found: Numbers = np.where(self._words[at] == numbers, counts, 0)
        return found

    def holders(self, numbers: Numbers, allowed: range) -> Numbers:
        """Return the ascending positions in a range whose names have all of some words."""
        lists = [self._holders(int(number), allowed) for number in numbers]
        lists.sort(key=len)
        found = lists[0]
        for other in lists[1:]:
            found = found[are_among(found, other)]
        return found.astype(np.int64)

    def _holders(self, number: int, allowed: range) -> NDArray[np.int32]:
        at = int(self._words.searchsorted(number))
        if at == len(self._words) or self._words[at] != number:
            return np.empty(0, dtype=np.int32)
        positions: NDArray[np.int32] = self._positions[self._starts[at] : self._starts[at + 1]]
        low, high = positions.searchsorted((allowed.start, allowed.stop))
        return positions[low:high]
