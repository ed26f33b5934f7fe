"""The stems of names as numbers, to measure how much of a name a question contains.

    name_stems.i64    of each entry in the order of positions: the stems of its names as numbers,
                      and a 0 after each name
    name_starts.i64   where the stems of each position begin, and where the last ones end

A question reads the names of fifty entries, mostly entries that were not asked about before. Read
from a database they took longer than all other parts of the score.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.index.files.memory_map import mapped
from semsearch.ranking.fusion import Scores, named_in
from semsearch.storage.atomic_files import write_array
from semsearch.storage.layout import GenerationLayout
from semsearch.text.names import Name, NameKind
from semsearch.text.stems import question_stems

_END = 0


class NameStemsWriter:
    """Collects the stems of names, position by position."""

    def __init__(self) -> None:
        self._starts = array("q", [0])
        self._numbers = array("q")

    def add(self, names: Iterable[Name]) -> None:
        """Add the names of the next entry, except initials, which are no words."""
        labels = (name.label for name in names if name.kind is not NameKind.INITIALS)
        for stems in dict.fromkeys(question_stems(label) for label in labels):
            if stems:
                self._numbers.extend((*map(_number, stems), _END))
        self._starts.append(len(self._numbers))

    def write(self, files: GenerationLayout) -> None:
        """Write both files."""
        write_array(files.name_stems, np.array(self._numbers, dtype="<i8"))
        write_array(files.name_starts, np.array(self._starts, dtype="<i8"))


class NameStems:
    """The open files. Thread-safe."""

    def __init__(self, files: GenerationLayout) -> None:
        self._numbers = mapped(files.name_stems, "<i8")
        self._starts = mapped(files.name_starts, "<i8")

    def named_in(self, question: str, positions: Numbers) -> Scores:
        """Return the largest share of a name that the question contains, for each entry.

        See `fusion.name_overlap`.

        Args:
            question: the question.
            positions: (n,) positions of entries.

        Returns:
            (n,) each 0 to 1.
        """
        shares = np.zeros(len(positions), dtype=np.float32)
        asked = np.array([_number(stem) for stem in question_stems(question)], dtype=np.int64)
        firsts = self._starts[positions]
        counts = self._starts[positions + 1] - firsts
        offsets = np.cumsum(counts) - counts
        numbers = self._numbers[np.repeat(firsts - offsets, counts) + np.arange(counts.sum())]
        is_end = numbers == _END
        if not len(asked) or not is_end.any():
            return shares
        (ends,) = is_end.nonzero()
        starts = np.zeros_like(ends)
        starts[1:] = ends[:-1] + 1
        lengths = ends - starts
        is_match = (numbers[:, np.newaxis] == asked).any(axis=1)
        matches = np.add.reduceat(is_match, starts, dtype=np.int64)
        owner = np.repeat(np.arange(len(positions)), counts)[ends]
        np.maximum.at(shares, owner, named_in(matches, lengths, len(asked)))
        return shares


def _number(stem: str) -> int:
    """Return a 64-bit hash of a stem, never `_END`; collisions have a chance of 1 in 10^19."""
    return (
        int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "little", signed=True) or 1
    )
