"""Fusion: one score from what an entry means and the words it shares with the question.

A weighted sum of both scores, which beats rank fusion in and out of domain and needs few
examples to set (Bruch, Gai and Ingber, 2023, https://doi.org/10.1145/3596512). BM25 enters as it
is, not divided by the best score of the question: a question of common words then gets little
from its words, as it should.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semsearch.ranking.recipe import Recipe
from semsearch.types import Vectors

Scores = NDArray[np.float32]


def meaning(whole: Scores, sentence: Scores) -> Scores:
    """Return the similarity that is shown: the mean of both cosines, (n,) each, under any recipe."""
    combined: Scores = (whole + sentence) / np.float32(2)
    return combined


def fuse(whole: Scores, sentence: Scores, words: Scores, recipe: Recipe) -> Scores:
    """Combine the parts of the score as a recipe says.

    Args:
        whole: (n,) cosines of the whole definitions.
        sentence: (n,) cosines of their best sentences.
        words: (n,) BM25 scores, 0 where no word is shared.
        recipe: the weight of each.

    Returns:
        (n,) fused scores; only their order means something.
    """
    fused: Scores = recipe.whole * whole + recipe.sentence * sentence + recipe.words * words
    return fused


def passage_scores(
    vectors: Vectors, question: Vectors, counts: NDArray[np.int64]
) -> tuple[Scores, Scores, NDArray[np.int64]]:
    """Score entries by their passages.

    Args:
        vectors: passages of all entries, one entry after the other, the whole definition first.
        question: (d,) unit vector.
        counts: (n,) passages of each entry, at least 1.

    Returns:
        Of each entry: the cosine of the whole definition, the cosine of its best sentence, and the
        row of that sentence. An entry of a single passage counts it as both.
    """
    cosines: Scores = vectors @ question
    starts = np.cumsum(counts) - counts
    whole = cosines[starts]
    sentences = cosines.copy()
    sentences[starts[counts > 1]] = -np.inf
    best = np.maximum.reduceat(sentences, starts)
    is_best = sentences == np.repeat(best, counts)
    rows = np.flatnonzero(is_best)
    owner = np.repeat(np.arange(len(counts)), counts)[rows]
    return whole, best, rows[np.searchsorted(owner, np.arange(len(counts)))]
