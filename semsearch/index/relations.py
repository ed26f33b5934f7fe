"""Authored relations: which entries the links of an entry lead to, and whom its text mentions.

Both stay within one glossary, where a name means what its author meant. They come from what
authors wrote; what merely resembles is `neighbours`' and never mixed with them.
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
"""Entries mentioned by one definition that are kept: the first ones."""


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
        every = track(self._all(), self._progress, "links and mentions", len(self._entries))
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
