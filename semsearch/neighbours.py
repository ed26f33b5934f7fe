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

from semsearch.ranking.background import TWIN
from semsearch.types import Numbers, Vectors

NEAREST = 10
"""How near two entries must be to each other: among so many nearest of either. On MDN 5 leave 70 of 594
entries without any (before the floor), 10 leave 13 and give 5.7 to each, 20 give 11.9, many of which only
share a subject."""
CHUNK = 8192
"""Definitions compared at a time: 12 MB of vectors."""


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
    vectors: Vectors,
    first_rows: Numbers,
    position: int,
    *,
    rivals: Callable[[Numbers], Numbers],
    sentences: Callable[[int], Numbers],
    floor: Callable[[int], float],
) -> list[Near]:
    """Return the entries of similar meaning, the nearest first, at most `NEAREST`.

    Args:
        vectors: passages of all entries, one entry after the other, the whole definition first.
        first_rows: (entries + 1,) where the passages of each begin.
        position: the entry.
        rivals: among which entries the nearest of some positions are looked for, ascending: all, or what an engine
            finds near them.
        sentences: the rows of the sentences of the entry at a position, at least one.
        floor: the least similarity to the entry at a position that counts.
    """
    wholes = first_rows[:-1]
    near = _nearest(vectors, wholes, position, rivals(np.array([position])))
    if not len(near):
        return []
    own = sentences(position)
    found = []
    for at in near[_is_mutual(vectors, wholes, position, near, rivals(near))].tolist():
        row, other_row, cosine = _closest(vectors, own, sentences(at))
        whole = float(vectors[wholes[position]] @ vectors[wholes[at]])
        one = Near(at, (whole + cosine) / 2, row, other_row, cosine)
        if one.similarity >= floor(at):
            found.append(one)
    found.sort(key=lambda n: (-n.similarity, n.position))
    return _without_twins(vectors, wholes, found)


def _nearest(vectors: Vectors, wholes: Numbers, position: int, rivals: Numbers) -> Numbers:
    """Return the positions of the nearest definitions that are no copies, nearest first."""
    cosines = np.empty(len(rivals), dtype=np.float32)
    for start in range(0, len(rivals), CHUNK):
        some = wholes[rivals[start : start + CHUNK]]
        cosines[start : start + CHUNK] = vectors[some] @ vectors[wholes[position]]
    cosines[rivals == position] = np.inf
    cosines[cosines >= TWIN] = -np.inf
    order = np.lexsort((rivals, -cosines))[:NEAREST]
    return rivals[order[cosines[order] > -np.inf]]


def _is_mutual(
    vectors: Vectors, wholes: Numbers, position: int, near: Numbers, rivals: Numbers
) -> NDArray[np.bool_]:
    """Say of near entries whether fewer than `NEAREST` others are nearer to them."""
    theirs = vectors[wholes[near]].T
    between = vectors[wholes[position]] @ theirs
    nearer = np.zeros(len(near), dtype=np.int64)
    for start in range(0, len(rivals), CHUNK):
        some = rivals[start : start + CHUNK]
        cosines = vectors[wholes[some]] @ theirs
        cosines[some == position] = -1  # not nearer than itself, however this was rounded
        nearer += ((cosines > between) & (cosines < TWIN)).sum(axis=0)
    is_mutual: NDArray[np.bool_] = nearer < NEAREST
    return is_mutual


def _closest(vectors: Vectors, own: Numbers, others: Numbers) -> tuple[int, int, float]:
    """Return the two rows, one of each entry, that are nearest to each other, and their cosine.

    A sentence that both share word for word is boilerplate ("For more, see ..."), and stands back
    behind any other pair.
    """
    cosines = vectors[own] @ vectors[others].T
    ranked = np.where(cosines < TWIN, cosines, cosines - 4)
    row, column = divmod(int(ranked.argmax()), len(others))
    return int(own[row]), int(others[column]), float(cosines[row, column])


def _without_twins(vectors: Vectors, wholes: Numbers, found: list[Near]) -> list[Near]:
    """Leave out what is a copy of a nearer one."""
    kept: list[Near] = []
    for one in found:
        rows = wholes[[other.position for other in kept]]
        if not (vectors[rows] @ vectors[wholes[one.position]] >= TWIN).any():
            kept.append(one)
    return kept
