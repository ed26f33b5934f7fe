"""Confidence: how likely the first hit is right.

Two things must be so, and the product of both is what is stated. Something must fit: the fused score
of the hit is compared with what sentences of the same glossary reach when their own entry is left out
(`background`), so that no labelled question is needed and scores of different glossaries and encoders
become comparable. And it must be this one: its share among all candidates, as a softmax of their
scores, which is small where several fit about as well.

Both are logistic functions. Their coefficients were fitted together, on sixty domains and the tuning halves
of the judged questions (`make fit-confidence`); `semsearch calibrate` refines the outcome with questions of one's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import Tier
from semsearch.ranking.fusion import Scores

THRESHOLD = 0.3
"""Below it an answer says "no close match". It shows 92 of a hundred first hits that are right on
the tuning halves and 82 over the domains, 92 with three phrases an entry, and answers one in thirty
of the questions of the halves that have no answer (`make fit-confidence`)."""

STRONG = 0.8
"""From it an answer found by meaning is called strong, and below it possible. It is right in .96 on
the tuning halves, where it covers .37 of the answerable questions, and in .94 over the domains with
three phrases an entry, where it covers .32; without phrases in .85, where it covers .12
(`make fit-confidence`)."""

LIKELY_NAME = 0.4
"""From it a name that a misspelt question resembles is taken for what was meant."""

ALTERNATIVE = 1 / 6
"""Share of the threshold that a hit behind the first must reach to match: a chance of one in twenty."""

SHARPNESS = 12.0
"""How much likelier a candidate is whose fused score is higher by one; as in `make fit-recipe`."""

MAX_ODDS = 12.0
"""Log odds of a candidate without a rival."""

HALF_COMPARED = 0.6
"""Upper bound for a comparison of which the glossary has only one name: half of the question stays
unanswered."""
SAME_QUESTION = 0.97
"""Cosine from which a question says what an asked-as phrase says."""
BY_PHRASE = 0.95
"""Least confidence of a hit that has such a phrase: somebody asked just that and meant this entry.
A choice, not fitted."""

BARE_WORDS = 2
BARE = 0.75
"""Factor for a hit by meaning where a question has so few content words. Such a question is as
often the name of something that the glossary lacks as it describes anything: of two words of a
definition .93 are right over the domains, of missing names none. Without the factor .54 of both
would be claimed, where .46 are right (`make fit-confidence`)."""

FIT = (3.93, 1.9, -8.0)
"""Intercept, and coefficients of standout and name."""
CHOICE = (-0.34, 0.74)
"""Intercept, and coefficient of the odds."""

_BY_NAME = {Tier.EXACT: 0.99, Tier.FORM: 0.95}
"""Confidence when the question is a name, or another form of one."""
_PART = (-3.89, 7.56, 0.313)
"""Intercept, share and lead, by `make fit-names`: fitted on names of every other of 69 glossaries and domains, with
a calibration error of .03 on the rest. One question in three asks for an entry that is not there."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How stated probabilities are rescaled to what real questions showed (Platt, 1999).

    The log odds of a probability are multiplied by `slope` and moved by `intercept`. The default
    changes nothing.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, probability: float) -> float:
        """Return a probability as calibrated; the order of any two stays."""
        if self == Calibration():
            return probability
        p = min(max(probability, 1e-6), 1 - 1e-6)
        return _logistic(self.slope * math.log(p / (1 - p)) + self.intercept)


def odds_of(fused: Scores) -> NDArray[np.float64]:
    """Return how each candidate stands among all: the log odds of its softmax share.

    Args:
        fused: (n,) fused scores of the candidates.

    Returns:
        (n,) log odds, at most `MAX_ODDS`.
    """
    scores = SHARPNESS * fused.astype(np.float64)
    shares = np.exp(scores - scores.max(initial=-np.inf))
    shares /= shares.sum()
    rest = np.maximum(1 - shares, math.exp(-MAX_ODDS))
    found: NDArray[np.float64] = np.log(np.maximum(shares, 1e-300) / rest)
    return found


def of_fit(standout: float, name: float) -> float:
    """Return the probability that an entry fits what was asked.

    Args:
        standout: deviations by which its fused score lies above the baseline.
        name: cosine with its nearest name, divided by the number of content words of the question.
            A short question that resembles a name without being one is usually the name of
            something that the glossary lacks.
    """
    intercept, by_standout, by_name = FIT
    return _logistic(intercept + by_standout * standout + by_name * name)


def of_choice(odds: float) -> float:
    """Return the probability that the first hit is right, if anything is.

    Args:
        odds: see `odds_of`.
    """
    intercept, slope = CHOICE
    return _logistic(intercept + slope * odds)


def of_first_hit(tier: Tier, by_meaning: float, by_name: float) -> float:
    """Return the probability that the first hit of an answer is right.

    Args:
        tier: its tier.
        by_meaning: the product of `of_fit` and `of_choice`.
        by_name: the probability that its name was meant, 0 if none matched.
    """
    return by_name if tier is Tier.FUZZY else max(by_meaning, by_name)


def of_whole_name(tier: Tier, bearers: int) -> float:
    """Return the probability that an entry is meant when the question is a name of it.

    Args:
        tier: exact or form.
        bearers: how many entries have such a name, if nobody stated it.
    """
    sure = _BY_NAME[tier]
    return max(sure / bearers, THRESHOLD) if tier is Tier.FORM else sure


def of_part(share: float, lead: float) -> float:
    """Return the probability that an entry is meant when the question is a part of a name of it.

    Args:
        share: how much of the name is said, 0 to 1.
        lead: what the name has of the chances of all names with that part, 0 to 1.
    """
    intercept, by_share, by_lead = _PART
    lead = min(lead, 1 - 1e-3)
    return _logistic(intercept + by_share * share + by_lead * math.log(lead / (1 - lead)))


def of_resemblance(resemblance: float, lead: float) -> float:
    """Return the probability that a name was meant that the question resembles.

    The cube is a choice, not fitted: one wrong letter of three is then no close match.

    Args:
        resemblance: the share of letters that are right.
        lead: how likely the name was meant among all that the question resembles.
    """
    return resemblance**3 * lead


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
