"""The semantic map: places of entries and questions, and the similarity of two texts."""

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
from semsearch.search.map_topics import MAX_TEXTS, Topic, topics_of
from semsearch.text.english_stop_words import content_words
from semsearch.text.questions import check_question
from semsearch.text.stems import question_stems, stem
from semsearch.text.word_languages import word_language

BETWEEN = 5
"""Nearest entries that a question is placed between."""
NEAREST = 5
"""Nearest entries listed for each of two texts."""
NEAR = 0.25
"""Least cosine of an entry that counts as near to a text."""
PAIRS = 2000
"""Random pairs of entries that the similarity of two texts is compared with."""

_SEED = 20


@dataclass(frozen=True, slots=True)
class MapPart:
    """Some points of a map: labels, and (n, 2) places in a square from -1 to 1.

    The order is random but fixed, so the first points already show the shape of the map. `next` is
    the `start` of the next part, None after the last; `total` counts all points.
    """

    labels: tuple[NameLabel, ...]
    places: Points
    total: int
    next: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a question: between its nearest entries, weighted by similarity."""

    x: float
    y: float
    nearest: tuple[NearEntry, ...]


@dataclass(frozen=True, slots=True)
class NearEntry:
    """An entry near to a text: their cosine, and the entry's place on the map."""

    label: NameLabel
    similarity: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TextComparison:
    """The similarity of two texts, and the evidence for it.

    `similarity` is the cosine of their vectors. `share` is the percentage of random pairs of
    entries that are less similar. `words` are the words of the first text whose stems the second
    contains. `both` are the entries near to both texts.
    """

    similarity: float
    share: float
    words: tuple[str, ...]
    near_a: tuple[NearEntry, ...]
    near_b: tuple[NearEntry, ...]
    both: tuple[NameLabel, ...]


class Atlas:
    """The map of an open index, in a fixed view."""

    def __init__(
        self,
        retriever: Retriever,
        encoder: Encoder,
        allowed: Callable[[str | None], PositionFilter],
    ) -> None:
        """Take the view; `allowed` returns the positions of a glossary, or (None) of all."""
        self._retriever = retriever
        self._encoder = encoder
        self._allowed = allowed

    def part(self, *, glossary: str | None = None, start: int = 0, k: int = 5000) -> MapPart:
        """Return k points of the map, after the first `start` ones.

        Raises:
            GlossaryNotFound: the index has no such glossary.
        """
        order = _shuffled(self._retriever, self._allowed(glossary))
        chosen = order[start : start + k]
        labels = self._retriever.entry_table.labels(chosen.tolist())
        end = start + len(chosen)
        places = self._retriever.places[chosen]
        return MapPart(tuple(labels), places, len(order), end if end < len(order) else None)

    def topics(self, *, glossary: str | None = None) -> tuple[Topic, ...]:
        """Return the topics of the map, named by words of its first entries.

        Raises:
            GlossaryNotFound: the index has no such glossary.
        """
        chosen = _shuffled(self._retriever, self._allowed(glossary))[:MAX_TEXTS]
        entries = self._retriever.entry_table.entries(chosen.tolist())
        texts = [f"{entry.term} {entry.definition}" for entry in entries]
        languages = [word_language(entry.language) for entry in entries]
        return topics_of(texts, self._retriever.places[chosen], languages)

    def locate(self, question: str, *, glossary: str | None = None) -> Place:
        """Return the place of a question on the map, and the entries near it.

        Raises:
            InvalidQuestion: the question is empty, too long or not text.
            GlossaryNotFound: the index has no such glossary.
        """
        vector = self._encode([question])[0]
        near = _nearest(self._retriever, vector, self._allowed(glossary), BETWEEN)
        if not near:
            return Place(0.0, 0.0, ())
        points = np.array([[(one.x, one.y) for one in near]])
        ((x, y),) = between(points, np.array([[one.similarity for one in near]]))
        return Place(round(float(x), 4), round(float(y), 4), tuple(near))

    def compare(self, a: str, b: str) -> TextComparison:
        """Return the similarity of two texts, and the evidence for it.

        Raises:
            InvalidQuestion: one of them is empty, too long or not text.
        """
        retriever = self._retriever
        vectors = self._encode([a, b])
        similarity = float(vectors[0] @ vectors[1])
        random = _random_similarities(retriever)
        share = (
            100 * float(np.searchsorted(random, similarity)) / len(random) if len(random) else 0.0
        )
        everything = retriever.entry_table.everything
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
        """Return the nearest entries of each of some entries, without itself.

        Raises:
            GlossaryNotFound: the index has no such glossary.
        """
        entry_table = self._retriever.entry_table
        found = [entry_table.position_of(entry.id) for entry in entries]
        positions = np.array([at for at in found if at is not None], dtype=np.int64)
        if len(positions) < len(entries):
            return [[] for _ in entries]  # an entry has changed meanwhile
        vectors = self._retriever.definition_vectors(positions)
        rivals = self._retriever.searcher.nearest(vectors, k + 1, self._allowed(glossary))
        cosines = vectors @ self._retriever.definition_vectors(rivals).T
        cosines[positions[:, np.newaxis] == rivals] = -np.inf
        best = np.argsort(-cosines, axis=1, kind="stable")[:, : min(k, len(rivals) - 1)]
        return [entry_table.labels(rivals[row].tolist()) for row in best]

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_questions([check_question(text) for text in texts]).vectors


def _shuffled(retriever: Retriever, allowed: PositionFilter) -> Numbers:
    """Return the positions of a map in a random order that is always the same."""
    positions = retriever.positions()
    inside = np.zeros(len(positions), dtype=bool)
    for one in allowed.ranges:
        inside |= (positions >= one.start) & (positions < one.stop)
    found: Numbers = np.random.default_rng(_SEED).permutation(positions[inside])
    return found


def _random_similarities(retriever: Retriever) -> Vectors:
    """Return the ascending cosines of random pairs of entries."""
    positions = retriever.positions()
    if len(positions) < 2:
        return np.empty(0, dtype=np.float32)
    pairs = np.random.default_rng(_SEED).integers(len(positions), size=(2, PAIRS))
    one, other = positions[pairs[:, pairs[0] != pairs[1]]]
    cosines: Vectors = np.sort(
        (retriever.definition_vectors(one) * retriever.definition_vectors(other)).sum(axis=1)
    )
    return cosines


def _nearest(
    retriever: Retriever, vector: Vectors, allowed: PositionFilter, k: int
) -> list[NearEntry]:
    """Return the entries whose definitions are nearest to a vector."""
    positions = retriever.searcher.nearest(vector[np.newaxis], FETCH, allowed)
    cosines = retriever.definition_vectors(positions) @ vector
    best = np.argsort(-cosines, kind="stable")[:k]
    places = retriever.places[positions[best]]
    labels = retriever.entry_table.labels(positions[best].tolist())
    return [
        NearEntry(
            label, round(float(cosine), 4), round(float(place[0]), 4), round(float(place[1]), 4)
        )
        for label, cosine, place in zip(labels, cosines[best], places, strict=True)
    ]
