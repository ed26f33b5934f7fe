"""Places in two dimensions: near where vectors are near, and the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.arrays import Vectors
from semsearch.index.map import projection
from semsearch.index.map.projection import (
    LANDMARKS,
    MIN_VECTORS,
    Points,
    between,
    landmarks,
    lay_out,
    pca,
    place,
    scale_to_square,
)

DIM = 16


def _unit(count: int, seed: int = 1) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    found: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return found


def _subjects(count: int, each: int) -> Vectors:
    """Return unit vectors in groups that stand far apart.

    The first `each` of them are one group.
    """
    vectors = np.repeat(_unit(count), each, axis=0) + 0.05 * _unit(count * each, seed=2)
    found: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found


@pytest.mark.process
@pytest.mark.parametrize("count", [0, 1, 2, 3, MIN_VECTORS - 1, MIN_VECTORS])
def test_every_vector_has_a_place_in_the_square(count: int) -> None:
    """However few there are; those of more than one reach its edges."""
    points = lay_out(_unit(count))
    assert points.shape == (count, 2)
    assert np.isfinite(points).all()
    assert np.abs(points).max(initial=0.0) == pytest.approx(1.0 if count > 1 else 0.0)


@pytest.mark.parametrize("count", [2, 10, MIN_VECTORS])
def test_equal_vectors_have_finite_places(count: int) -> None:
    """Copies of one vector alone have finite positions too."""
    points = lay_out(np.repeat(_unit(1), count, axis=0))
    assert np.isfinite(points).all()
    assert np.abs(points).max() <= 1
    if count < MIN_VECTORS:
        assert (points == 0).all()


@pytest.mark.parametrize("count", [3, MIN_VECTORS, 120])
def test_the_same_vectors_have_the_same_places(count: int) -> None:
    """Positions are equal to the last bit with either layout."""
    assert np.array_equal(lay_out(_unit(count)), lay_out(_unit(count)))


@pytest.mark.process
def test_places_do_not_depend_on_the_number_of_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """They run at once, and no sum depends on which of them is first."""
    vectors = _subjects(5, 30)
    found = []
    for count in (1, 3):
        monkeypatch.setattr(projection, "cores", lambda count=count: count)
        found.append(lay_out(vectors))
    np.testing.assert_array_equal(found[0], found[1])


@pytest.mark.parametrize(("groups", "each"), [(4, 8), (6, 20)])
def test_groups_stay_together(groups: int, each: int) -> None:
    """The nearest of each place is of its own group."""
    points = lay_out(_subjects(groups, each))
    far = np.linalg.norm(points[:, np.newaxis] - points, axis=2)
    np.fill_diagonal(far, np.inf)
    assert (far.argmin(axis=1) // each == np.arange(groups * each) // each).all()


def test_principal_components_are_found() -> None:
    """The two directions in which most is different, the larger weight of each positive."""
    onto = np.zeros((4, 3), dtype=np.float32)
    onto[:, 0] = [-3, -1, 1, 3]
    onto[:, 1] = [-1, 1, 1, -1]
    points, kept = pca(onto, onto)
    assert points == pytest.approx(onto[:, :2])
    assert kept == pytest.approx(1.0)
    one, kept = pca(onto[:1], onto[:1])
    assert one.tolist() == [[0.0, 0.0]]
    assert kept == 1.0


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20).map(
        np.array
    )
)
def test_what_is_fitted_keeps_its_shape(points: Points) -> None:
    """All is moved and shrunk alike, into the square from -1 to 1."""
    found = scale_to_square(points)
    assert np.abs(found).max() <= 1 + 1e-9
    spread = float((points.max(axis=0) - points.min(axis=0)).max())
    if spread > 1e-6:
        assert np.diff(found, axis=0) * spread / 2 == pytest.approx(
            np.diff(points, axis=0), abs=1e-6 * spread
        )


def test_landmarks_are_drawn_once() -> None:
    """All of few; of many as many as can be laid out, ascending, none twice, the same each time."""
    assert landmarks(0).tolist() == []
    assert landmarks(3).tolist() == [0, 1, 2]
    many = landmarks(3 * LANDMARKS)
    assert len(many) == LANDMARKS
    assert (np.diff(many) > 0).all()
    assert many[-1] < 3 * LANDMARKS
    assert np.array_equal(many, landmarks(3 * LANDMARKS))


def test_what_is_placed_stands_by_its_nearest() -> None:
    """A copy of a vector stands nearer to it than to any other.

    Among none, or none to place, it is the middle, or nothing.
    """
    among = _subjects(3, 5)
    points = np.repeat([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], 5, axis=0)
    found = place(among[[0, 5, 10]], among, points)
    assert found == pytest.approx(np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), abs=0.01)
    assert place(among[:2], among[:0], points[:0]).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert place(among[:0], among, points).shape == (0, 2)
    assert place(among[:1], among[1:2], points[1:2]).tolist() == [points[1].tolist()]


def test_the_nearer_count_more() -> None:
    """A cosine that is .05 higher has e times the weight."""
    points = np.array([[[0.0, 0.0], [1.0, 2.0]]])
    assert between(points, np.array([[0.5, 0.5]])).tolist() == [[0.5, 1.0]]
    share = np.e / (1 + np.e)
    assert between(points, np.array([[0.5, 0.55]]))[0] == pytest.approx([share, 2 * share])
