"""Browsing a glossary in alphabetical order: letters, pages of entries, previous and next entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from random import choice

from semsearch.core.answers import Adjacent
from semsearch.core.entries import Entry
from semsearch.index.files.alphabet import FIRST, AlphabetPlace, key_of
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.text.normalise import fold

OTHER = "#"
"""Stands for everything that begins with a digit or a symbol."""

HAN = "漢"
"""Stands for all Chinese characters, which are too many for a list of letters."""

_HAN = (("\u3400", "\u9fff"), ("\U00020000", "\U000323af"))
_HANGUL = ("\uac00", "\ud7a3")
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_SYLLABLES = 588
"""Syllables of each initial consonant, in Unicode's order (The Unicode Standard, 3.12)."""

_END = "\U0010ffff"
"""Sorts after every other character, and occurs in no text."""


_BATCH = 1000
"""Entries read at once when all are read."""
_PLACES = 10_000
"""Places read at once when all are read."""


@dataclass(frozen=True, slots=True)
class AlphabetPage:
    """Consecutive entries, and the entry after which the next page begins, if there is one."""

    entries: tuple[Entry, ...]
    next: Entry | None


@dataclass(frozen=True, slots=True)
class _LetterGroup:
    """Consecutive keys under one letter: first key, and last character that a key begins with.

    A letter can have several groups: symbols stand before and after the letters.
    """

    letter: str
    first: str
    last: str

    @classmethod
    def of(cls, key: str) -> _LetterGroup:
        """Return the group whose first key this is."""
        begin = key[0]
        if any(low <= begin <= high for low, high in _HAN):
            return cls(HAN, key, next(high for low, high in _HAN if low <= begin <= high))
        if _HANGUL[0] <= begin <= _HANGUL[1]:
            number = (ord(begin) - ord(_HANGUL[0])) // _SYLLABLES
            last = chr(ord(_HANGUL[0]) + (number + 1) * _SYLLABLES - 1)
            return cls(_INITIALS[number], key, last)
        return cls(begin.upper() if begin.isalpha() else OTHER, key, begin)

    @property
    def end(self) -> str:
        """Upper bound of the keys of the group."""
        return self.last + _END


def letter_of(entry: Entry) -> str:
    """Return the letter an entry is listed under: the first of its folded term, in upper case.

    A Hangul syllable is listed under its initial consonant, as in Korean dictionaries.
    """
    return _LetterGroup.of(key_of(entry)).letter


def count_by_letter(places: Sequence[AlphabetPlace]) -> dict[str, int]:
    """Return how many of some places there are under each letter."""
    return Counter(map(_letter_of_first, (place.key[0] for place in places)))


@cache
def _letter_of_first(character: str) -> str:
    return _LetterGroup.of(character).letter


class Alphabet:
    """The entries of one glossary in alphabetical order, in a fixed view of the index."""

    def __init__(self, entry_table: MultiEntries, glossary: str) -> None:
        self._entry_table = entry_table
        self._glossary = glossary

    def letters(self) -> list[str]:
        """Return the letters that terms begin with; digits and symbols come last."""
        found = dict.fromkeys(group.letter for group in self._groups)
        others = [OTHER] if OTHER in found else []
        return [letter for letter in found if letter != OTHER] + others

    def places(self) -> list[AlphabetPlace]:
        """Return the places of all entries, by which they are counted and filtered."""
        found = self._after(FIRST, _PLACES)
        while more := self._after(found[-1], _PLACES) if found else []:
            found += more
        return found

    def containing(
        self, places: Sequence[AlphabetPlace], text: str, limit: int
    ) -> tuple[Entry, ...]:
        """Return the entries among some places whose terms contain a text, in order."""
        key = fold(text)
        found = islice((place for place in places if key in place.key), limit)
        return tuple(self._entries(list(found)))

    def page(
        self, *, letter: str | None = None, after: Entry | None = None, limit: int = 100
    ) -> AlphabetPage:
        """Return entries in order.

        Args:
            letter: only entries under this letter.
            after: the entry after which to begin.
            limit: most entries returned.
        """
        begin = self._place(after) if after else FIRST
        places: list[AlphabetPlace] = []
        if letter is None:
            places += self._after(begin, limit + 1)
        else:
            for group in self._groups:
                if group.letter == letter and len(places) <= limit:
                    start = max(begin, AlphabetPlace(group.first, -1))
                    places += self._after(start, limit + 1 - len(places), group.end)
        entries = self._entries(places[:limit])
        return AlphabetPage(tuple(entries), entries[-1] if len(places) > limit else None)

    def everything(self) -> Iterator[Entry]:
        """Yield all entries in order."""
        page = self.page(limit=_BATCH)
        yield from page.entries
        while page.next:
            page = self.page(after=page.next, limit=_BATCH)
            yield from page.entries

    def random(self) -> Entry:
        """Return any entry, each as likely as the others."""
        return self._entries([choice(self.places())])[0]  # noqa: S311 - nothing secret

    def adjacent(self, entry: Entry) -> Adjacent:
        """Return the entries before and after an entry."""
        place = self._place(entry)
        before = self._entries(self._entry_table.alphabet_before(self._glossary, place, 1))
        after = self._entries(self._after(place, 1))
        return Adjacent(before[0] if before else None, after[0] if after else None)

    def _place(self, entry: Entry) -> AlphabetPlace:
        """Return the place of an entry; a deleted one gets the place it would have."""
        position = self._entry_table.position_of(entry.id)
        return AlphabetPlace(key_of(entry), -1 if position is None else position)

    def _entries(self, places: Sequence[AlphabetPlace]) -> list[Entry]:
        return self._entry_table.entries([place.position for place in places])

    def _after(self, place: AlphabetPlace, limit: int, end: str = _END) -> list[AlphabetPlace]:
        return self._entry_table.alphabet_after(self._glossary, place, limit, end)

    @cached_property
    def _groups(self) -> list[_LetterGroup]:
        return list(self._find_groups())

    def _find_groups(self) -> Iterator[_LetterGroup]:
        """Yield the groups in order; each takes one query."""
        place = FIRST
        while found := self._after(place, 1):
            group = _LetterGroup.of(found[0].key)
            yield group
            place = AlphabetPlace(group.end, -1)
