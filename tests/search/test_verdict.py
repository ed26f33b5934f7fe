"""The verdict says how sure an answer is."""

from __future__ import annotations

import pytest

from semsearch.core.answers import Tier, Verdict
from semsearch.ranking.confidence import ALTERNATIVE, STRONG, THRESHOLD
from semsearch.search.question_parser import ParsedQuestion
from semsearch.search.verdict import verdict_of

PLAIN = ParsedQuestion("a question", "a question", {})
COMPARISON = ParsedQuestion("a or b", "a or b", {}, is_comparison=True)
HALF_KNOWN = ParsedQuestion("a or b", "a or b", {}, is_comparison=True, has_unknown_name=True)


@pytest.mark.parametrize(
    ("parsed", "tier", "sure", "expected"),
    [
        (PLAIN, Tier.MEANING, STRONG, Verdict.STRONG),
        (PLAIN, Tier.MEANING, STRONG - 0.01, Verdict.POSSIBLE),
        (PLAIN, Tier.MEANING, THRESHOLD, Verdict.POSSIBLE),
        (PLAIN, Tier.MEANING, THRESHOLD - 0.01, Verdict.NONE),
        (PLAIN, Tier.EXACT, 0.99, Verdict.EXACT),
        (PLAIN, Tier.FORM, 0.95, Verdict.EXACT),
        (PLAIN, Tier.PARTIAL, THRESHOLD * ALTERNATIVE, Verdict.POSSIBLE),
        (PLAIN, Tier.PREFIX, THRESHOLD * ALTERNATIVE - 0.01, Verdict.NONE),
        (COMPARISON, Tier.EXACT, 0.9, Verdict.TERMS),
        (HALF_KNOWN, Tier.EXACT, 0.6, Verdict.POSSIBLE),
    ],
)
def test_a_verdict_follows_from_tier_and_confidence(
    parsed: ParsedQuestion, tier: Tier, sure: float, expected: Verdict
) -> None:
    """A part of a name needs less to match; a comparison of two known names has one of its own."""
    assert verdict_of(parsed, tier, sure, THRESHOLD) is expected
