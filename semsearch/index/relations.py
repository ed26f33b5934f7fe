"""Derives the relations of entries: links that authors wrote, and names that definitions mention.

Both stay within one glossary, where a name has one meaning. Entries that are merely similar are
found by `search/neighbours.py` and are never mixed with these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from semsearch.core.entries import Entry, Relation, RelationKind
from semsearch.core.progress import Progress, track
from semsearch.text.links import Links, links_of
from semsearch.text.mentions import Mention, MentionFinder
from semsearch.text.names import names_of

MAX_MENTIONS = 100
"""Most entries that one definition is recorded to mention: the first ones."""


@dataclass(frozen=True, slots=True)
class RelationCounts:
    """Numbers of links, links without a target, and mentions."""

    links: int
    unresolved: int
    mentions: int


class RelationBuilder:
    """The relations of all entries, derived while they are iterated over; iterate once only.

    Names are computed a second time where there are links: the names of a million entries would
    take more memory than everything else.
    """

    def __init__(self, entries: Sequence[Entry], progress: Progress) -> None:
        """Take the entries by position, glossary by glossary."""
        self._entries = entries
        self._progress = progress
        self._kinds: Counter[RelationKind] = Counter()
        self._unresolved = 0

    def __iter__(self) -> Iterator[Relation]:
        """Yield the relations entry by entry.

        Links come first, in the author's order, then mentions in the order of the text. A link that
        is also mentioned is a link.
        """
        every = track(self._all(), self._progress, "links and mentions", len(self._entries))
        for relation in chain.from_iterable(every):
            self._kinds[relation.kind] += 1
            yield relation

    @property
    def counts(self) -> RelationCounts:
        """The numbers of relations yielded so far."""
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
            for source, entry in enumerate(glossary):
                linked = links.of(entry) if links else []
                self._unresolved += len(links_of(entry)) - len(linked)
                yield _of_entry(
                    source, linked, finder.find(entry.definition, source, linked), first
                )
            first += len(glossary)


def relations_among(source: int, entries: Sequence[Entry]) -> Iterator[Relation]:
    """Yield the relations of one entry within its glossary, in the order of `RelationBuilder`.

    Args:
        source: its position in `entries`.
        entries: the entry itself and all that its links or its text may refer to. The relations
            refer to positions in this list.
    """
    entry = entries[source]
    linked = Links(entries).of(entry)
    finder = MentionFinder(map(names_of, entries))
    return _of_entry(source, linked, finder.find(entry.definition, source, linked), 0)


def _of_entry(
    source: int, linked: Iterable[int], mentions: Iterable[Mention], first: int
) -> Iterator[Relation]:
    places: dict[int, Mention] = {}
    for mention in mentions:
        places.setdefault(mention.target, mention)
    targets = dict.fromkeys(linked, RelationKind.LINK)
    others = [target for target in places if target not in targets][:MAX_MENTIONS]
    targets.pop(source, None)
    for target, kind in (targets | dict.fromkeys(others, RelationKind.MENTION)).items():
        place = places.get(target)
        start, end = (place.start, place.end) if place else (None, None)
        yield Relation(first + source, first + target, kind, start, end)
