"""Maps: where entries and questions stand in two dimensions, and how near two texts are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter
from semsearch.index.ann.engine import FETCH
from semsearch.index.files.entry_table import NameLabel
from semsearch.index.map.projection import Points, between
from semsearch.index.retrieval import Retriever
from semsearch.models.encoders.base import Encoder
from semsearch.text.normalise import check_question, content_words
from semsearch.text.stems import question_stems, stem

BETWEEN = 5
"""A question stands between so many entries that are nearest to it."""
NEAREST = 5
"""Entries that are told of each of two texts."""
NEAR = 0.25
"""Cosine from which an entry is called near to a text."""
PAIRS = 2000
"""Pairs of entries that the similarity of two texts is held against."""

_SEED = 20


@dataclass(frozen=True, slots=True)
class MapPart:
    """Some points of a map: what they are called and (n, 2) places within a square from -1 to 1.

    Points come in an order that spreads them over the map, so that the first ones show its shape. `next` is where to
    go on, None behind the last; `total` counts all.
    """

    labels: tuple[NameLabel, ...]
    places: Points
    total: int
    next: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands: between the entries nearest in meaning, the nearer ones counting more."""

    x: float
    y: float
    nearest: tuple[NearEntry, ...]


@dataclass(frozen=True, slots=True)
class NearEntry:
    """An entry near to a text: the cosine of both, and where the entry stands on the map."""

    label: NameLabel
    similarity: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TextComparison:
    """How near two texts are in meaning, and what can be said for it.

    `similarity` is the cosine of their vectors. `share` is how many of 100 pairs of entries, drawn by lot, are less near
    to each other. `words` are the words of the first text whose stems the second uses too. `both` are the entries that are
    near to both.
    """

    similarity: float
    share: float
    words: tuple[str, ...]
    near_a: tuple[NearEntry, ...]
    near_b: tuple[NearEntry, ...]
    both: tuple[NameLabel, ...]


class Atlas:
    """The map of an open index, as it was when it was opened."""

    def __init__(
        self, retriever: Retriever, encoder: Encoder, within: Callable[[str | None], PositionFilter]
    ) -> None:
        """Take what is shown; `within` gives the scope of a glossary, or (None) of all."""
        self._retriever = retriever
        self._encoder = encoder
        self._within = within

    def part(self, *, glossary: str | None = None, start: int = 0, k: int = 5000) -> MapPart:
        """Return k points of the map behind the first `start`.

        Raises:
            GlossaryNotFound: the index has no such glossary.
        """
        order = _spread(self._retriever, self._within(glossary))
        chosen = order[start : start + k]
        labels = self._retriever.snapshot.labels(chosen.tolist())
        end = start + len(chosen)
        places = self._retriever.places[chosen]
        return MapPart(tuple(labels), places, len(order), end if end < len(order) else None)

    def locate(self, question: str, *, glossary: str | None = None) -> Place:
        """Return where a question stands on the map, and what it stands near.

        Raises:
            InvalidQuestion: the question is empty, too long or not text.
            GlossaryNotFound: the index has no such glossary.
        """
        vector = self._encode([question])[0]
        near = _nearest(self._retriever, vector, self._within(glossary), BETWEEN)
        if not near:
            return Place(0.0, 0.0, ())
        points = np.array([[(one.x, one.y) for one in near]])
        ((x, y),) = between(points, np.array([[one.similarity for one in near]]))
        return Place(round(float(x), 4), round(float(y), 4), tuple(near))

    def compare(self, a: str, b: str) -> TextComparison:
        """Return how near two texts are in meaning, and what can be said for it.

        Raises:
            InvalidQuestion: one of them is empty, too long or not text.
        """
        retriever = self._retriever
        vectors = self._encode([a, b])
        similarity = float(vectors[0] @ vectors[1])
        drawn = _drawn(retriever)
        share = 100 * float(np.searchsorted(drawn, similarity)) / len(drawn) if len(drawn) else 0.0
        everything = retriever.snapshot.everything
        near_a, near_b = (_nearest(retriever, v, everything, NEAREST) for v in vectors)
        stems = question_stems(b)
        known = {one.label.id for one in near_b if one.similarity >= NEAR}
        return TextComparison(
            similarity=round(similarity, 4),
            share=round(share, 1),
            words=tuple(word for word in content_words(a) if stem(word) in stems),
            near_a=tuple(near_a),
            near_b=tuple(near_b),
            both=tuple(
                one.label for one in near_a if one.similarity >= NEAR and one.label.id in known
            ),
        )

    def near(
        self, entries: Sequence[Entry], *, glossary: str | None = None, k: int = 3
    ) -> list[list[NameLabel]]:
        """Return the entries nearest in meaning to each of some of the index, not counting itself.

        Raises:
            GlossaryNotFound: the index has no such glossary.
        """
        snapshot = self._retriever.snapshot
        found = [snapshot.position_of(entry.id) for entry in entries]
        positions = np.array([at for at in found if at is not None], dtype=np.int64)
        if len(positions) < len(entries):
            return [[] for _ in entries]  # changed meanwhile: the next look tells
        vectors = self._retriever.definition_vectors(positions)
        rivals = self._retriever.finder.nearest(vectors, k + 1, self._within(glossary))
        cosines = vectors @ self._retriever.definition_vectors(rivals).T
        cosines[positions[:, np.newaxis] == rivals] = -np.inf
        best = np.argsort(-cosines, axis=1, kind="stable")[:, : min(k, len(rivals) - 1)]
        return [snapshot.labels(rivals[row].tolist()) for row in best]

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_questions([check_question(text) for text in texts]).vectors


def _spread(retriever: Retriever, within: PositionFilter) -> Numbers:
    """Return the positions of a map in an order that looks like chance and is the same each time."""
    positions = retriever.positions()
    inside = np.zeros(len(positions), dtype=bool)
    for one in within.ranges:
        inside |= (positions >= one.start) & (positions < one.stop)
    found: Numbers = np.random.default_rng(_SEED).permutation(positions[inside])
    return found


def _drawn(retriever: Retriever) -> Vectors:
    """Return the cosines of pairs of entries drawn by lot, ascending."""
    positions = retriever.positions()
    if len(positions) < 2:
        return np.empty(0, dtype=np.float32)
    lots = np.random.default_rng(_SEED).integers(len(positions), size=(2, PAIRS))
    one, other = positions[lots[:, lots[0] != lots[1]]]
    cosines: Vectors = np.sort(
        (retriever.definition_vectors(one) * retriever.definition_vectors(other)).sum(axis=1)
    )
    return cosines


def _nearest(
    retriever: Retriever, vector: Vectors, within: PositionFilter, k: int
) -> list[NearEntry]:
    """Return the entries whose whole definitions are nearest to a vector."""
    positions = retriever.finder.nearest(vector[np.newaxis], FETCH, within)
    cosines = retriever.definition_vectors(positions) @ vector
    best = np.argsort(-cosines, kind="stable")[:k]
    places = retriever.places[positions[best]]
    labels = retriever.snapshot.labels(positions[best].tolist())
    return [
        NearEntry(
            label, round(float(cosine), 4), round(float(place[0]), 4), round(float(place[1]), 4)
        )
        for label, cosine, place in zip(labels, cosines[best], places, strict=True)
    ]
