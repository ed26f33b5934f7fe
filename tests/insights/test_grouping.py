"""`insights/grouping`: average linkage, as a plain implementation computes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.arrays import Vectors
from semsearch.insights.grouping import grouped


def unit(rows: list[list[float]]) -> Vectors:
    """Return rows of length 1."""
    found = np.array(rows, np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / lengths, np.float32)


def slowly(vectors: Vectors, threshold: float) -> list[list[int]]:
    """Join the two groups with the highest mean cosine, each time computed anew."""
    groups = [[row] for row in range(len(vectors))]
    near = (vectors @ vectors.T).astype(np.float64)
    while len(groups) > 1:
        means = {
            (i, j): near[np.ix_(groups[i], groups[j])].mean()
            for i in range(len(groups))
            for j in range(i)
        }
        (i, j), mean = max(means.items(), key=lambda one: one[1])
        if mean < threshold:
            break
        groups[j] += groups.pop(i)
    return sorted(map(sorted, groups))


def test_similar_rows_are_joined() -> None:
    """Two directions give two groups, whatever the order of the rows."""
    rows = unit([[1, 0, 0.1], [0, 1, 0], [1, 0.1, 0], [0.1, 1, 0], [1, 0, 0]])
    assert grouped(rows, 0.9) == [[0, 2, 4], [1, 3]]


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows_are_no_groups(rows: int) -> None:
    """None, or one."""
    assert grouped(np.ones((rows, 2), np.float32)) == [[row] for row in range(rows)]


def test_a_chain_is_not_one_group() -> None:
    """Neighbours are near each other, but the ends are not: the mean decides."""
    angles = np.linspace(0, np.pi * 0.9, 8)
    rows = unit([[np.cos(angle), np.sin(angle)] for angle in angles])
    assert len(grouped(rows, 0.8)) > 2


@given(st.integers(2, 14), st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 0.6]))
def test_groups_are_those_of_a_plain_implementation(
    count: int, seed: int, threshold: float
) -> None:
    """Only faster."""
    rng = np.random.default_rng(seed)
    rows = unit(rng.normal(size=(count, 3)).tolist())
    assert grouped(rows, threshold) == slowly(rows, threshold)
