"""The relations of all segments: read from the generation, derived on demand for changed entries.

A build searches all texts with a table of all names. For the few changed entries, the index is
asked which entries have the names that their texts and links contain, and the same rules decide
among these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from semsearch.core.arrays import Numbers
from semsearch.core.cached_method import cached_method
from semsearch.core.entries import Entry, Relation, RelationKind
from semsearch.index.files.entry_table import EntryTable
from semsearch.index.relations import relations_among
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.text.links import Links, links_of
from semsearch.text.mentions import MentionFinder, forms_in
from semsearch.text.names import form_of, names_of
from semsearch.text.normalise import fold
from semsearch.text.slugs import slug

MAX_SEARCHED = 1024
"""Most changed entries whose texts are searched for the names of another entry, .1 ms each. So many
are pending only until the next generation is published."""


class MultiRelations:
    """Relations between entries that are not deleted. Thread-safe."""

    def __init__(
        self,
        entries: MultiEntries,
        tables: Sequence[EntryTable],
        lengths: Sequence[int],
        deleted: Numbers,
    ) -> None:
        """Take the entries, the tables, the entries in each, and the deleted positions."""
        self._entries = entries
        self._generation = tables[0]
        self._changed = range(lengths[0], sum(lengths))
        self._deleted = frozenset(deleted.tolist())
        self._moved = self._map_moved()
        self._before = {new: old for old, new in self._moved.items()}
        self._cached = cached_method(len(self._changed), self._find)

    def _map_moved(self) -> dict[int, int]:
        """Map the old position of each changed entry to its new one."""
        ids = {old: self._entries.entries([old])[0].id for old in self._deleted}
        now = {old: self._entries.position_of(id_) for old, id_ in ids.items()}
        return {old: new for old, new in now.items() if new is not None}

    def of(self, position: int) -> list[Relation]:
        """Return the links of an entry, then the entries that its definition mentions."""
        if position in self._changed:
            return list(self._cached(position))
        return self._current(self._generation.relations_from(position))

    def to(self, position: int) -> list[Relation]:
        """Return the entries that link to an entry or mention it, links first."""
        earlier = self._before.get(position, position)
        found = (
            []
            if earlier in self._changed
            else self._current(self._generation.relations_to(earlier))
        )
        for source in self._changed_sources(position):
            found += (one for one in self._cached(source) if one.target == position)
        return sorted(found, key=lambda relation: (relation.kind, relation.source))

    def _current(self, relations: Sequence[Relation]) -> list[Relation]:
        """Return the relations of the generation that still hold, with current targets."""
        live = (one for one in relations if one.source not in self._deleted)
        moved = (replace(one, target=self._moved.get(one.target, one.target)) for one in live)
        return [one for one in moved if one.target not in self._deleted and self._holds(one)]

    def _holds(self, relation: Relation) -> bool:
        """Return whether a relation still holds: links always, mentions if the text has a name."""
        if relation.kind is RelationKind.LINK or relation.target not in self._before:
            return True
        places = [relation.source, self._before[relation.target], relation.target]
        source, before, now = self._entries.entries(places)
        if names_of(before) == names_of(now):
            return True
        return any(MentionFinder([names_of(now)]).find(source.definition, -1))

    def _find(self, position: int) -> tuple[Relation, ...]:
        """Derive the relations of a changed entry."""
        (entry,) = self._entries.entries([position])
        candidates = sorted({position, *self._candidates(entry), *self._earlier_targets(position)})
        among = relations_among(candidates.index(position), self._entries.entries(candidates))
        return tuple(replace(one, source=position, target=candidates[one.target]) for one in among)

    def _candidates(self, entry: Entry) -> Iterator[int]:
        """Yield the entries whose names the links and the text of an entry contain."""
        links, glossary = links_of(entry), f"{entry.glossary}:"
        for link in links:
            at = self._entries.position_of(glossary + slug(link.removeprefix(glossary)))
            if at is not None:
                yield at
        allowed = self._entries.glossaries[entry.glossary]
        forms = {form_of(fold(link), link) for link in links} | forms_in(entry.definition)
        yield from self._entries.bearing(forms, allowed)

    def _earlier_targets(self, position: int) -> Iterator[int]:
        """Yield the targets that an entry's links had before its change.

        A link to a page can only be resolved in a build if the page is not named like its entry.
        """
        if position in self._before:
            for one in self._generation.relations_from(self._before[position]):
                target = self._moved.get(one.target, one.target)
                if target not in self._deleted:
                    yield target

    def _changed_sources(self, position: int) -> Iterator[int]:
        """Yield the changed entries that may link to an entry or mention it."""
        if len(self._changed) > MAX_SEARCHED:
            return
        (target,) = self._entries.entries([position])
        finder, links = MentionFinder([names_of(target)]), Links([target])
        for source in self._changed:
            (entry,) = self._entries.entries([source])
            if entry.glossary != target.glossary or source == position:
                continue
            text = entry.definition
            is_named = finder.may_find(text) and any(finder.find(text, -1))
            if is_named or any(map(links.targets, links_of(entry))):
                yield source
