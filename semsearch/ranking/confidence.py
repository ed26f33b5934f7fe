"""Confidence: how likely the first hit is right.

Confidence is the product of two probabilities: something fits, and it is this entry. Fit compares
the fused score of the hit with its baseline: what sentences of the same glossary reach when their
own entry is left out. So no labelled question is needed, and scores of different glossaries and
encoders become comparable. Choice is the share of the hit among all candidates, as a softmax of
their scores. It is small where several fit about as well, and larger where an asked-as phrase of
the hit resembles the question.

Both are logistic functions. Their coefficients were fitted together, on the domains with and
without phrases and on judged questions (`make fit-confidence`). `semsearch calibrate` rescales
the product with questions about one glossary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import ScoreParts, Tier
from semsearch.ranking.fusion import Scores

THRESHOLD = 0.37
"""Threshold of a close match; below it an answer says "no close match". On the tuning halves 90 %
of right first hits reach it, over the domains 68 %, and 87 % with three phrases an entry; of
questions for what a glossary lacks .9 are refused on the halves and on the glossaries for
development, .77 over the domains (`make fit-confidence`)."""

STRONG = 0.8
"""From it an answer found by meaning is called strong, and below it possible. It is right in .96 on
the tuning halves, where it covers .61 of the answerable questions, in .94 on the glossaries for
development (.13) and in .94 over the domains with three phrases an entry (.38); without phrases in
.85 (.14) (`make fit-confidence`)."""

LIKELY_NAME = 0.4
"""Least probability from which a misspelt question is read as the name that it resembles."""

ALTERNATIVE = 1 / 8
"""Share of the threshold that later hits must reach to match: a chance of one in twenty."""

SOFTMAX_SCALE = 12.0
"""How much likelier a candidate is whose fused score is higher by one; as in `make fit-weights`."""

MAX_ODDS = 12.0
"""Log odds of a candidate without a rival."""

MAX_PARTIAL_COMPARISON = 0.6
"""Upper bound for a comparison of which the glossary has only one name, so half of the question has
no answer."""
SAME_PHRASE_COSINE = 0.97
"""Cosine from which a question says what an asked-as phrase says."""
MIN_CONFIDENCE_BY_PHRASE = 0.95
"""Least confidence of a hit that has such a phrase: somebody asked just that and meant this entry.
A choice, not fitted."""

SHORT_QUESTION_WORDS = 2
SHORT_QUESTION_FACTOR = 0.75
"""Factor for semantic hits of questions with at most two content words. Such a question often names
something that the glossary lacks. Two-word questions taken from definitions are right in .93 over
the domains, names that the glossary lacks in none. Without
the factor the mean confidence of both is .54, while .46 are right (`make fit-confidence`)."""

FIT_COEFFICIENTS = (2.66, 1.35, -3.97)
"""Intercept, and coefficients of z-score and name."""
CHOICE_COEFFICIENTS = (-0.304, 0.841, 2.77)
"""Intercept, and coefficients of the odds and of the nearest phrase."""
NEUTRAL_PHRASE_COSINE = 0.4
"""Cosine of a phrase that says nothing for or against its entry. A choice: two fits with a
coefficient for having phrases at all had it at .38 and .41."""

_BY_NAME = {Tier.EXACT: 0.99, Tier.FORM: 0.95}
"""Confidence when the question is a name, or another form of one."""
_PART = (-3.89, 7.56, 0.313)
"""Intercept, share and prior share, by `make fit-names`: fitted on names of every other of 69
glossaries and domains, with a calibration error of .03 on the rest. One question in three asks for
an entry that is not there."""


MAX_BY_WORDS = 0.6
"""Confidence in a hit that has all words of a question that could not be embedded."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How stated probabilities are rescaled to what real questions showed (Platt, 1999).

    The log odds of a probability are multiplied by `slope` and moved by `intercept`. The default
    changes nothing.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, probability: float) -> float:
        """Return a probability as calibrated; the map is monotonic."""
        if self.slope == 1 and self.intercept == 0:
            return probability
        p = min(max(probability, 1e-6), 1 - 1e-6)
        return _logistic(self.slope * math.log(p / (1 - p)) + self.intercept)


