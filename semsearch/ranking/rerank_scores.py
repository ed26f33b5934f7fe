"""Reranking: a second look at the first hits found by meaning, mixed into their scores.

A reranker is slow, so it reads only so many entries and only so much of each. What it says
decides the order among those; all of them stay before the entries it has not read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.entries import Entry

RERANK_DEPTH = 20
"""Entries read: time grows with them (`python -m benchmarks.speed.rerank`)."""

MAX_CHARS = 600
"""Characters read of a definition, some 130 tokens: time grows with them."""


def probability(log_odds: NDArray[Any]) -> NDArray[np.float64]:
    """Return the probabilities of log odds, (n,); distinct up to log odds of 36."""
    return 1 / (1 + np.exp(-np.clip(log_odds.astype(np.float64), -60, 60)))


def rescore(fused: NDArray[Any], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores that order entries by their probability.

    Args:
        fused: (n,) fused scores of the entries read; those not read have lower ones.
        probabilities: (n,) what the reranker says of each.

    Returns:
        (n,) the lowest fused score, but at least 0, plus the probability.
    """
    floor = max(float(fused.min(initial=np.inf)), 0.0)
    return floor + probabilities


def text_to_read(entry: Entry, start: int, end: int) -> str:
    """Return what a reranker reads of an entry: its term, and its definition or a part of that.

    A definition that is too long is read from its beginning when the sentence nearest to the
    question ends soon enough, and else from that sentence on.
    """
    first = 0 if end <= MAX_CHARS else start
    return f"{entry.term}: {entry.definition[first : first + MAX_CHARS]}"
