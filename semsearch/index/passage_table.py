"""The entries of a build, and their texts that need a vector: passages, names, phrases.

The phrases of an entry are its asked-as phrases and then common questions
(`text/common_questions.py`), if the index has these.

Only the hash and the length of a text are stored. The text is cut from the entry again when it is
needed, in a hundredth of the time that embedding takes. Stored texts would take as much memory as
the entries.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.checksums import text_hash
from semsearch.core.entries import Entry
from semsearch.core.progress import Progress, track
from semsearch.text.common_questions import QuestionSource
from semsearch.text.passages import Passage, embedded_names, passages_of, phrases_of

_BYTES = 32
"""Length of a hash."""


class PassageTable:
    """Entries by position, and their texts by row.

    The passages of all entries come first, of each the definition and then its sentences. The
    names of all entries follow, then their phrases.
    """

    def __init__(
        self, entries: Iterable[Entry], progress: Progress, common: QuestionSource | None = None
    ) -> None:
        """Collect the texts of all entries; sources keep their order within a glossary.

        Args:
            entries: the entries.
            progress: reports them.
            common: the common questions of the index; None if it has none.
        """
        self.entries = sorted(entries, key=lambda entry: entry.glossary)
        self._hashes = bytearray()
        self._lengths = array("i")
        first_rows, first_names = array("q", [0]), array("q", [0])
        for entry in track(self.entries, progress, "preparing", len(self.entries)):
            for passage in passages_of(entry):
                self._add(passage.text)
            first_rows.append(len(self._lengths))
        for entry in self.entries:
            for name in embedded_names(entry):
                self._add(name)
            first_names.append(len(self._lengths) - first_rows[-1])
        self.first_rows: Numbers = np.array(first_rows, dtype=np.int64)
        """(entries + 1,) where the passages of each begin."""
        self.first_names: Numbers = np.array(first_names, dtype=np.int64)
        """(entries + 1,) where the names of each begin, counted from the first name of all."""
        self._first_phrase_row = len(self._lengths)
        first_phrases = array("q", [0])
        self.common = common
        self.common_questions: dict[int, tuple[str, ...]] = {}
        """The common questions of each position that has any."""
        for position, entry in enumerate(self.entries):
            if common is not None and (questions := common.of(entry)):
                self.common_questions[position] = questions
            for phrase in self.phrases(position):
                self._add(phrase)
            first_phrases.append(len(self._lengths) - self._first_phrase_row)
        self.first_phrases: Numbers = np.array(first_phrases, dtype=np.int64)
        """(entries + 1,) where the phrases of each begin, counted from 0."""

    def _add(self, text: str) -> None:
        self._hashes += text_hash(text)
        self._lengths.append(len(text))

    @property
    def rows(self) -> range:
        """The rows of all texts."""
        return range(len(self._lengths))

    @property
    def passage_rows(self) -> range:
        """The rows of all passages."""
        return range(int(self.first_rows[-1]))

    @property
    def name_rows(self) -> range:
        """The rows of all names."""
        return range(int(self.first_rows[-1]), self._first_phrase_row)

    @property
    def phrase_rows(self) -> range:
        """The rows of all phrases."""
        return range(self._first_phrase_row, len(self._lengths))

    def phrases(self, position: int) -> tuple[str, ...]:
        """Return the phrases of an entry: those that its author wrote, then common questions."""
        return (*phrases_of(self.entries[position]), *self.common_questions.get(position, ()))

    def glossaries(self) -> list[str]:
        """Return the glossary of each entry."""
        return [entry.glossary for entry in self.entries]

    def by_entry(self) -> Iterator[tuple[Entry, list[Passage]]]:
        """Yield each entry with its passages."""
        return ((entry, passages_of(entry)) for entry in self.entries)

    def hashes(self, rows: Iterable[int]) -> list[bytes]:
        """Return the hashes of the texts of some rows."""
        return [bytes(self._hashes[row * _BYTES : (row + 1) * _BYTES]) for row in rows]

    def definition_hashes(self, positions: Numbers) -> list[bytes]:
        """Return the hashes of the definitions at some positions."""
        return self.hashes(self.first_rows[positions].tolist())

    def name_hashes(self, start: int, end: int) -> list[bytes]:
        """Return the hashes of the names from one number to another, counted from the first."""
        return self.hashes(self.name_rows[start:end])

    def length(self, row: int) -> int:
        """Return the number of characters of a row's text."""
        return self._lengths[row]

    def text(self, row: int) -> str:
        """Return the text of a row."""
        if row in self.passage_rows:
            position = _owner(self.first_rows, row)
            return passages_of(self.entries[position])[row - int(self.first_rows[position])].text
        if row in self.name_rows:
            name = row - self.name_rows.start
            position = _owner(self.first_names, name)
            return embedded_names(self.entries[position])[name - int(self.first_names[position])]
        phrase = row - self.phrase_rows.start
        position = _owner(self.first_phrases, phrase)
        return self.phrases(position)[phrase - int(self.first_phrases[position])]


def _owner(firsts: Numbers, number: int) -> int:
    """Return the position whose texts include a number; `firsts` says where those of each begin."""
    return int(np.searchsorted(firsts, number, side="right")) - 1
