"""Confidence: how likely the first hit is right, from how far it stands out.

Cosines of different encoders and glossaries cannot be compared; how many standard deviations a
question's best meaning score lies above the glossary's own background can (`background`). A logistic function of that and of the words shared turns it into a
probability. Its coefficients were fitted once, on the tuning halves of the project's
questions (`python -m tests.quality.fit_confidence`), and hold for any glossary and encoder
as far as the background does its work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from semsearch.stems import question_stems, stem
from semsearch.types import Span, Tier

THRESHOLD = 0.45
"""Below it an answer says "no close match". On the tuning halves it still shows nine in ten of the
first hits that are right, and hides nearly half of those that are not (`make fit-confidence`)."""

_INTERCEPT = 0.16
_STANDOUT = 0.64
_COVERAGE = 1.84

_BY_NAME = {Tier.EXACT: 0.99, Tier.FORM: 0.95, Tier.PREFIX: 0.8}
"""Confidence when the question is a name."""


def coverage_of(question: str, shared: Sequence[Span]) -> float:
    """Return the share of a question's content words that an entry uses, 0 to 1.

    Words are compared by their stems; a question of marks alone ("+") has none to share.
    """
    asked = set(question_stems(question))
    return len(asked & {stem(span.text) for span in shared}) / max(1, len(asked))


def of_first_hit(tier: Tier, standout: float, coverage: float, resemblance: float) -> float:
    """Return the probability that the first hit of an answer is right.

    Args:
        tier: its tier.
        standout: how many deviations its meaning score lies above the background.
        coverage: the share of the question's content words found in the entry, 0 to 1.
        resemblance: how much a name of it resembles the question, 0 to 1.
    """
    if tier is Tier.FUZZY:
        return resemblance**2
    weighed = _INTERCEPT + _STANDOUT * standout + _COVERAGE * coverage
    by_meaning = 1 / (1 + math.exp(-weighed))
    return max(by_meaning, _BY_NAME.get(tier, 0.0))
