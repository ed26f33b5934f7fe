"""Places on the map: few, equal and many vectors, the same each time, near ones near to each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from semsearch.projection import FEW, LANDMARKS, fitted, landmarks, lay_out, pca, place
from semsearch.types import Vectors

DIM = 24
Numbers = NDArray[np.floating[Any]]


def units(vectors: Numbers) -> Vectors:
    """Return vectors at the length of one."""
    found: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found.astype(np.float32)


def groups(each: int, count: int = 4) -> tuple[Vectors, NDArray[np.int64]]:
    """Return unit vectors around some directions, and around which each lies."""
    draw = np.random.default_rng(3)
    middles = np.eye(DIM)[:count]
    of = np.repeat(np.arange(count), each)
    return units(middles[of] + draw.normal(0, 0.08, (len(of), DIM))), of


def nearest(points: Numbers, k: int) -> NDArray[np.int64]:
    """Return for each point which others are nearest on the map."""
    apart = np.linalg.norm(points[:, np.newaxis] - points[np.newaxis], axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1)[:, :k]


@pytest.mark.parametrize("count", [0, 1, 2, 3, FEW - 1, FEW, 120])
def test_every_vector_has_a_place_within_the_square(count: int) -> None:
    """However few they are."""
    points = lay_out(groups(30)[0][:count])
    assert points.shape == (count, 2)
    assert np.isfinite(points).all()
    assert np.abs(points).max(initial=0) <= 1 + 1e-9


def test_one_stands_in_the_middle_and_two_at_the_ends() -> None:
    """There is nothing to be near to, and then one thing to be far from."""
    vectors = units(np.eye(DIM)[:2])
    assert lay_out(vectors[:1]).tolist() == [[0, 0]]
    assert sorted(lay_out(vectors).round(6).tolist()) == [[-1, 0], [1, 0]]


@pytest.mark.parametrize("count", [3, 100])
def test_equal_vectors_do_not_break_a_map(count: int) -> None:
    """All entries may say the same; few of them stand at one place."""
    points = lay_out(units(np.ones((count, DIM))))
    assert np.isfinite(points).all()
    if count < FEW:
        assert len(np.unique(points.round(6), axis=0)) == 1


@pytest.mark.parametrize("each", [5, 30])
def test_a_map_is_the_same_each_time(each: int) -> None:
    """By either way of laying it out."""
    vectors, _ = groups(each)
    np.testing.assert_array_equal(lay_out(vectors), lay_out(vectors))


@pytest.mark.parametrize("each", [10, 40])
def test_what_is_alike_stands_together(each: int) -> None:
    """The five nearest on the map of nine in ten are of their own group: of three, which two dimensions can hold."""
    vectors, of = groups(each, 3)
    found = of[nearest(lay_out(vectors), 5)]
    assert (found == of[:, np.newaxis]).mean() > 0.9


def test_pca_keeps_all_that_two_dimensions_can_and_fixes_its_signs() -> None:
    """The share of the variance is told, also where there is none."""
    flat = np.zeros((5, DIM), dtype=np.float32)
    flat[:, 3] = [0, 1, 2, 3, 4]
    flat[:, 7] = [1, 0, 1, 0, 1]
    points, kept = pca(flat, flat)
    assert kept == pytest.approx(1)
    assert (np.diff(points[:, 0]) > 0).all()
    _, of_nothing = pca(flat[:1], flat[:1])
    assert of_nothing == 1
    assert pca(groups(10)[0], groups(10)[0])[1] < 0.95


def test_a_newcomer_stands_with_what_it_is_most_like() -> None:
    """Almost at the place of its twin, between two that it resembles alike, and in the middle of nothing."""
    vectors = units(np.eye(DIM)[:4])
    points = np.array([[-1.0, -1.0], [-1, 1], [1, -1], [1, 1]])
    np.testing.assert_allclose(place(vectors[2:3], vectors, points)[0], (1, -1), atol=1e-6)
    halfway = units(vectors[:1] + vectors[1:2])
    np.testing.assert_allclose(place(halfway, vectors, points)[0], (-1, 0), atol=1e-4)
    assert place(vectors, vectors[:0], points[:0]).tolist() == [[0, 0]] * 4


def test_landmarks_are_drawn_alike_each_time() -> None:
    """All where they are few; otherwise so many, ascending, from everywhere."""
    assert landmarks(7).tolist() == list(range(7))
    drawn = landmarks(100_000)
    np.testing.assert_array_equal(drawn, landmarks(100_000))
    assert len(np.unique(drawn)) == LANDMARKS
    assert (np.diff(drawn) > 0).all()
    assert np.histogram(drawn, bins=10, range=(0, 100_000))[0].min() > LANDMARKS / 20


def test_places_are_fitted_without_being_bent() -> None:
    """One scale for both directions, around the middle."""
    points = np.array([[0.0, 0.0], [10, 2], [5, 1]])
    assert fitted(points).ravel().tolist() == pytest.approx([-1, -0.2, 1, 0.2, 0, 0])
