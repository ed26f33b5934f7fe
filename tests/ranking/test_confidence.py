"""Confidence: something fits, and it is this one."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.answers import ScoreParts, Tier
from semsearch.ranking.confidence import (
    MAX_ODDS,
    MIN_CONFIDENCE_BY_PHRASE,
    NEUTRAL_PHRASE_COSINE,
    SAME_PHRASE_COSINE,
    THRESHOLD,
    Calibration,
    choice_probability,
    first_hit_probability,
    fit_probability,
    log_odds_of_shares,
    meaning_probability,
    name_part_probability,
    whole_name_probability,
)

probabilities = st.floats(0, 1)


def test_odds_are_those_of_a_softmax() -> None:
    """Two equal candidates have even odds; one that is higher by 1/12 is e times as likely."""
    assert log_odds_of_shares(np.array([1.0, 1.0], dtype=np.float32)) == pytest.approx([0, 0])
    assert log_odds_of_shares(np.array([1.0, 1 + 1 / 12])) == pytest.approx([-1, 1])
    assert log_odds_of_shares(np.array([1.0, 1.0, 1.0])) == pytest.approx([-math.log(2)] * 3)


def test_a_candidate_without_a_rival_has_the_highest_odds() -> None:
    """Alone, or far above all others; what is far below stays finite."""
    assert log_odds_of_shares(np.array([0.3])) == pytest.approx([MAX_ODDS])
    first, last = log_odds_of_shares(np.array([90.0, 0.0])).tolist()
    assert first == pytest.approx(MAX_ODDS)
    assert math.isfinite(last)
    assert last < -MAX_ODDS


def test_confidence_grows_with_what_speaks_for_the_hit() -> None:
    """A better fit and better odds.

    A short question that is like a name, and is none, speaks against it.
    """
    fits = [fit_probability(z_score, 0.05) for z_score in (-6, -4, -2, -1, 0, 4)]
    assert all(a < b for a, b in pairwise(fits))
    assert 0 < fits[0] < 0.05
    assert fits[-1] > 0.99
    names = [fit_probability(0, name) for name in (0.6, 0.3, 0.1, 0)]
    assert all(a < b for a, b in pairwise(names))
    phrases = [choice_probability(1, asked) for asked in (0.2, NEUTRAL_PHRASE_COSINE, 0.6, 0.9)]
    assert phrases == sorted(phrases)
    assert phrases[1] == choice_probability(1)  # an entry without phrases is not held against it
    choices = [choice_probability(odds) for odds in (-3, 0, 3, 12)]
    assert all(a < b for a, b in pairwise(choices))


def test_names_are_sure_and_guesses_as_sure_as_they_resemble() -> None:
    """Meaning can only add to the confidence of a name, and nothing to that of a guess."""
    assert first_hit_probability(Tier.EXACT, 0.1, 0.99) == 0.99
    assert first_hit_probability(Tier.PREFIX, 0.9, 0.3) == 0.9
    assert first_hit_probability(Tier.MEANING, 0.4, 0.0) == 0.4
    assert first_hit_probability(Tier.FUZZY, 0.9, 0.64) == 0.64


def test_a_part_of_a_name_is_as_sure_as_it_says_much_and_few_others_have_it() -> None:
    """None is sure by itself, however few names there are."""
    shares = [name_part_probability(share, 1.0) for share in (0.1, 0.3, 0.5, 0.8, 1.0)]
    assert all(a < b for a, b in pairwise(shares))
    assert shares[0] < 0.6
    assert 0.9 < shares[-1] < 0.999
    leads = [name_part_probability(0.5, lead) for lead in (0.01, 0.1, 0.5, 0.9)]
    assert all(a < b for a, b in pairwise(leads))
    assert leads[0] < 0.2


def test_a_form_that_several_entries_have_is_none_for_certain() -> None:
    """It still is a name; a stated one is, whoever else bears it."""
    assert [
        whole_name_probability(Tier.FORM, entries_with_name) for entries_with_name in (1, 2, 9)
    ] == [0.95, 0.475, THRESHOLD]
    assert whole_name_probability(Tier.EXACT, 3) == 0.99


def test_no_calibration_changes_nothing() -> None:
    """The default gives back what it gets, to the last digit."""
    assert Calibration().apply(0.123456789) == 0.123456789
    assert Calibration().apply(1.0) == 1.0


@given(probabilities, probabilities, st.floats(0.1, 4), st.floats(-3, 3))
def test_a_calibration_keeps_the_order(a: float, b: float, slope: float, intercept: float) -> None:
    """It gives probabilities, and never swaps two of them."""
    calibration = Calibration(slope, intercept)
    low, high = calibration.apply(min(a, b)), calibration.apply(max(a, b))
    assert 0 <= low <= high <= 1


def test_a_calibration_is_logistic() -> None:
    """Probability .5 becomes the intercept; slope 2 squares the odds."""
    assert Calibration(1, math.log(3)).apply(0.5) == pytest.approx(0.75)
    assert Calibration(2, 0).apply(0.75) == pytest.approx(0.9)


def test_a_short_question_needs_more() -> None:
    """It may be a name that the glossary lacks; a phrase that says the same outweighs that."""
    parts = ScoreParts(term=0.2)
    one, two, three = (meaning_probability(2.0, 3.0, parts, words) for words in (1, 2, 3))
    assert one < two < three * 0.9
    assert (
        meaning_probability(2.0, 3.0, replace(parts, asked=SAME_PHRASE_COSINE), 2)
        == MIN_CONFIDENCE_BY_PHRASE
    )
