"""The kind of match decides before how good it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.answers import Tier
from semsearch.ranking.tiers import tier_order, tier_score

SCORES = st.floats(-10, 1e6, allow_nan=False)
WORST_FIRST = (
    {Tier.NEAREST},
    {Tier.FUZZY},
    {Tier.MEANING},
    {Tier.PREFIX, Tier.PARTIAL},
    {Tier.FORM},
    {Tier.EXACT},
)
"""Tiers that stand together are ordered by their scores alone."""


def test_the_order_names_every_tier() -> None:
    """A new tier must be given its place."""
    assert set().union(*WORST_FIRST) == set(Tier)


def test_tiers_are_sorted_best_first() -> None:
    """Those that stand together have the same number."""
    numbers = [{tier_order(tier) for tier in together} for together in reversed(WORST_FIRST)]
    assert all(len(number) == 1 for number in numbers)
    assert sorted(min(number) for number in numbers) == [min(number) for number in numbers]
    assert len(set().union(*numbers)) == len(WORST_FIRST)


@given(SCORES, SCORES)
def test_a_better_tier_comes_first_whatever_the_scores(one: float, other: float) -> None:
    """The worst score of a tier is at least the best of the tier below."""
    for below, above in pairwise(WORST_FIRST):
        best = max(tier_score(tier, max(one, other)) for tier in below)
        assert all(0 <= best <= tier_score(tier, min(one, other)) <= 1 for tier in above)


@pytest.mark.parametrize("tier", Tier)
def test_within_a_tier_the_score_decides(tier: Tier) -> None:
    """A score below 0 counts as 0."""
    found = [tier_score(tier, score) for score in (0.0, 0.3, 0.9, 5.0)]
    assert found == sorted(set(found))
    assert tier_score(tier, -1.0) == found[0]
