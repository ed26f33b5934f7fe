"""The kind of match decides before how good it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.answers import Tier
from semsearch.ranking.tiers import tier_score

SCORES = st.floats(-10, 1e6, allow_nan=False)
ORDER = (Tier.NEAREST, Tier.FUZZY, Tier.MEANING, Tier.PREFIX, Tier.FORM, Tier.EXACT)


def test_the_order_names_every_tier() -> None:
    """So that one that is new has to find its place here."""
    assert set(ORDER) == set(Tier)


@given(SCORES, SCORES)
def test_a_better_tier_comes_first_whatever_the_scores(one: float, other: float) -> None:
    """The worst score of a tier is at least the best of the tier below."""
    found = [tier_score(tier, score) for tier in ORDER for score in (max(one, other),)]
    lowest = [tier_score(tier, min(one, other)) for tier in ORDER]
    assert all(low >= below for below, low in zip(found, lowest[1:], strict=False))
    assert min(lowest) >= 0
    assert max(found) <= 1


@pytest.mark.parametrize("tier", ORDER)
def test_within_a_tier_the_score_decides(tier: Tier) -> None:
    """A score below 0 counts as 0."""
    found = [tier_score(tier, score) for score in (0.0, 0.3, 0.9, 5.0)]
    assert found == sorted(set(found))
    assert tier_score(tier, -1.0) == found[0]
