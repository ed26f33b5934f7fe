"""Related terms: what is computed and what authors wrote, brought together and kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

import numpy as np

from semsearch.core.answers import Authored, Connection, Neighbour, Reference, Related, Span
from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry, Relation, RelationKind
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.ranking.baseline import Baseline
from semsearch.search.neighbours import Near, neighbours
from semsearch.text.links import Links
from semsearch.text.normalise import STOP_WORDS, WORD
from semsearch.text.stems import stem

FLOOR = -0.5
"""Least similarity, in deviations above the background of the glossary. Chosen by reading pairs of MDN,
Kubernetes and Solana by height: lower ones often share no more than a word ("Local scope", "Locale")."""

_LIST_MARKS = ("- ", "* ", "\u2022 ")


def find_related(
    retriever: Retriever, background: Callable[[str | None], Baseline], position: int, k: int
) -> Related:
    """Return the terms related to the entry at a position.

    Args:
        retriever: the open generation.
        background: what similarity is ordinary in a glossary, or (None) in all of them.
        position: the entry.
        k: how many of each group at most.
    """
    snapshot = retriever.snapshot
    relations = retriever.relations.of(position)
    back = retriever.relations.to(position)
    linked = [r.target for r in relations if r.kind is RelationKind.LINK]
    linked += [r.source for r in back if r.kind is RelationKind.LINK]
    finder = _Finder(retriever, background)
    near = (one for one in finder.near(position) if one.position not in linked)
    return Related(
        entry=snapshot.entries([position])[0],
        similar=tuple(finder.shown(rank, position, n) for rank, n in enumerate(islice(near, k), 1)),
        see_also=_references(snapshot, relations, RelationKind.LINK, k),
        mentions=_references(snapshot, relations, RelationKind.MENTION, k),
        mentioned_by=tuple(_reference(snapshot, r, r.source) for r in back[:k]),
    )


class _Finder:
    """Finds entries of similar meaning and says what connects them."""

    def __init__(self, retriever: Retriever, background: Callable[[str | None], Baseline]) -> None:
        self._retriever = retriever
        self._snapshot = retriever.snapshot
        self._background = background

    def near(self, position: int) -> list[Near]:
        retriever = self._retriever
        return neighbours(
            position,
            definition_vectors=retriever.definition_vectors,
            vectors=retriever.vectors,
            rivals=retriever.rivals,
            sentences=self._prose,
            floor=lambda other: self._floor(position, other),
        )

    def shown(self, rank: int, position: int, near: Near) -> Neighbour:
        entry, other = self._snapshot.entries([position, near.position])
        own, others = self._snapshot.passages([near.row, near.other_row])
        sentence = Span(*own, entry.definition[slice(*own)])
        other_sentence = Span(*others, other.definition[slice(*others)])
        words = _shared(sentence.text, other_sentence.text)
        because = Connection(sentence, other_sentence, round(near.sentences, 6), words)
        return Neighbour(rank, other, round(near.similarity, 6), because)

    def _floor(self, position: int, other: int) -> float:
        one, two = self._snapshot.entries([position, other])
        ordinary = self._background(one.glossary if one.glossary == two.glossary else None)
        return ordinary.mean + FLOOR * ordinary.deviation

    def _prose(self, position: int) -> Numbers:
        """Return the rows of the sentences of an entry; items of lists only if it has no other."""
        rows = self._retriever.rows_of(position)
        rows = rows[min(1, len(rows) - 1) :]  # one sentence alone is the whole definition
        text = self._snapshot.entries([position])[0].definition
        starts = (start for start, _ in self._snapshot.passages(rows))
        prose = [
            row
            for row, start in zip(rows, starts, strict=True)
            if not text.startswith(_LIST_MARKS, start)
        ]
        return np.array(prose or rows, dtype=np.int64)


def _shared(one: str, other: str) -> tuple[str, ...]:
    """Return the words of a text that another uses too, each stem once, without stop words."""
    known = {stem(word) for word in WORD.findall(other)}
    shared: dict[str, str] = {}
    for word in WORD.findall(one):
        if word.casefold() not in STOP_WORDS and len(word) > 1 and stem(word) in known:
            shared.setdefault(stem(word), word)
    return tuple(shared.values())


def _references(
    snapshot: MultiEntries, relations: Iterable[Relation], kind: RelationKind, k: int
) -> tuple[Reference, ...]:
    chosen = islice((r for r in relations if r.kind is kind), k)
    return tuple(_reference(snapshot, r, r.target) for r in chosen)


def _reference(snapshot: MultiEntries, relation: Relation, shown: int) -> Reference:
    """Make a reference to one of the two entries of a relation; the place is the source's."""
    source, target = snapshot.entries([relation.source, relation.target])
    entry, kind = target, None
    if relation.kind is RelationKind.LINK:
        kind = _stated(source, target)
    if shown == relation.source:
        entry, kind = source, _INVERSE.get(kind, kind) if kind else None
    if relation.start is None or relation.stop is None:
        return Reference(entry, None, kind)
    text = source.definition[relation.start : relation.stop]
    return Reference(entry, Span(relation.start, relation.stop, text), kind)


_INVERSE = {Authored.BROADER: Authored.NARROWER, Authored.NARROWER: Authored.BROADER}


def _stated(source: Entry, target: Entry) -> Authored:
    """Return what an author who linked an entry to another says the other is."""
    details = source.details
    stated = {
        Authored.BROADER: details.broader,
        Authored.NARROWER: details.narrower,
        Authored.RELATED: details.related,
    }
    if not any(stated.values()):
        return Authored.SEE_ALSO
    leads = Links([target])
    for kind, names in stated.items():
        if any(leads.targets(name) for name in names):
            return kind
    return Authored.SEE_ALSO
