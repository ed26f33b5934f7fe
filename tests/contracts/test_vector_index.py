"""The contract of nearest-neighbour engines, run over each of them.

Covers `index/ann/base`, `index/ann/exact`, `index/ann/flat`, `index/ann/hnsw`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from semsearch.core.arrays import Vectors
from semsearch.core.errors import DimensionMismatch, EngineError
from semsearch.index.ann.base import VectorIndex
from semsearch.index.ann.exact import ExactIndex
from semsearch.index.ann.flat import FaissIndex

DIM = 16
Make = Callable[[int], VectorIndex]


@pytest.fixture(params=[ExactIndex, FaissIndex], ids=["exact", "faiss"])
def engine(request: pytest.FixtureRequest) -> VectorIndex:
    """Give an empty engine of each kind."""
    make: Make = request.param
    return make(DIM)


def unit(count: int, seed: int) -> Vectors:
    """Return random unit rows."""
    rows = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def test_it_finds_what_brute_force_finds(engine: VectorIndex) -> None:
    """Recall is 1 and cosines agree, also after adding and removing at random."""
    oracle = ExactIndex(DIM)
    rng = np.random.default_rng(7)
    vectors = unit(600, 1)
    for step in range(20):
        numbers = np.arange(step * 30, step * 30 + 30)
        gone = rng.choice(numbers, 7, replace=False)
        for index in (engine, oracle):
            index.add(numbers, vectors[numbers])
            assert index.remove(gone) == 7
    questions = unit(25, 2)
    for within in (None, range(100, 350)):
        numbers, cosines = engine.search(questions, 9, within)
        expected, values = oracle.search(questions, 9, within)
        np.testing.assert_array_equal(numbers, expected)
        np.testing.assert_allclose(cosines, values, atol=1e-5)
    assert len(engine) == len(oracle) == 20 * 23


def test_equal_cosines_come_by_lower_number(engine: VectorIndex) -> None:
    """The order of ties does not depend on the order of adding."""
    row = unit(1, 3)
    engine.add(np.array([9, 4, 6]), np.repeat(row, 3, axis=0))
    assert engine.search(row, 3)[0].tolist() == [[4, 6, 9]]


def test_more_wanted_than_there_are(engine: VectorIndex) -> None:
    """The result is as wide as what is held, and empty when nothing is."""
    assert engine.search(unit(2, 4), 5)[0].shape == (2, 0)
    engine.add(np.arange(3), unit(3, 5))
    assert engine.search(unit(2, 4), 5)[0].shape == (2, 3)
    assert engine.search(unit(2, 4), 5, range(1, 3))[0].shape == (2, 2)


def test_a_number_present_is_refused_and_nothing_is_added(engine: VectorIndex) -> None:
    """Adding twice under one number is an error of the caller."""
    engine.add(np.array([1, 2]), unit(2, 6))
    with pytest.raises(EngineError, match="number 2 is present already"):
        engine.add(np.array([2, 3]), unit(2, 7))
    assert len(engine) == 2


def test_vectors_of_another_dimension_are_refused(engine: VectorIndex) -> None:
    """Adding and searching refuse vectors of another dimension."""
    wrong = np.ones((1, DIM + 1), dtype=np.float32)
    with pytest.raises(DimensionMismatch, match="dimension 16"):
        engine.add(np.array([1]), wrong)
    with pytest.raises(DimensionMismatch, match="dimension 16"):
        engine.search(wrong, 1)


def test_removing_what_is_not_there_counts_nothing(engine: VectorIndex) -> None:
    """Only numbers present count."""
    engine.add(np.array([1, 2]), unit(2, 8))
    assert engine.remove(np.array([2, 5])) == 1
    assert engine.search(unit(1, 9), 5)[0].tolist() == [[1]]
