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
from functools import lru_cache

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.checksums import hash64
from semsearch.core.entries import Entry
from semsearch.core.positions import spread
from semsearch.index.files.memory_map import mapped
from semsearch.index.files.name_words import NameParts, NameWords, write_name_words
from semsearch.ranking.fusion import Scores, name_overlap
from semsearch.storage.files.atomic_files import write_array
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.text.names import Name, NameKind
from semsearch.text.stems import name_stems, question_stems
from semsearch.text.word_languages import ENGLISH, ONLY_ENGLISH

END = 0
_UNSPOKEN = (NameKind.INITIALS, NameKind.NOTATION)


class NameStemsWriter:
    """Collects the stems of names, position by position."""

    def __init__(self) -> None:
        self._starts = array("q", [0])
        self._numbers = array("q")

    def add(self, entry: Entry, names: Iterable[Name]) -> None:
        """Add the names of the next entry, except initials and notations, which are no words."""
        said = (name for name in names if name.kind not in _UNSPOKEN)
        for stems in dict.fromkeys(name_stems(entry, name) for name in said):
            if stems:
                self._numbers.extend((*map(_number, stems), END))
        self._starts.append(len(self._numbers))

    def write(self, files: GenerationLayout) -> None:
        """Write the files of this module and of `name_words.py`."""
        numbers = np.array(self._numbers, dtype="<i8")
        starts = np.array(self._starts, dtype="<i8")
        write_array(files.name_stems, numbers)
        write_array(files.name_starts, starts)
        is_word = numbers != END
        positions = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
        write_name_words(files, numbers[is_word], positions[is_word])


class NameStems:
    """The open files. Thread-safe."""

    def __init__(self, files: GenerationLayout) -> None:
        self._numbers = mapped(files.name_stems, "<i8")
        self._starts = mapped(files.name_starts, "<i8")
        self.words = NameWords(files)

    def name_overlap(
        self, question: str, positions: Numbers, languages: tuple[str, ...] = ONLY_ENGLISH
    ) -> Scores:
        """Return the largest share of a name that the question contains, for each entry.

        See `fusion.name_overlap`.

        Args:
            question: the question.
            positions: (n,) positions of entries.
            languages: those of the names.

        Returns:
            (n,) each 0 to 1.
        """
        shares = np.zeros(len(positions), dtype=np.float32)
        names = self.names_of(positions)
        if not len(names.starts):
            return shares
        for language in languages:
            asked = numbers_of(question, language)
            if not len(asked):
                continue
            is_match = (names.numbers[:, np.newaxis] == asked).any(axis=1)
            matches = np.add.reduceat(is_match, names.starts, dtype=np.int64)
            owner = np.arange(len(positions)).repeat(self._counts(positions))[names.ends]
            lengths = names.ends - names.starts
            np.maximum.at(shares, owner, name_overlap(matches, lengths, len(asked)))
        return shares

    def names_of(self, positions: Numbers) -> NameParts:
        """Return the names of some entries as numbers; those that have no words have no names."""
        counts = self._counts(positions)
        places, _ = spread(self._starts[positions], counts)
        numbers = self._numbers[places]
        (ends,) = (numbers == END).nonzero()
        starts = np.zeros_like(ends)
        starts[1:] = ends[:-1] + 1
        return NameParts(numbers, starts, ends, positions.repeat(counts)[ends])

    def _counts(self, positions: Numbers) -> Numbers:
        counts: Numbers = self._starts[positions + 1] - self._starts[positions]
        return counts


@lru_cache(maxsize=256)  # one question is looked at several times while it is answered
def numbers_of(text: str, language: str = ENGLISH) -> Numbers:
    """Return the stems of the content words of a text as numbers."""
    return np.array([_number(stem) for stem in question_stems(text, language)], dtype=np.int64)


def _number(stem: str) -> int:
    """Return the hash of a stem, never `END`."""
    return hash64(stem) or 1
