"""Related terms: computed neighbours and authored relations of an entry, in separate groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

import numpy as np

from semsearch.core.answers import Authored, Connection, Neighbour, Reference, Related, Span
from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry, Relation, RelationKind
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.search.neighbours import Near, neighbours
from semsearch.text.links import Links
from semsearch.text.normalise import WORD, fold
from semsearch.text.passages import LIST_MARKS
from semsearch.text.stems import stem
from semsearch.text.word_languages import stop_words, word_language

FLOOR = -0.5
"""Least similarity, in standard deviations from the glossary's baseline. Chosen by reading pairs
from MDN, Kubernetes and Solana: lower ones often share only a word ("Local scope", "Locale")."""


def find_related(
    retriever: Retriever, baseline: Callable[[str | None], Baseline], position: int, k: int
) -> Related:
    """Return the terms related to an entry.

    Args:
        retriever: the open index.
        baseline: returns the baseline of similarity in a glossary, or (None) in all.
        position: of the entry.
        k: most entries of each group.
    """
    entry_table = retriever.entry_table
    relations = retriever.relations.of(position)
    incoming = retriever.relations.to(position)
    linked = [r.target for r in relations if r.kind is RelationKind.LINK]
    linked += [r.source for r in incoming if r.kind is RelationKind.LINK]
    finder = _SimilarEntries(retriever, baseline)
    near = (one for one in finder.near(position) if one.position not in linked)
    return Related(
        entry=entry_table.entries([position])[0],
        similar=tuple(
            finder.neighbour(rank, position, n) for rank, n in enumerate(islice(near, k), 1)
        ),
        see_also=_references(entry_table, relations, RelationKind.LINK, k),
        mentions=_references(entry_table, relations, RelationKind.MENTION, k),
        mentioned_by=tuple(_reference(entry_table, r, r.source) for r in incoming[:k]),
    )


class _SimilarEntries:
    """Finds entries of similar meaning and the sentences that connect them."""

    def __init__(self, retriever: Retriever, baseline: Callable[[str | None], Baseline]) -> None:
        self._retriever = retriever
        self._entry_table = retriever.entry_table
        self._baseline = baseline

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

    def neighbour(self, rank: int, position: int, near: Near) -> Neighbour:
        entry, other = self._entry_table.entries([position, near.position])
        own, others = self._entry_table.passages([near.row, near.other_row])
        sentence = Span(*own, entry.definition[slice(*own)])
        other_sentence = Span(*others, other.definition[slice(*others)])
        languages = word_language(entry.language), word_language(other.language)
        words = _shared_words(sentence.text, other_sentence.text, *languages)
        because = Connection(sentence, other_sentence, round(near.sentences, 6), words)
        return Neighbour(rank, other, round(near.similarity, 6), because)

    def _floor(self, position: int, other: int) -> float:
        one, two = self._entry_table.entries([position, other])
        baseline = self._baseline(one.glossary if one.glossary == two.glossary else None)
        return baseline.mean + FLOOR * baseline.deviation

    def _prose(self, position: int) -> Numbers:
        """Return the rows of the sentences of an entry, without list items if there are others."""
        rows = self._retriever.rows_of(position)
        rows = rows[min(1, len(rows) - 1) :]  # a definition of one sentence has no other passage
        text = self._entry_table.entries([position])[0].definition
        starts = (start for start, _ in self._entry_table.passages(rows))
        prose = [
            row
            for row, start in zip(rows, starts, strict=True)
            if not text.startswith(LIST_MARKS, start)
        ]
        return np.array(prose or rows, dtype=np.int64)


def _shared_words(one: str, other: str, language: str, other_language: str) -> tuple[str, ...]:
    """Return the words of a text that another text shares, each stem once, without stop words.

    Texts in two languages share only words that are written alike.
    """
    is_one = language == other_language
    key = partial(stem, language=language) if is_one else fold
    known = {key(word) for word in WORD.findall(other)}
    ignored = stop_words(language)
    shared: dict[str, str] = {}
    for word in WORD.findall(one):
        if word.casefold() not in ignored and len(word) > 1 and key(word) in known:
            shared.setdefault(key(word), word)
    return tuple(shared.values())


def _references(
    entry_table: MultiEntries, relations: Iterable[Relation], kind: RelationKind, k: int
) -> tuple[Reference, ...]:
    chosen = islice((r for r in relations if r.kind is kind), k)
    return tuple(_reference(entry_table, r, r.target) for r in chosen)


def _reference(entry_table: MultiEntries, relation: Relation, shown: int) -> Reference:
    """Make a reference to one of the two entries of a relation; the span is the source's."""
    source, target = entry_table.entries([relation.source, relation.target])
    entry, kind = target, None
    if relation.kind is RelationKind.LINK:
        kind = _authored_relation(source, target)
    if shown == relation.source:
        entry, kind = source, _INVERSE.get(kind, kind) if kind else None
    if relation.start is None or relation.stop is None:
        return Reference(entry, None, kind)
    text = source.definition[relation.start : relation.stop]
    return Reference(entry, Span(relation.start, relation.stop, text), kind)


_INVERSE = {Authored.BROADER: Authored.NARROWER, Authored.NARROWER: Authored.BROADER}


def _authored_relation(source: Entry, target: Entry) -> Authored:
    """Return which relation the author of `source` states to `target`."""
    details = source.details
    relations = {
        Authored.BROADER: details.broader,
        Authored.NARROWER: details.narrower,
        Authored.RELATED: details.related,
    }
    if not any(relations.values()):
        return Authored.SEE_ALSO
    leads = Links([target])
    for kind, names in relations.items():
        if any(leads.targets(name) for name in names):
            return kind
    return Authored.SEE_ALSO
