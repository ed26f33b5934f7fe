"""The verdict on an answer: exact, about these terms, strong, possible, or no close match."""

from __future__ import annotations

from semsearch.core.answers import Tier, Verdict
from semsearch.ranking.confidence import ALTERNATIVE, STRONG
from semsearch.search.question_parser import ParsedQuestion

_PARTS_OF_NAMES = (Tier.PREFIX, Tier.PARTIAL)


def verdict_of(
    parsed: ParsedQuestion, tier: Tier, confidence: float, min_confidence: float
) -> Verdict:
    """Return the verdict.

    If the question is a part of many names, the hits share the probability, so a sixth of the
    threshold is enough.

    Args:
        parsed: the parsed question.
        tier: of the first hit.
        confidence: its confidence.
        min_confidence: the threshold of a close match.
    """
    least = min_confidence * (ALTERNATIVE if tier in _PARTS_OF_NAMES else 1.0)
    if confidence < least:
        return Verdict.NONE
    if parsed.is_comparison and not parsed.has_unknown_name:
        return Verdict.TERMS
    if tier in (Tier.EXACT, Tier.FORM) and not parsed.is_comparison:
        return Verdict.EXACT
    return Verdict.STRONG if confidence >= STRONG else Verdict.POSSIBLE
