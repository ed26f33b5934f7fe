"""The relations of all layers: what a build found of most entries, and of those changed since what is found when it is asked for.

A build goes through all texts with a table of all names. For the few entries that were changed since, the text and the
links say what could be meant, the index says who is called so, and among these the same rules decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry, Relation, RelationKind
from semsearch.index.files.entry_table import Snapshot
from semsearch.index.relations import relations_among
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.text.links import Links, links_of
from semsearch.text.mentions import MentionFinder, forms_in
from semsearch.text.names import form_of, names_of
from semsearch.text.normalise import fold
from semsearch.text.slugs import slug

MOST_SEARCHED = 1024
"""Changed entries whose texts are searched for the names of another one, which takes .1 ms each. So many wait only until
a generation that is due takes them in."""


class MultiRelations:
    """Who refers to whom, among the entries that are not hidden. Safe to use from several threads."""

    def __init__(
        self,
        entries: MultiEntries,
        snapshots: Sequence[Snapshot],
        lengths: Sequence[int],
        deleted: Numbers,
    ) -> None:
        """Take the entries, the layers they lie in, how many each has, and which positions are hidden."""
        self._entries = entries
        self._generation = snapshots[0]
        self._changed = range(lengths[0], sum(lengths))
        self._hidden = frozenset(deleted.tolist())
        self._moved = self._follow()
        self._before = {new: old for old, new in self._moved.items()}
        self._found = lru_cache(maxsize=len(self._changed))(self._find)

    def _follow(self) -> dict[int, int]:
        """Find where the hidden entries that are still there have gone."""
        ids = {old: self._entries.entries([old])[0].id for old in self._hidden}
        now = {old: self._entries.position_of(id_) for old, id_ in ids.items()}
        return {old: new for old, new in now.items() if new is not None}

    def of(self, position: int) -> list[Relation]:
        """Return what an author linked from an entry, then what its definition mentions."""
        if position in self._changed:
            return list(self._found(position))
        return self._told(self._generation.relations_from(position))

    def to(self, position: int) -> list[Relation]:
        """Return what links to or mentions an entry, links first."""
        told = self._before.get(position, position)
        found = [] if told in self._changed else self._told(self._generation.relations_to(told))
        for source in self._naming(position):
            found += (one for one in self._found(source) if one.target == position)
        return sorted(found, key=lambda relation: (relation.kind, relation.source))

    def _told(self, relations: Sequence[Relation]) -> list[Relation]:
        """Return those relations of the generation that hold, with their targets where they are now."""
        kept = (one for one in relations if one.source not in self._hidden)
        moved = (replace(one, target=self._moved.get(one.target, one.target)) for one in kept)
        return [one for one in moved if one.target not in self._hidden and self._holds(one)]

    def _holds(self, relation: Relation) -> bool:
        """Whether a text that is as it was still names an entry that may be called otherwise now; links stay."""
        if relation.kind is RelationKind.LINK or relation.target not in self._before:
            return True
        places = [relation.source, self._before[relation.target], relation.target]
        source, before, now = self._entries.entries(places)
        if names_of(before) == names_of(now):
            return True
        return any(MentionFinder([names_of(now)]).find(source.definition, -1))

    def _find(self, position: int) -> tuple[Relation, ...]:
        """Return the relations of a changed entry."""
        (entry,) = self._entries.entries([position])
        meant = sorted({position, *self._called(entry), *self._led_to(position)})
        among = relations_among(meant.index(position), self._entries.entries(meant))
        return tuple(replace(one, source=position, target=meant[one.target]) for one in among)

    def _called(self, entry: Entry) -> Iterator[int]:
        """Yield who is called what an entry links to, and what its text says."""
        links, glossary = links_of(entry), f"{entry.glossary}:"
        for link in links:
            at = self._entries.position_of(glossary + slug(link.removeprefix(glossary)))
            if at is not None:
                yield at
        within = self._entries.glossaries[entry.glossary]
        forms = {form_of(fold(link), link) for link in links} | forms_in(entry.definition)
        yield from self._entries.bearing(forms, within)

    def _led_to(self, position: int) -> Iterator[int]:
        """Yield where links of an entry led before it was changed: a page may be called otherwise than its entry."""
        if position in self._before:
            for one in self._generation.relations_from(self._before[position]):
                target = self._moved.get(one.target, one.target)
                if target not in self._hidden:
                    yield target

    def _naming(self, position: int) -> Iterator[int]:
        """Yield the changed entries that may link to an entry or mention it."""
        if len(self._changed) > MOST_SEARCHED:
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
