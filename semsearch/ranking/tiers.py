"""Tiers: what kind of match a hit is decides before how good a match it is.

An exact name is never pushed down by meaning, and a name that merely resembles the question never
stands before one that matches. Each tier owns a band of the score, so that sorting by score gives
the order shown. A beginning and other words of a name share one: which of them is likelier depends
on the name.
"""

from __future__ import annotations

from semsearch.core.answers import Tier

_BANDS = {
    Tier.EXACT: (0.9, 1.0),
    Tier.FORM: (0.8, 0.9),
    Tier.PREFIX: (0.7, 0.8),
    Tier.PARTIAL: (0.7, 0.8),
    Tier.MEANING: (0.2, 0.7),
    Tier.FUZZY: (0.1, 0.2),
    Tier.NEAREST: (0.0, 0.1),
}


def tier_score(tier: Tier, fused: float) -> float:
    """Return the ordering score of a hit, 0 to 1, from its tier and its fused score."""
    low, high = _BANDS[tier]
    fused = max(fused, 0.0)
    return low + (high - low) * fused / (1 + fused)


def tier_order(tier: Tier) -> int:
    """Return the sort key of a tier, the best first; tiers of one band share it."""
    return -round(10 * _BANDS[tier][1])