def log_odds_of_shares(fused: Scores) -> NDArray[np.float64]:
    """Return how each candidate stands among all: the log odds of its softmax share.

    Args:
        fused: (n,) fused scores of the candidates.

    Returns:
        (n,) log odds, at most `MAX_ODDS`.
    """
    scores = SOFTMAX_SCALE * fused.astype(np.float64)
    shares = np.exp(scores - scores.max(initial=-np.inf))
    shares /= shares.sum()
    rest = np.maximum(1 - shares, math.exp(-MAX_ODDS))
    found: NDArray[np.float64] = np.log(np.maximum(shares, 1e-300) / rest)
    return found


def fit_probability(z_score: float, name: float) -> float:
    """Return the probability that an entry fits what was asked.

    Args:
        z_score: deviations by which its fused score lies above the baseline.
        name: cosine with its nearest name, divided by the number of content words of the question.
            A short question that resembles a name without being one is usually the name of
            something that the glossary lacks.
    """
    intercept, by_z_score, by_name = FIT_COEFFICIENTS
    return _logistic(intercept + by_z_score * z_score + by_name * name)


def choice_probability(odds: float, asked: float = 0.0) -> float:
    """Return the probability that the first hit is right, if anything is.

    Args:
        odds: see `log_odds_of_shares`.
        asked: cosine with its nearest asked-as phrase; 0 if it has none.
    """
    intercept, by_odds, by_phrase = CHOICE_COEFFICIENTS
    return _logistic(intercept + by_odds * odds + by_phrase * phrase_evidence(asked))


def phrase_evidence(asked: float) -> float:
    """Return how far a phrase speaks for its entry; 0 if there is none, whose cosine is 0."""
    return asked - NEUTRAL_PHRASE_COSINE if asked else 0.0


def short_question_factor(words: int) -> float:
    """Return the factor for a hit by meaning if a question has this many content words.

    A short question may describe an entry, or be the name of something that the glossary lacks.
    """
    return SHORT_QUESTION_FACTOR if words <= SHORT_QUESTION_WORDS else 1.0


def meaning_probability(z_score: float, odds: float, parts: ScoreParts, words: int) -> float:
    """Return the probability that a candidate is right that was found by meaning.

    Args:
        z_score: deviations by which its fused score lies above the baseline.
        odds: see `log_odds_of_shares`.
        parts: the parts of its score.
        words: the number of content words of the question.
    """
    fit = fit_probability(z_score, parts.term / max(words, 1))
    sure = fit * choice_probability(odds, parts.asked) * short_question_factor(words)
    return max(sure, MIN_CONFIDENCE_BY_PHRASE) if parts.asked >= SAME_PHRASE_COSINE else sure


def words_probability(share: float, words: int) -> float:
    """Return the probability that a hit is right that words alone found.

    A choice, not fitted: an entry that has all words of a question may be right, and one that has
    half of them is no close match.

    Args:
        share: the share of the content words of the question that the entry has, 0 to 1.
        words: the number of content words of the question.
    """
    return MAX_BY_WORDS * share**2 * short_question_factor(words)


def first_hit_probability(tier: Tier, by_meaning: float, by_name: float) -> float:
    """Return the probability that the first hit of an answer is right.

    Args:
        tier: its tier.
        by_meaning: see `meaning_probability`.
        by_name: the probability that its name was meant, 0 if none matched.
    """
    return by_name if tier is Tier.FUZZY else max(by_meaning, by_name)


def whole_name_probability(tier: Tier, entries_with_name: int) -> float:
    """Return the probability that an entry is meant when the question is a name of it.

    Args:
        tier: exact or form.
        entries_with_name: how many entries have such a name, if nobody stated it.
    """
    sure = _BY_NAME[tier]
    return max(sure / entries_with_name, THRESHOLD) if tier is Tier.FORM else sure


def name_part_probability(share: float, prior_share: float) -> float:
    """Return the probability that an entry is meant when the question is a part of a name of it.

    Args:
        share: how much of the name is said, 0 to 1.
        prior_share: the share of the name among the chances of all names with that part, 0 to 1.
    """
    intercept, by_share, by_prior = _PART
    prior_share = min(prior_share, 1 - 1e-3)
    return _logistic(
        intercept + by_share * share + by_prior * math.log(prior_share / (1 - prior_share))
    )


def misspelling_probability(resemblance: float, prior_share: float) -> float:
    """Return the probability that a name was meant that the question resembles.

    The cube is a choice, not fitted: one wrong letter of three is then no close match.

    Args:
        resemblance: the share of letters that are right.
        prior_share: how likely the name was meant among all that the question resembles.
    """
    return resemblance**3 * prior_share


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
