"""The entries of all layers: what is asked of a `Snapshot`, of several as if they were one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry
from semsearch.core.errors import LanguageNotFound
from semsearch.core.index_info import GlossaryInfo
from semsearch.core.positions import PositionFilter, between, live
from semsearch.index.files.alphabet import Placed
from semsearch.index.files.entry_table import NamedEntry, NameLabel, Snapshot
from semsearch.index.segments.multi import MultiParts
from semsearch.text.languages import check_language, matching
from semsearch.text.stems import Stemmed

_MOST_SPOKEN = 64
"""Scopes of a language that are kept: one of a million entries takes 8 MB at most, most take little."""


class MultiEntries:
    """The entries of all layers that are not hidden. Safe to use from several threads."""

    def __init__(
        self,
        snapshots: Sequence[Snapshot],
        entries: Sequence[int],
        rows: Sequence[int],
        deleted: Numbers,
    ) -> None:
        """Take the layers, how many entries and rows each has, and which positions are hidden."""
        self._layers = MultiParts(snapshots, entries)
        self._rows = MultiParts(snapshots, rows)
        self._hidden = frozenset(deleted.tolist())
        self._gone = deleted
        self._spoken: dict[tuple[PositionFilter, str], PositionFilter] = {}
        self.everything = self._scope([snapshot.everything() for snapshot in snapshots])
        self.glossaries = self._glossaries()

    def _scope(self, own: Sequence[range]) -> PositionFilter:
        starts = self._layers.starts
        ranges = [range(r.start + s, r.stop + s) for r, s in zip(own, starts, strict=True)]
        return PositionFilter.of(ranges, self._hidden)

    def _glossaries(self) -> dict[str, PositionFilter]:
        known = [snapshot.glossaries() for snapshot in self._layers.parts]
        names = dict.fromkeys(name for one in known for name in one)
        scopes = {n: self._scope([one.get(n, range(0)) for one in known]) for n in names}
        return {name: scope for name, scope in scopes.items() if len(scope)}

    def glossary_infos(self) -> tuple[GlossaryInfo, ...]:
        """Return each glossary with the number of its entries, by name."""
        return tuple(GlossaryInfo(n, len(s)) for n, s in sorted(self.glossaries.items()))

    def languages(self, within: PositionFilter) -> dict[str, int]:
        """Return how many entries of a scope are of each language, by its tag."""
        counts = {tag: len(self._positions(within, own)) for tag, own in self._languages.items()}
        return {tag: count for tag, count in counts.items() if count}

    def in_language(self, within: PositionFilter, wanted: str) -> PositionFilter:
        """Return the entries of a scope in a language, also in its variants.

        Raises:
            InvalidSetting: that is no language.
            LanguageNotFound: the scope has no entry of it.
        """
        key = within, check_language(wanted)
        if key not in self._spoken:
            known = self.languages(within)
            tags = matching(wanted, known)
            if not tags:
                raise LanguageNotFound(
                    f"there is no definition in that language; there are {', '.join(known)}"
                )
            if len(self._spoken) >= _MOST_SPOKEN:
                self._spoken = {}
            own = [self._positions(within, self._languages[tag]) for tag in tags]
            all_of_them = len(tags) == len(known)
            every = np.sort(np.concatenate(own))
            self._spoken[key] = within if all_of_them else within.in_language(tags, every)
        return self._spoken[key]

    @cached_property
    def _languages(self) -> dict[str, Numbers]:
        """The positions of each language that are not hidden, ascending."""
        found: dict[str, list[Numbers]] = {}
        for snapshot, start in zip(self._layers.parts, self._layers.starts, strict=True):
            for tag, positions in snapshot.languages.items():
                found.setdefault(tag, []).append(positions + start)
        return {tag: live(np.concatenate(own), self._gone) for tag, own in sorted(found.items())}

    @staticmethod
    def _positions(within: PositionFilter, positions: Numbers) -> Numbers:
        return np.concatenate([between(positions, one) for one in within.ranges])

    def position_of(self, id_: str) -> int | None:
        """Return the position of an entry by its id."""
        for snapshot, start in zip(self._layers.parts, self._layers.starts, strict=True):
            at = snapshot.position_of(id_)
            if at is not None and at + start not in self._hidden:
                return at + start
        return None

    def entries(self, positions: Sequence[int]) -> list[Entry]:
        """Return entries by position, in the order asked for."""
        found = []
        for position in positions:
            snapshot, start = self._layers.at(position)
            found += snapshot.entries([position - start])
        return found

    def labels(self, positions: Sequence[int]) -> list[NameLabel]:
        """Return what entries are called, in the order asked for."""
        found: dict[int, NameLabel] = {}
        for snapshot, start, end in self._layers.spans():
            own = [position for position in positions if start <= position < end]
            labels = snapshot.labels([position - start for position in own])
            found |= zip(own, labels, strict=True)
        return [found[position] for position in positions]

    def passages(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Return where in their definitions the passages of vector rows stand."""
        found = []
        for row in rows:
            snapshot, start = self._rows.at(row)
            found += snapshot.passages([row - start])
        return found

    def stems(self, position: int) -> list[Stemmed]:
        """Return the words of a definition with their stems."""
        snapshot, start = self._layers.at(position)
        return snapshot.stems(position - start)

    def alphabet_after(self, glossary: str, place: Placed, limit: int, end: str) -> list[Placed]:
        """Return what stands behind a place in the alphabet of a glossary and not behind a key, in order."""
        found = self._placed(
            lambda one, own, most: one.alphabet_after(glossary, own, most, end), place, limit
        )
        return sorted(found)[:limit]

    def alphabet_before(self, glossary: str, place: Placed, limit: int) -> list[Placed]:
        """Return what stands before a place in the alphabet of a glossary, the nearest first."""
        found = self._placed(
            lambda one, own, most: one.alphabet_before(glossary, own, most), place, limit
        )
        return sorted(found, reverse=True)[:limit]

    def _placed(
        self, read: Callable[[Snapshot, Placed, int], list[Placed]], place: Placed, limit: int
    ) -> Iterator[Placed]:
        """Yield what is read of each layer, which is asked for what is hidden besides."""
        for snapshot, start in zip(self._layers.parts, self._layers.starts, strict=True):
            own = replace(place, position=place.position - start)
            for one in read(snapshot, own, limit + len(self._hidden)):
                if one.position + start not in self._hidden:
                    yield replace(one, position=one.position + start) if start else one

    def longest_name(self) -> int:
        """Return the length of the longest key of a name."""
        return max(snapshot.longest_name() for snapshot in self._layers.parts)

    def by_key(self, key: str, within: PositionFilter) -> list[NamedEntry]:
        """Return names with this key."""
        found = []
        for snapshot, own, start in self._layers.each(within):
            found += self._shown(snapshot.by_key(key, own, within.languages), start)
        return found

    def by_form(self, form: str, within: PositionFilter) -> list[NamedEntry]:
        """Return names with this form."""
        found = []
        for snapshot, own, start in self._layers.each(within):
            found += self._shown(snapshot.by_form(form, own, within.languages), start)
        return found

    def bearing(self, forms: Collection[str], within: PositionFilter) -> set[int]:
        """Return the positions of the entries that have a name of one of many forms."""
        found: set[int] = set()
        for snapshot, own, start in self._layers.each(within):
            found |= {position + start for position in snapshot.bearing(forms, own)}
        return found - self._hidden

    def by_prefix(self, prefix: str, within: PositionFilter, limit: int) -> list[NamedEntry]:
        """Return names whose key begins with `prefix`, the shortest first."""
        found = []
        for snapshot, own, start in self._layers.each(within):
            most = limit + len(self._hidden)
            found += self._shown(snapshot.by_prefix(prefix, own, most, within.languages), start)
        found.sort(key=lambda named: (len(named.name.key), named.name.key))
        return found[:limit]

    def names_like(self, length: int, first: str, last: str) -> list[NamedEntry]:
        """Return names whose key has a length, and a first or a last letter if one is given, by position."""
        found = []
        for snapshot, start in zip(self._layers.parts, self._layers.starts, strict=True):
            found += self._shown(snapshot.names_like(length, first, last), start)
        return found

    def _shown(self, named: list[NamedEntry], start: int) -> list[NamedEntry]:
        if not start and not self._hidden:
            return named
        moved = (replace(one, position=one.position + start) for one in named)
        return [one for one in moved if one.position not in self._hidden]

    def count_names(self) -> int:
        """Return about how many names there are: those of hidden entries count as well."""
        return sum(snapshot.count_names() for snapshot in self._layers.parts)
