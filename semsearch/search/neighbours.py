"""Similar meaning: which entries lie near another one, and what connects them.

Computed from the vectors of one generation when it is asked for; nothing is stored. Two entries
are similar when each is among the nearest of the other: an entry that is near to everything, as
short and general definitions are, is then similar to nothing. Copies are left out everywhere, and so
is what is no nearer than unrelated entries are. Fewer are shown rather than others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, Vectors
from semsearch.ranking.baseline import TWIN

NEAREST = 10
"""How near two entries must be to each other: among so many nearest of either. On MDN 5 leave 70 of 594
entries without any (before the floor), 10 leave 13 and give 5.7 to each, 20 give 11.9, many of which only
share a subject."""
CHUNK = 8192
"""Definitions compared at a time: 12 MB of vectors."""


VectorLookup = Callable[[Numbers], Vectors]
"""Gives vectors, (n, d), by n numbers."""


@dataclass(frozen=True, slots=True)
class Near:
    """An entry by position that is near another one.

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
    """Return the entries of similar meaning, the nearest first, at most `NEAREST`.

    Args:
        position: the entry.
        definition_vectors: gives the vectors of the whole definitions at some positions.
        vectors: gives the vectors of some passages by row.
        rivals: among which entries the nearest of some positions are looked for, ascending: all, or what an engine
            finds near them.
        sentences: the rows of the sentences of the entry at a position, at least one.
        floor: the least similarity to the entry at a position that counts.
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
    """Return the positions of the nearest definitions that are no copies, nearest first."""
    cosines = np.empty(len(rivals), dtype=np.float32)
    own = definition_vectors(np.array([position]))[0]
    for start in range(0, len(rivals), CHUNK):
        cosines[start : start + CHUNK] = definition_vectors(rivals[start : start + CHUNK]) @ own
    cosines[rivals == position] = np.inf
    cosines[cosines >= TWIN] = -np.inf
    order = np.lexsort((rivals, -cosines))[:NEAREST]
    return rivals[order[cosines[order] > -np.inf]]


def _is_mutual(
    definition_vectors: VectorLookup, position: int, near: Numbers, rivals: Numbers
) -> NDArray[np.bool_]:
    """Say of near entries whether fewer than `NEAREST` others are nearer to them."""
    theirs = definition_vectors(near).T
    between = definition_vectors(np.array([position]))[0] @ theirs
    nearer = np.zeros(len(near), dtype=np.int64)
    for start in range(0, len(rivals), CHUNK):
        some = rivals[start : start + CHUNK]
        cosines = definition_vectors(some) @ theirs
        cosines[some == position] = -1  # not nearer than itself, however this was rounded
        nearer += ((cosines > between) & (cosines < TWIN)).sum(axis=0)
    is_mutual: NDArray[np.bool_] = nearer < NEAREST
    return is_mutual


def _closest(vectors: VectorLookup, own: Numbers, others: Numbers) -> tuple[int, int, float]:
    """Return the two rows, one of each entry, that are nearest to each other, and their cosine.

    A sentence that both share word for word is boilerplate ("For more, see ..."), and stands back
    behind any other pair.
    """
    cosines = vectors(own) @ vectors(others).T
    ranked = np.where(cosines < TWIN, cosines, cosines - 4)
    row, column = divmod(int(ranked.argmax()), len(others))
    return int(own[row]), int(others[column]), float(cosines[row, column])


def _without_twins(definition_vectors: VectorLookup, found: list[Near]) -> list[Near]:
    """Leave out what is a copy of a nearer one."""
    kept: list[Near] = []
    for one in found:
        others = definition_vectors(np.array([other.position for other in kept], dtype=np.int64))
        if not (others @ definition_vectors(np.array([one.position]))[0] >= TWIN).any():
            kept.append(one)
    return kept
