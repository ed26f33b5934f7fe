"""The stems of names, for telling whether a question says the name of an entry; as numbers, in mapped files.

    name_stems.i64    of each entry in the order of positions: the stems of its names as numbers, and a 0 behind
                      each name
    name_starts.i64   where those of each position begin, and where the last ones end

A question looks at the names of fifty entries, mostly at ones that nobody has asked about yet: as rows of a
database they took longer than all the rest of the closer look.
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
    """Collects the stems of names, position after position."""

    def __init__(self) -> None:
        self._starts = array("q", [0])
        self._numbers = array("q")

    def add(self, names: Iterable[Name]) -> None:
        """Take the names of the next entry; initials are nobody's words."""
        said = (name.label for name in names if name.kind is not NameKind.INITIALS)
        for stems in dict.fromkeys(question_stems(label) for label in said):
            if stems:
                self._numbers.extend((*map(_number, stems), _END))
        self._starts.append(len(self._numbers))

    def write(self, files: GenerationLayout) -> None:
        """Write both files."""
        write_array(files.name_stems, np.array(self._numbers, dtype="<i8"))
        write_array(files.name_starts, np.array(self._starts, dtype="<i8"))


class NameStems:
    """The open files. Safe to use from several threads."""

    def __init__(self, files: GenerationLayout) -> None:
        self._numbers = mapped(files.name_stems, "<i8")
        self._starts = mapped(files.name_starts, "<i8")

    def named_in(self, question: str, positions: Numbers) -> Scores:
        """Return how much of its own name the question says of each entry, the most of any name.

        See `fusion.named_in`.

        Args:
            question: what is asked.
            positions: (n,) which entries.

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
        is_said = (numbers[:, np.newaxis] == asked).any(axis=1)
        said = np.add.reduceat(is_said, starts, dtype=np.int64)
        owner = np.repeat(np.arange(len(positions)), counts)[ends]
        np.maximum.at(shares, owner, named_in(said, lengths, len(asked)))
        return shares


def _number(stem: str) -> int:
    """Return a number that no other stem has, but by a chance of one in 10^19, and never `_END`."""
    return (
        int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "little", signed=True) or 1
    )
