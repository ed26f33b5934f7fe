"""The entries of a build, and the texts of theirs that need a vector (passages).

Only the hash and the length of a passage are stored. Its text is cut from the definition again when
it is needed, in a hundredth of the time that embedding takes. Stored texts would take as much
memory as the entries.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry
from semsearch.core.progress import Progress, track
from semsearch.text.normalise import text_hash
from semsearch.text.passages import Passage, passages_of, phrases_of

_BYTES = 32
"""Length of a hash."""


class PassageTable:
    """Entries by position, and their texts by row.

    The passages of all entries come first, of each the definition and then its sentences. The
    asked-as phrases of all entries follow.
    """

    def __init__(self, entries: Iterable[Entry], progress: Progress) -> None:
        """Cut all entries into their passages; sources keep their order within a glossary."""
        self.entries = sorted(entries, key=lambda entry: entry.glossary)
        self._hashes = bytearray()
        self._lengths = array("i")
        first_rows = array("q", [0])
        for entry in track(self.entries, progress, "preparing", len(self.entries)):
            for passage in passages_of(entry):
                self._add(passage.text)
            first_rows.append(len(self._lengths))
        self.first_rows: Numbers = np.array(first_rows, dtype=np.int64)
        """(entries + 1,) where the passages of each begin."""
        first_phrases = array("q", [0])
        for entry in self.entries:
            for phrase in phrases_of(entry):
                self._add(phrase)
            first_phrases.append(len(self._lengths) - first_rows[-1])
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
    def phrase_rows(self) -> range:
        """The rows of all asked-as phrases."""
        return range(int(self.first_rows[-1]), len(self._lengths))

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

    def length(self, row: int) -> int:
        """Return the number of characters of a row's text."""
        return self._lengths[row]

    def text(self, row: int) -> str:
        """Return the text of a row."""
        if row in self.phrase_rows:
            phrase = row - self.phrase_rows.start
            position = int(np.searchsorted(self.first_phrases, phrase, side="right")) - 1
            return phrases_of(self.entries[position])[phrase - int(self.first_phrases[position])]
        position = int(np.searchsorted(self.first_rows, row, side="right")) - 1
        return passages_of(self.entries[position])[row - int(self.first_rows[position])].text
