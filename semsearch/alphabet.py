"""The alphabet of a glossary: its letters, the entries of each, and what stands beside an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from semsearch.layered_entries import LayeredEntries
from semsearch.storage.alphabet import FIRST, Placed, key_of
from semsearch.types import Entry

OTHER = "#"
"""What stands for everything that begins with no letter: digits and marks."""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries that follow each other, and the entry behind which the next page begins; None if there is none."""

    entries: tuple[Entry, ...]
    next: Entry | None


@dataclass(frozen=True, slots=True)
class Beside:
    """The entries before and behind one; None at either end of its glossary."""

    previous: Entry | None
    next: Entry | None


def letter_of(entry: Entry) -> str:
    """Return the letter that an entry stands under: the first of its folded term, in capitals."""
    return _letter(key_of(entry))


def _letter(key: str) -> str:
    return key[0].upper() if key[0].isalpha() else OTHER


class Alphabet:
    """The entries of one glossary in alphabetical order, as they were when it was opened."""

    def __init__(self, snapshot: LayeredEntries, glossary: str) -> None:
        self._snapshot = snapshot
        self._glossary = glossary

    def letters(self) -> list[str]:
        """Return the letters that terms begin with, that of digits and marks last."""
        found = dict.fromkeys(map(_letter, self._firsts()))
        others = [OTHER] if OTHER in found else []
        return [letter for letter in found if letter != OTHER] + others

    def page(
        self, *, letter: str | None = None, after: Entry | None = None, limit: int = 100
    ) -> Page:
        """Return entries in order.

        Args:
            letter: only those under it.
            after: the entry behind which to begin.
            limit: how many at most.
        """
        begin = self._place(after) if after else FIRST
        places: list[Placed] = []
        for first in self._firsts():
            if letter is None or _letter(first) == letter:
                places += self._under(first[0], begin, limit + 1 - len(places))
            if len(places) > limit:
                break
        entries = self._entries(places)
        return Page(tuple(entries[:limit]), entries[limit - 1] if len(entries) > limit else None)

    def beside(self, entry: Entry) -> Beside:
        """Return what stands before and behind an entry."""
        place = self._place(entry)
        before = self._entries(self._snapshot.alphabet_before(self._glossary, place, 1))
        after = self._entries(self._snapshot.alphabet_after(self._glossary, place, 1))
        return Beside(before[0] if before else None, after[0] if after else None)

    def _place(self, entry: Entry) -> Placed:
        """Return where an entry stands; one that has gone meanwhile stands where it would."""
        position = self._snapshot.position_of(entry.id)
        return Placed(key_of(entry), -1 if position is None else position)

    def _entries(self, places: Sequence[Placed]) -> list[Entry]:
        return self._snapshot.entries([place.position for place in places])

    def _firsts(self) -> Iterator[str]:
        """Yield the first key of each character that keys begin with."""
        place = FIRST
        while found := self._snapshot.alphabet_after(self._glossary, place, 1):
            key = found[0].key
            yield key
            place = Placed(f"{key[0]}\U0010ffff", 1 << 62)  # behind all that begins with it

    def _under(self, first: str, begin: Placed, limit: int) -> list[Placed]:
        place = max(begin, Placed(first, -1))
        found = self._snapshot.alphabet_after(self._glossary, place, limit)
        return list(takewhile(lambda one: one.key[0] == first, found))
