"""Fusion: one score from what an entry means and the words it shares with the question.

A weighted sum, which beats rank fusion in and out of domain and needs few examples to set (Bruch,
Gai and Ingber, 2023, https://doi.org/10.1145/3596512). BM25 enters as it is, not divided by the
best score of the question: a question of common words then gets little from its words, as it
should.
"""

from __future__ import annotations

from operator import attrgetter, mul
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import ScoreParts
from semsearch.core.arrays import Numbers, Vectors
from semsearch.ranking.weights import PARTS, ScoreWeights

Scores = NDArray[np.float32]
Cosines = TypeVar("Cosines", float, Scores)

_values_of = attrgetter(*PARTS)

EXPECTED_COSINE = (0.1, 0.3)
"""Intercept a and slope b of the phrase cosine that the other parts predict: a + b · x, where x is
the sum of the other parts. Fitted with phrases for half of the entries (`make questions`)."""

MIN_DESCRIPTION_WORDS = 4
"""Least number of content words besides a name for a question that describes something. With fewer
it is about what it names."""


def shown_similarity(whole: Cosines, sentence: Cosines) -> Cosines:
    """Return the similarity that users see: the mean of both cosines.

    Args:
        whole: with the whole definition, one number or (n,).
        sentence: with its best sentence, of the same shape.
    """
    return (whole + sentence) / 2  # type: ignore[return-value] # float32 stays float32


def fuse(parts: Scores, weights: ScoreWeights) -> Scores:
    """Combine the parts of the score: a weighted sum, and what phrases add to it.

    Args:
        parts: (n, len(PARTS)) one row for each entry, columns in the order of `PARTS`.
        weights: the weight of each.

    Returns:
        (n,) fused scores; only their order means something.
    """
    summed: Scores = parts @ weights.vector
    asked = parts[:, PARTS.index("asked")]
    if not weights.asked or not asked.any():
        return summed
    fused: Scores = summed + np.float32(weights.asked) * phrase_surplus(asked, summed)
    return fused


def phrase_surplus(asked: Scores, summed: Scores) -> Scores:
    """Return how far the best phrase cosine of each entry exceeds the one its other parts predict.

    An entry without phrases keeps its score, whatever others have. With 0 for a missing phrase it
    would stand behind all entries that have some.

    Args:
        asked: (n,) cosines to the nearest phrase of each; 0 for an entry without phrases.
        summed: (n,) what all other parts sum up to.

    Returns:
        (n,) positive or negative; 0 for an entry without phrases.
    """
    at_zero, slope = EXPECTED_COSINE
    beyond: Scores = np.where(asked, asked - np.float32(at_zero) - np.float32(slope) * summed, 0)
    return beyond


def phrase_raises_score(parts: ScoreParts, weights: ScoreWeights) -> bool:
    """Return whether an entry scores higher with its nearest phrase than without any.

    Args:
        parts: of its score, with the cosine of the phrase.
        weights: the weight of each.
    """
    summed = sum(map(mul, _values_of(parts), weights.vector.tolist()))
    at_zero, slope = EXPECTED_COSINE
    return bool(weights.asked) and parts.asked > at_zero + slope * summed


def name_overlap(shared: Numbers, lengths: Numbers, question_stems: int) -> Scores:
    """Return how much of a name is said in a question that describes something.

    A person who describes a thing to learn its name does not use that name. A name in such a
    question is a neighbour of the answer ("like HTTPS, but for UDP"), which words and meaning would
    put first. A question with little beside the name ("how does dropout work") is about the name.

    Args:
        shared: (n,) of each name, how many stems of its content words the question has too.
        lengths: (n,) how many it has, at least 1.
        question_stems: how many stems of content words the question has.

    Returns:
        (n,) each 0 to 1: the share of the name that is said, less when the question says little
        else.
    """
    rest = np.minimum(1.0, (question_stems - shared) / MIN_DESCRIPTION_WORDS)
    shares: Scores = (shared / lengths * rest).astype(np.float32)
    return shares


def best_sentences(cosines: Scores, starts: Numbers, counts: Numbers) -> tuple[Scores, Scores]:
    """Return the cosines of all sentences, and that of the best sentence of each entry.

    Args:
        cosines: (passages,) of one question, or (passages, questions); each entry begins with its
            whole definition, which is left out (-inf) unless it is the only passage.
        starts: (n,) the first passage of each entry.
        counts: (n,) passages of each entry.
    """
    sentences = cosines.copy()
    sentences[starts[counts > 1]] = -np.inf
    return sentences, np.maximum.reduceat(sentences, starts, axis=0)


def passage_scores(
    vectors: Vectors, question: Vectors, counts: NDArray[np.int64]
) -> tuple[Scores, Scores, Scores, NDArray[np.int64]]:
    """Score entries by their passages.

    Args:
        vectors: passages of all entries, one entry after the other, the whole definition first.
        question: (d,) unit vector.
        counts: (n,) passages of each entry, at least 1.

    Returns:
        Of each entry: the cosines of the whole definition, of its first and of its best sentence,
        and the row of the best. An entry of a single passage counts it as all of them.
    """
    cosines: Scores = vectors @ question
    starts = counts.cumsum() - counts
    has_sentences = counts > 1
    whole = cosines[starts]
    lead = cosines[starts + has_sentences]
    sentences, best = best_sentences(cosines, starts, counts)
    return whole, lead, best, first_best(sentences, best, counts, starts)


def first_best(
    scores: Scores, best: Scores, counts: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the row of each entry that is the first with its best score.

    Args:
        scores: (m,) scores of the rows of all entries, one entry after the other.
        best: (n,) the best score of each entry.
        counts: (n,) rows of each entry, at least 1.
        starts: (n,) the first row of each entry.
    """
    (rows,) = (scores == best.repeat(counts)).nonzero()
    found: NDArray[np.int64] = rows[rows.searchsorted(starts)]
    return found
