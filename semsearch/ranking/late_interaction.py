"""Late interaction: questions and definitions compared token by token.

A vector of a whole text says what it is about; which of its words answers which word of a question
is lost in it. The encoder's vectors of single tokens, each in its context, keep that. As in ColBERT
(Khattab and Zaharia, 2020, https://doi.org/10.1145/3397271.3401075) every token of the question
takes its nearest token of the definition; as in BERTScore (Zhang et al., 2020,
https://arxiv.org/abs/1904.09675) both directions are used, and rare tokens count more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, Vectors
from semsearch.ranking.fusion import Scores


def idf(uses: NDArray[np.int64], entries: int) -> Scores:
    """Return how much tokens count that so many of the entries use; never negative.

    The same formula as for words (`index/files/postings.py`).
    """
    weights: Scores = np.log1p((entries - uses + 0.5) / (uses + 0.5)).astype(np.float32)
    return weights


def compare(
    question: Vectors, weights: Scores, tokens: Vectors, token_weights: Scores, counts: Numbers
) -> tuple[Scores, Scores]:
    """Compare the tokens of a question with those of entries.

    Args:
        question: (t, w) tokens of the question: their products with `tokens` are cosines.
        weights: (t,) how much each counts.
        tokens: (m, w) tokens of all entries, one entry after the other.
        token_weights: (m,) how much each counts.
        counts: (n,) tokens of each entry.

    Returns:
        Of each entry, -1 to 1: how well its tokens match those of the question, and how well those
        of the question cover its own. 0 for an entry or a question without tokens.
    """
    match = np.zeros(len(counts), dtype=np.float32)
    cover = np.zeros(len(counts), dtype=np.float32)
    (some,) = counts.nonzero()
    if not len(some) or not len(question):
        return match, cover
    starts = (counts.cumsum() - counts)[some]
    cosines = question @ tokens.T
    nearest = np.maximum.reduceat(cosines, starts, axis=1)
    match[some] = weights @ nearest / weights.sum()
    covered = np.add.reduceat(cosines.max(axis=0) * token_weights, starts)
    cover[some] = covered / np.add.reduceat(token_weights, starts)
    return match, cover
