"""The verdict on an answer: exact, about these terms, strong, possible, or no close match."""

from __future__ import annotations

from semsearch.core.answers import Tier, Verdict
from semsearch.ranking.confidence import ALTERNATIVE, STRONG
from semsearch.search.query import Reading

_PARTS_OF_NAMES = (Tier.PREFIX, Tier.PARTIAL)


def verdict_of(reading: Reading, tier: Tier, sure: float, min_confidence: float) -> Verdict:
    """Say how sure an answer is. A part of many names means one of them, whichever it is.

    Args:
        reading: how the question was read.
        tier: of the first hit.
        sure: its confidence.
        min_confidence: below it nothing is a close match; of parts of names, below a sixth of it.
    """
    least = min_confidence * (ALTERNATIVE if tier in _PARTS_OF_NAMES else 1.0)
    if sure < least:
        return Verdict.NONE
    if reading.is_comparison and not reading.has_unknown_name:
        return Verdict.TERMS
    if tier in (Tier.EXACT, Tier.FORM) and not reading.is_comparison:
        return Verdict.EXACT
    return Verdict.STRONG if sure >= STRONG else Verdict.POSSIBLE
