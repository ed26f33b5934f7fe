"""Authored relations: which entries the links of an entry lead to, and whom its text mentions.

Both stay within one glossary, where a name means what its author meant. They come from what
authors wrote; what merely resembles is `neighbours`' and never mixed with them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import PurePath

from semsearch.core.entries import Entry, Relation, RelationKind
from semsearch.core.progress import Progress, told
from semsearch.importers.slugs import slug
from semsearch.mentions import Mention, MentionFinder
from semsearch.names import Name, NameKind, form_of, names_of
from semsearch.text import fold

MAX_MENTIONS = 100
"""Entries mentioned by one definition that are kept: the first ones."""

_WAYS = ("id", "page", "term", "alias", "form")
"""What a link may call an entry, the surest first."""


@dataclass(frozen=True, slots=True)
class RelationCounts:
    """What a build found: links that lead to an entry, links that do not, and mentions."""

    links: int
    unresolved: int
    mentions: int


class Relating:
    """The relations of all entries, found while they are iterated over, once.

    Names are found twice where there are links, since those of a million entries take more room
    than everything else.
    """

    def __init__(self, entries: Sequence[Entry], progress: Progress) -> None:
        """Take entries by position, glossary by glossary."""
        self._entries = entries
        self._progress = progress
        self._kinds: Counter[RelationKind] = Counter()
        self._unresolved = 0

    def __iter__(self) -> Iterator[Relation]:
        """Yield the relations, entry by entry.

        First its links in the author's order, then its mentions in the order of the text. A pair that
        is both is a link.
        """
        every = told(self._all(), self._progress, "links and mentions", len(self._entries))
        for relation in chain.from_iterable(every):
            self._kinds[relation.kind] += 1
            yield relation

    @property
    def counts(self) -> RelationCounts:
        """What has been found so far."""
        links, mentions = self._kinds[RelationKind.LINK], self._kinds[RelationKind.MENTION]
        return RelationCounts(links, self._unresolved, mentions)

    def _all(self) -> Iterator[Iterator[Relation]]:
        """Yield the relations of each entry."""
        first = 0
        for _, group in groupby(self._entries, lambda entry: entry.glossary):
            glossary = list(group)
            has_links = any(links_of(entry) for entry in glossary)
            links = Links(glossary) if has_links else None
            finder = MentionFinder(map(names_of, glossary))
            for own, entry in enumerate(glossary):
                linked = links.of(entry) if links else []
                self._unresolved += len(links_of(entry)) - len(linked)
                yield _of_entry(own, linked, finder.find(entry.definition, own, linked), first)
            first += len(glossary)


def relations_among(own: int, entries: Sequence[Entry]) -> Iterator[Relation]:
    """Yield the relations of one entry to some others of its glossary, itself among them, as `Relating` yields them.

    Args:
        own: its place among them.
        entries: all that its links and its text may mean; positions of what is yielded count these.
    """
    entry = entries[own]
    linked = Links(entries).of(entry)
    finder = MentionFinder(map(names_of, entries))
    return _of_entry(own, linked, finder.find(entry.definition, own, linked), 0)


def links_of(entry: Entry) -> tuple[str, ...]:
    """Return all that an author links an entry to, whatever the kind of the relation."""
    details = entry.details
    return (*entry.see_also, *details.related, *details.broader, *details.narrower)


def _of_entry(
    own: int, linked: Iterable[int], mentions: Iterable[Mention], first: int
) -> Iterator[Relation]:
    places: dict[int, Mention] = {}
    for mention in mentions:
        places.setdefault(mention.target, mention)
    targets = dict.fromkeys(linked, RelationKind.LINK)
    others = [target for target in places if target not in targets][:MAX_MENTIONS]
    targets.pop(own, None)
    for target, kind in (targets | dict.fromkeys(others, RelationKind.MENTION)).items():
        place = places.get(target)
        start, end = (place.start, place.end) if place else (None, None)
        yield Relation(first + own, first + target, kind, start, end)


class Links:
    """Tells which entry of a glossary a link means."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._prefix = f"{entries[0].glossary}:"
        self._known: dict[str, dict[str, list[int]]] = {way: defaultdict(list) for way in _WAYS}
        for position, entry in enumerate(entries):
            for way, key in _keys(entry, names_of(entry)):
                bearers = self._known[way][key]
                if position not in bearers[-1:]:
                    bearers.append(position)
        pages = self._known["page"]  # a file of many terms is none
        self._known["page"] = {name: found for name, found in pages.items() if len(found) == 1}

    def of(self, entry: Entry) -> list[int]:
        """Return the entries that the links of one lead to, in its author's order."""
        targets = (self.target(name) for name in links_of(entry))
        return [target for target in targets if target is not None]

    def target(self, name: str) -> int | None:
        """Return the entry that a link means; none if no entry or several are called so."""
        found = self.targets(name)
        return found[0] if len(found) == 1 else None

    def targets(self, name: str) -> Sequence[int]:
        """Return the entries that a link may mean, by the surest way in which any is called so."""
        id_, key = slug(name.removeprefix(self._prefix)), fold(name)
        asked = {"id": id_, "page": id_, "term": key, "alias": key, "form": form_of(key, name)}
        return next((found for way in _WAYS if (found := self._known[way].get(asked[way]))), ())


def _keys(entry: Entry, names: Iterable[Name]) -> Iterator[tuple[str, str]]:
    yield "id", entry.id.partition(":")[2]
    if entry.source:
        file = PurePath(entry.source.file)
        yield "page", slug(file.parent.name if file.stem == "index" else file.stem)
    for name in names:
        if name.kind is not NameKind.INITIALS:
            yield ("term" if name.kind is NameKind.TERM else "alias"), name.key
            yield "form", name.form
