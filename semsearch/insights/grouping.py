"""Groups questions of similar meaning: agglomerative clustering with average linkage."""

from __future__ import annotations

import numpy as np

from semsearch.core.arrays import Vectors

THRESHOLD = 0.4
"""Least mean cosine between the questions of two groups that are joined."""


def grouped(vectors: Vectors, threshold: float = THRESHOLD) -> list[list[int]]:
    """Return the rows of each group, in order; groups are ordered by their first row.

    The two groups with the highest mean cosine are joined again and again, while it reaches the
    threshold. It takes memory and time with the square of the rows: 1,000 take 0.1 s.

    Args:
        vectors: (n, dim), rows of length 1.
        threshold: see `THRESHOLD`.
    """
    groups = [[row] for row in range(len(vectors))]
    if len(groups) < 2:
        return groups
    near = np.asarray(vectors @ vectors.T, dtype=np.float64)  # mean cosine between groups
    np.fill_diagonal(near, -np.inf)
    best = near.argmax(axis=1)
    while True:
        left = int(near[np.arange(len(near)), best].argmax())
        right = int(best[left])
        if near[left, right] < threshold:
            return sorted(sorted(group) for group in groups if group)
        one, other = len(groups[left]), len(groups[right])
        joined = (one * near[left] + other * near[right]) / (one + other)
        joined[[left, right]] = -np.inf
        near[left], near[:, left] = joined, joined
        near[right], near[:, right] = -np.inf, -np.inf
        groups[left] += groups[right]
        groups[right] = []
        stale = np.flatnonzero((best == left) | (best == right))
        best[stale] = near[stale].argmax(axis=1)
        best[left] = near[left].argmax()
        nearer = near[:, left] > near[np.arange(len(near)), best]
        best[nearer] = left
