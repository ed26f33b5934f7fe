"""Entries of similar meaning: which are near another entry, and which sentences connect them.

Computed on demand from the vectors; nothing is stored. Two entries are similar if each is among the
nearest of the other. An entry near to everything, such as a short general definition, is therefore
similar to nothing. Copies are left out, and pairs that are no more similar than unrelated entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, VectorLookup
from semsearch.ranking.similarity_baseline import DUPLICATE_COSINE

NEAREST = 10
"""Rank within which each of two similar entries must see the other. On MDN (594 entries, before the
floor) 5 leave 70 entries without any; 10 leave 13 and give 5.7 to each; 20 give 11.9, many of which
share only a subject."""
CHUNK = 8192
"""Definitions compared at a time: 12 MB of vectors."""


@dataclass(frozen=True, slots=True)
class Near:
    """An entry that is near another one.

    `similarity` is the mean of the cosine of the definitions and of the nearest two sentences;
    `row` and `other_row` are the passages of those sentences, `sentences` their cosine.
    """

    position: int
    similarity: float
    row: int
    other_row: int
    sentences: float


def neighbours(
    position: int,
    *,
    definition_vectors: VectorLookup,
    vectors: VectorLookup,
    rivals: Callable[[Numbers], Numbers],
    sentences: Callable[[int], Numbers],
    floor: Callable[[int], float],
) -> list[Near]:
    """Return the entries of similar meaning, nearest first, at most `NEAREST`.

    Args:
        position: of the entry.
        definition_vectors: returns the vectors of the definitions at some positions.
        vectors: returns the vectors of some passages by row.
        rivals: returns ascending positions that include the nearest entries of some positions.
        sentences: returns the rows of the sentences of an entry, at least one.
        floor: returns the least similarity to the entry at a position.
    """
    near = _nearest(definition_vectors, position, rivals(np.array([position])))
    if not len(near):
        return []
    own = sentences(position)
    found = []
    for at in near[_is_mutual(definition_vectors, position, near, rivals(near))].tolist():
        row, other_row, cosine = _closest(vectors, own, sentences(at))
        one, other = definition_vectors(np.array([position, at]))
        whole = float(one @ other)
        candidate = Near(at, (whole + cosine) / 2, row, other_row, cosine)
        if candidate.similarity >= floor(at):
            found.append(candidate)
    found.sort(key=lambda n: (-n.similarity, n.position))
    return _without_twins(definition_vectors, found)


def _nearest(definition_vectors: VectorLookup, position: int, rivals: Numbers) -> Numbers:
    """Return the positions of the nearest definitions except copies, nearest first."""
    cosines = np.empty(len(rivals), dtype=np.float32)
    own = definition_vectors(np.array([position]))[0]
    for start in range(0, len(rivals), CHUNK):
        cosines[start : start + CHUNK] = definition_vectors(rivals[start : start + CHUNK]) @ own
    cosines[rivals == position] = np.inf
    cosines[cosines >= DUPLICATE_COSINE] = -np.inf
    order = np.lexsort((rivals, -cosines))[:NEAREST]
    return rivals[order[cosines[order] > -np.inf]]


def _is_mutual(
    definition_vectors: VectorLookup, position: int, near: Numbers, rivals: Numbers
) -> NDArray[np.bool_]:
    """Return, for each near entry, whether fewer than `NEAREST` others are nearer to it."""
    theirs = definition_vectors(near).T
    between = definition_vectors(np.array([position]))[0] @ theirs
    nearer = np.zeros(len(near), dtype=np.int64)
    for start in range(0, len(rivals), CHUNK):
        some = rivals[start : start + CHUNK]
        cosines = definition_vectors(some) @ theirs
        cosines[some == position] = -1  # never nearer than itself, whatever the rounding
        nearer += ((cosines > between) & (cosines < DUPLICATE_COSINE)).sum(axis=0)
    is_mutual: NDArray[np.bool_] = nearer < NEAREST
    return is_mutual


def _closest(vectors: VectorLookup, own: Numbers, others: Numbers) -> tuple[int, int, float]:
    """Return the nearest pair of rows, one of each entry, and their cosine.

    An identical sentence in both is boilerplate ("For more, see ...") and ranks after any other
    pair.
    """
    cosines = vectors(own) @ vectors(others).T
    ranked = np.where(cosines < DUPLICATE_COSINE, cosines, cosines - 4)
    row, column = divmod(int(ranked.argmax()), len(others))
    return int(own[row]), int(others[column]), float(cosines[row, column])


def _without_twins(definition_vectors: VectorLookup, found: list[Near]) -> list[Near]:
    """Remove copies of nearer entries."""
    kept: list[Near] = []
    for one in found:
        others = definition_vectors(np.array([other.position for other in kept], dtype=np.int64))
        if not (others @ definition_vectors(np.array([one.position]))[0] >= DUPLICATE_COSINE).any():
            kept.append(one)
    return kept
