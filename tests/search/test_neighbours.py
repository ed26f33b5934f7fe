"""Similar meaning, on points in a plane whose cosines are known."""

from __future__ import annotations

import numpy as np
import pytest

from semsearch.core.arrays import Numbers, Vectors
from semsearch.search.neighbours import NEAREST, Near, neighbours


def at(*degrees: float) -> Vectors:
    """Return unit vectors at angles."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def near(vectors: Vectors, counts: list[int], position: int, floor: float = -1) -> list[Near]:
    """Find neighbours among entries of so many passages each."""
    first_rows = np.cumsum([0, *counts])

    def sentences(entry: int) -> Numbers:
        first, end = first_rows[entry : entry + 2]
        return np.arange(min(first + 1, end - 1), end)

    return neighbours(
        position,
        definition_vectors=lambda positions: vectors[first_rows[positions]],
        vectors=lambda rows: vectors[rows],
        rivals=lambda _: np.arange(len(counts)),
        sentences=sentences,
        floor=lambda _: floor,
    )


def cos(degrees: float) -> float:
    """Return the cosine of an angle in degrees."""
    return float(np.cos(np.radians(degrees)))


def test_similarity_joins_definitions_and_the_two_nearest_sentences() -> None:
    """The mean of both cosines; the rows of the sentences, one of each entry."""
    vectors = np.concatenate([at(0, -60, 10), at(40, 100, 30, 90)])
    (found,) = near(vectors, [3, 4], 0)
    assert (found.position, found.row, found.other_row) == (1, 2, 5)
    assert found.sentences == pytest.approx(cos(20), abs=1e-6)
    assert found.similarity == pytest.approx((cos(40) + cos(20)) / 2, abs=1e-6)
    (back,) = near(vectors, [3, 4], 1)
    assert (back.row, back.other_row) == (5, 2)
    assert back.similarity == pytest.approx(found.similarity, abs=1e-6)


def test_similarity_is_mutual() -> None:
    """If one entry is similar to another, so is the other to the first, with the same value."""
    points = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    found = {one: near(points, [1] * 60, one) for one in range(60)}
    pairs = {(one, n.position): n.similarity for one, all_ in found.items() for n in all_}
    assert 100 < len(pairs) < 60 * NEAREST
    for (one, other), similarity in pairs.items():
        assert pairs[other, one] == pytest.approx(similarity, abs=1e-6)
    for one in range(60):
        nearest = set(np.argsort(-(points @ points[one]))[1 : NEAREST + 1].tolist())
        assert {n.position for n in found[one]} <= nearest


def test_what_is_near_to_a_crowd_only_is_similar_to_none_of_it() -> None:
    """The crowd is the nearest it has, but each of the crowd has enough that are nearer."""
    crowd = np.eye(NEAREST + 2, dtype=np.float32)[1:] + 1
    far = np.eye(NEAREST + 2, dtype=np.float32)[:1] * 3 + 0.3
    points = np.concatenate([far, crowd])
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    assert near(points, [1] * len(points), 0) == []
    assert len(near(points, [1] * len(points), 1)) == NEAREST


def test_copies_are_left_out_everywhere() -> None:
    """Those of the entry itself, which crowd nobody out, and that of a nearer neighbour."""
    vectors = at(0, 1, 0, 40, 41, 80)
    assert [n.position for n in near(vectors, [1] * 6, 0)] == [3, 5]
    many = np.concatenate([at(*[0] * (NEAREST + 5)), at(60)])
    assert [n.position for n in near(many, [1] * len(many), 0)] == [NEAREST + 5]


def test_a_floor_leaves_out_what_is_not_near_enough() -> None:
    """Fewer are returned, never others."""
    vectors = at(0, 30, 50)
    assert [n.position for n in near(vectors, [1, 1, 1], 0, floor=cos(40))] == [1]
    assert near(vectors, [1, 1, 1], 0, floor=0.99) == []


def test_a_sentence_that_both_share_word_for_word_stands_back() -> None:
    """Boilerplate connects only when there is nothing else."""
    vectors = np.concatenate([at(0, 90, 20), at(30, 90, 50)])
    (found,) = near(vectors, [3, 3], 0)
    assert (found.row, found.other_row) == (2, 5)
    alike = np.concatenate([at(0, 90), at(30, 90)])
    (found,) = near(alike, [2, 2], 0)
    assert (found.row, found.other_row) == (1, 3)
    assert found.sentences == pytest.approx(1)


def test_one_entry_or_only_copies_have_no_neighbours() -> None:
    """An index of one entry answers too."""
    assert near(at(0), [1], 0) == []
    assert near(at(0, 0, 0), [1, 1, 1], 1) == []
