"""The entries of all segments: the queries of `EntryTable` over two segments as one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry
from semsearch.core.errors import LanguageNotFound
from semsearch.core.index_info import GlossaryInfo
from semsearch.core.positions import PositionFilter, between, without
from semsearch.index.files.alphabet import AlphabetPlace
from semsearch.index.files.entry_table import EntryTable, NameLabel
from semsearch.index.files.name_table import NamedEntry
from semsearch.index.segments.multi import MultiParts
from semsearch.text.language_tags import check_language, matching
from semsearch.text.stems import StemPlaces
from semsearch.text.word_languages import word_languages

_MAX_LANGUAGE_FILTERS = 64
"""Cached language filters. A filter of a million entries takes 8 MB at most; most take little."""


class MultiEntries:
    """All entries that are not deleted. Thread-safe."""

    def __init__(
        self,
        tables: Sequence[EntryTable],
        entries: Sequence[int],
        rows: Sequence[int],
        deleted: Numbers,
    ) -> None:
        """Take the tables, the number of entries and rows in each, and the deleted positions."""
        self._segments = MultiParts(tables, entries)
        self._rows = MultiParts(tables, rows)
        self._deleted = frozenset(deleted.tolist())
        self._deleted_array = deleted
        self._by_language: dict[tuple[PositionFilter, str], PositionFilter] = {}
        self._tags = self._tags_of_glossaries()
        every = [tag for tags in self._tags.values() for tag in tags]
        self.everything = self._filter([table.everything() for table in tables], every)
        self.glossaries = self._glossaries()

    def _tags_of_glossaries(self) -> dict[str, list[str]]:
        """Return the language tags in each glossary; those of deleted entries count too."""
        found: dict[str, list[str]] = {}
        for table in self._segments.parts:
            for name, tags in table.glossary_languages().items():
                found.setdefault(name, []).extend(tags)
        return found

    def _filter(self, own: Sequence[range], tags: Iterable[str]) -> PositionFilter:
        starts = self._segments.starts
        ranges = [range(r.start + s, r.stop + s) for r, s in zip(own, starts, strict=True)]
        every = tuple(sorted(set(tags)))
        made = PositionFilter.of(ranges, self._deleted)
        return replace(made, tags=every, word_languages=word_languages(every))

    def _glossaries(self) -> dict[str, PositionFilter]:
        known = [table.glossaries() for table in self._segments.parts]
        names = dict.fromkeys(name for one in known for name in one)
        filters = {
            n: self._filter([one.get(n, range(0)) for one in known], self._tags.get(n, ()))
            for n in names
        }
        return {name: filter_ for name, filter_ in filters.items() if len(filter_)}

    def glossary_infos(self) -> tuple[GlossaryInfo, ...]:
        """Return each glossary with its number of entries, by name."""
        return tuple(GlossaryInfo(n, len(s)) for n, s in sorted(self.glossaries.items()))

    def languages(self, allowed: PositionFilter) -> dict[str, int]:
        """Return the number of allowed entries defined in each language, by tag."""
        return self._counts(allowed, self._defined_in)

    def languages_with_names(self, allowed: PositionFilter) -> dict[str, int]:
        """Return the number of allowed entries defined or named in each language, by tag."""
        return self._counts(allowed, self._in_language)

    def _counts(self, allowed: PositionFilter, places: dict[str, Numbers]) -> dict[str, int]:
        counts = {tag: len(self._positions(allowed, own)) for tag, own in places.items()}
        return {tag: count for tag, count in counts.items() if count}

    def in_language(self, allowed: PositionFilter, wanted: str) -> PositionFilter:
        """Return the filter narrowed to entries defined or named in a language or its variants.

        Raises:
            InvalidSetting: the tag is not a language tag.
            LanguageNotFound: no allowed entry is in that language.
        """
        key = allowed, check_language(wanted)
        if key not in self._by_language:
            known = self.languages_with_names(allowed)
            tags = matching(wanted, known)
            if not tags:
                raise LanguageNotFound(
                    f"nothing is defined or named in that language; there are {', '.join(known)}"
                )
            if len(self._by_language) >= _MAX_LANGUAGE_FILTERS:
                self._by_language = {}
            own = [self._positions(allowed, self._in_language[tag]) for tag in tags]
            all_of_them = len(tags) == len(known)
            every = np.unique(np.concatenate(own))
            self._by_language[key] = allowed if all_of_them else allowed.in_language(tags, every)
        return self._by_language[key]

    @cached_property
    def _defined_in(self) -> dict[str, Numbers]:
        """The ascending positions of the entries defined in each language."""
        return self._by_tag(lambda table: (table.languages,))

    @cached_property
    def _in_language(self) -> dict[str, Numbers]:
        """The ascending positions of the entries defined or named in each language."""
        return self._by_tag(lambda table: (table.languages, table.name_languages))

    def _by_tag(
        self, read: Callable[[EntryTable], Sequence[dict[str, Numbers]]]
    ) -> dict[str, Numbers]:
        found: dict[str, list[Numbers]] = {}
        for table, start in zip(self._segments.parts, self._segments.starts, strict=True):
            for places in read(table):
                for tag, positions in places.items():
                    found.setdefault(tag, []).append(positions + start)
        return {
            tag: without(np.unique(np.concatenate(own)), self._deleted_array)
            for tag, own in sorted(found.items())
        }

    @staticmethod
    def _positions(allowed: PositionFilter, positions: Numbers) -> Numbers:
        return np.concatenate([between(positions, one) for one in allowed.ranges])

    def position_of(self, id_: str) -> int | None:
        """Return the position of an entry by its id."""
        for table, start in zip(self._segments.parts, self._segments.starts, strict=True):
            at = table.position_of(id_)
            if at is not None and at + start not in self._deleted:
                return at + start
        return None

    def entries(self, positions: Sequence[int]) -> list[Entry]:
        """Return the entries at some positions, in the given order."""
        found = []
        for position in positions:
            table, start = self._segments.at(position)
            found += table.entries([position - start])
        return found

    def labels(self, positions: Sequence[int]) -> list[NameLabel]:
        """Return id, term and glossary of entries, in the given order."""
        found: dict[int, NameLabel] = {}
        for table, start, end in self._segments.spans():
            own = [position for position in positions if start <= position < end]
            labels = table.labels([position - start for position in own])
            found |= zip(own, labels, strict=True)
        return [found[position] for position in positions]

    def passages(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Return the span in its definition of the passage of each row."""
        found = []
        for row in rows:
            table, start = self._rows.at(row)
            found += table.passages([row - start])
        return found

    def stems(self, position: int) -> tuple[StemPlaces, StemPlaces]:
        """Return where words with which stems stand in a definition, and in its term."""
        table, start = self._segments.at(position)
        return table.stems(position - start)

    def common_question(self, position: int, number: int) -> str:
        """Return one of the common questions of an entry, by its number from 0."""
        table, start = self._segments.at(position)
        return table.common_question(position - start, number)

    def count_commonly_asked(self) -> int:
        """Return the number of entries that have common questions."""
        starts = zip(self._segments.parts, self._segments.starts, strict=True)
        own = [table.commonly_asked + start for table, start in starts]
        return len(without(np.concatenate(own), self._deleted_array))

    def alphabet_after(
        self, glossary: str, place: AlphabetPlace, limit: int, end: str
    ) -> list[AlphabetPlace]:
        """Return the places after one in a glossary's alphabet, up to the key `end`."""
        found = self._placed(
            lambda one, own, most: one.alphabet_after(glossary, own, most, end), place, limit
        )
        return sorted(found)[:limit]

    def alphabet_before(
        self, glossary: str, place: AlphabetPlace, limit: int
    ) -> list[AlphabetPlace]:
        """Return the places before one in a glossary's alphabet, nearest first."""
        found = self._placed(
            lambda one, own, most: one.alphabet_before(glossary, own, most), place, limit
        )
        return sorted(found, reverse=True)[:limit]

    def _placed(
        self,
        read: Callable[[EntryTable, AlphabetPlace, int], list[AlphabetPlace]],
        place: AlphabetPlace,
        limit: int,
    ) -> Iterator[AlphabetPlace]:
        """Yield the places of each segment, read with room for the deleted ones."""
        for table, start in zip(self._segments.parts, self._segments.starts, strict=True):
            own = replace(place, position=place.position - start)
            for one in read(table, own, limit + len(self._deleted)):
                if one.position + start not in self._deleted:
                    yield replace(one, position=one.position + start) if start else one

    def longest_name(self) -> int:
        """Return the length of the longest key of a name."""
        return max(table.longest_name() for table in self._segments.parts)

    def by_key(self, key: str, allowed: PositionFilter) -> list[NamedEntry]:
        """Return names with this key."""
        found = []
        for table, own, start in self._segments.each(allowed):
            found += self._live(table.by_key(key, own, allowed.languages), start)
        return found

    def by_form(self, form: str, allowed: PositionFilter) -> list[NamedEntry]:
        """Return names with this form."""
        found = []
        for table, own, start in self._segments.each(allowed):
            found += self._live(table.by_form(form, own, allowed.languages), start)
        return found

    def bearing(self, forms: Collection[str], allowed: PositionFilter) -> set[int]:
        """Return the positions of the entries that have a name in one of these forms."""
        found: set[int] = set()
        for table, own, start in self._segments.each(allowed):
            found |= {position + start for position in table.bearing(forms, own)}
        return found - self._deleted

    def by_prefix(self, prefix: str, allowed: PositionFilter, limit: int) -> list[NamedEntry]:
        """Return the names whose key begins with `prefix`, shortest first."""
        found = []
        for table, own, start in self._segments.each(allowed):
            most = limit + len(self._deleted)
            found += self._live(table.by_prefix(prefix, own, most, allowed.languages), start)
        found.sort(key=lambda named: (len(named.name.key), named.name.key))
        return found[:limit]

    def names_like(self, length: int, first: str, last: str) -> list[NamedEntry]:
        """Return the names whose key has this length and this last or else first letter."""
        found = []
        for table, start in zip(self._segments.parts, self._segments.starts, strict=True):
            found += self._live(table.names_like(length, first, last), start)
        return found

    def _live(self, named: list[NamedEntry], start: int) -> list[NamedEntry]:
        if not start and not self._deleted:
            return named
        moved = (replace(one, position=one.position + start) for one in named)
        return [one for one in moved if one.position not in self._deleted]

    def count_names(self) -> int:
        """Return the number of names; those of deleted entries are counted too."""
        return sum(table.count_names() for table in self._segments.parts)
