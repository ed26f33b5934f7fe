"""Calibrating: what is fitted, how far few questions move it, and that its worth is not made up."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.core.errors import InvalidSetting
from semsearch.quality.evaluation.outcomes import QuestionOutcome
from semsearch.quality.evaluation.platt_scaling import MIN_SLOPE, PRIOR, assess, calibrate, figures
from tests.quality.evaluation.support import outcome


def answers(*groups: tuple[float, int, int]) -> list[QuestionOutcome]:
    """Make outcomes: for each confidence so many right first hits and so many wrong ones."""
    return [
        outcome(1 if n < right else 2, confidence, query=f"{confidence} {n}")
        for confidence, right, wrong in groups
        for n in range(right + wrong)
    ]


def by_name(outcomes: list[QuestionOutcome]) -> list[QuestionOutcome]:
    """Return outcomes as if a name had answered them."""
    return [replace(o, shown=(replace(o.shown[0], tier="exact"), *o.shown[1:])) for o in outcomes]


SHIFTED = answers((0.9, 60, 40), (0.7, 30, 70), (0.5, 15, 85), (0.3, 5, 95))


def test_without_questions_nothing_changes() -> None:
    """The prior alone, or questions that came out as stated, gives slope 1 and intercept 0."""
    for outcomes in ([], answers((0.9, 9, 1), (0.5, 5, 5), (0.2, 2, 8))):
        found = calibrate(outcomes)
        assert (found.slope, found.intercept) == pytest.approx((1, 0), abs=1e-4)


def test_it_is_the_logistic_regression_of_questions_and_prior() -> None:
    """Two numbers, against scikit-learn on the same rows."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - takes a second to load

    pseudo = (np.arange(PRIOR) + 0.5) / PRIOR
    stated = np.array([*(o.confidence for o in SHIFTED), *pseudo, *pseudo])
    truth = np.array([*(o.is_right for o in SHIFTED), *[True] * PRIOR, *[False] * PRIOR])
    weights = np.array([*[1.0] * len(SHIFTED), *pseudo, *1 - pseudo])
    odds = np.log(stated / (1 - stated))[:, None]
    theirs = LogisticRegression(C=1e9, tol=1e-9).fit(odds, truth, sample_weight=weights)
    ours = calibrate(SHIFTED)
    expected = (theirs.coef_[0][0], theirs.intercept_[0])
    assert (ours.slope, ours.intercept) == pytest.approx(expected, abs=1e-3)


def test_few_questions_move_it_little_and_many_decide() -> None:
    """All said to be .5 and all right: 5 of them leave it below .7, 200 bring it above .9."""
    after = [calibrate(answers((0.5, n, 0))).apply(0.5) for n in (0, 1, 5, 20, 200)]
    assert after == sorted(after)
    assert after[0] == pytest.approx(0.5)
    assert 0.55 < after[2] < 0.7
    assert after[4] > 0.9


def test_confidence_is_never_turned_round() -> None:
    """The slope stays positive, even if the most confident answers are wrong."""
    found = calibrate(answers((0.9, 0, 200), (0.1, 200, 0)))
    assert found.slope == pytest.approx(MIN_SLOPE)
    assert found.apply(0.1) < found.apply(0.9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_every_set_of_answers_gives_a_calibration(stated: list[tuple[float, bool]]) -> None:
    """Certainties, duplicates, or all on one side: numbers that are finite, in any order."""
    outcomes = [outcome(1 if right else None, p) for p, right in stated]
    found, turned = calibrate(outcomes), calibrate(outcomes[::-1])
    assert found.slope >= MIN_SLOPE
    assert math.isfinite(found.slope)
    assert math.isfinite(found.intercept)
    assert found.apply(0.4) == pytest.approx(turned.apply(0.4), abs=1e-3)


def test_figures_against_counting_and_scikit_learn() -> None:
    """The log loss of all, and the share of right and of wrong ones above the threshold."""
    from sklearn.metrics import log_loss  # noqa: PLC0415 - takes a second to load

    outcomes = answers((0.8, 3, 1), (0.2, 1, 5))
    found = figures(outcomes)
    expected = log_loss([o.is_right for o in outcomes], [o.confidence for o in outcomes])
    assert found.log_loss == pytest.approx(expected)
    assert (found.shown_right, found.answered_wrong) == pytest.approx((3 / 4, 1 / 6))
    assert found.calibration_error == pytest.approx(0.4 * 0.05 + 0.6 * (0.2 - 1 / 6))


def test_a_certainty_that_was_wrong_costs_much_but_not_everything() -> None:
    """0 and 1 are confidences that were rounded, so their loss is finite."""
    assert figures(answers((1.0, 0, 1), (0.0, 1, 0))).log_loss == pytest.approx(-math.log(5e-5))


def test_a_confidence_that_is_off_improves() -> None:
    """Every error measure falls on questions outside the fit."""
    trial = assess(SHIFTED)
    assert trial.improves
    assert trial.questions == 400
    assert trial.before.calibration_error == pytest.approx(0.325)
    assert trial.after.calibration_error < 0.05
    assert trial.after.log_loss < trial.before.log_loss - 0.1
    assert trial.after.answered_wrong < trial.before.answered_wrong
    assert trial.calibration == calibrate(SHIFTED)
    assert trial.p < 0.001


def test_a_confidence_that_is_right_does_not_improve() -> None:
    """What is fitted to chance is worth less on questions that were not seen."""
    trial = assess(answers((0.9, 18, 2), (0.5, 10, 10), (0.1, 2, 18)))
    assert not trial.improves
    assert trial.after.log_loss == pytest.approx(trial.before.log_loss, abs=0.05)


def test_the_order_of_the_questions_decides_nothing() -> None:
    """The same folds, and so the same figures."""
    forth, back = assess(SHIFTED), assess(SHIFTED[::-1])
    assert back.after.log_loss == pytest.approx(forth.after.log_loss, abs=1e-6)
    assert back.after.answered_wrong == forth.after.answered_wrong


def test_answers_by_name_do_not_count() -> None:
    """They are counted apart and change no figure."""
    names = by_name(answers((0.99, 50, 10)))
    alone, beside = assess(SHIFTED), assess([*names, *SHIFTED])
    assert beside == replace(alone, by_name=60)


@pytest.mark.parametrize(
    ("outcomes", "counted"),
    [
        ([], "0 of 0 questions count, 0 of them answered rightly"),
        (answers((0.5, 9, 10)), "19 of 19 questions count, 9 of them answered rightly"),
        (answers((0.5, 40, 4)), "44 of 44 questions count, 40 of them answered rightly"),
        (answers((0.5, 4, 40)), "44 of 44 questions count, 4 of them answered rightly"),
        (by_name(SHIFTED), "0 of 400 questions count"),
        ([replace(o, shown=()) for o in SHIFTED], "0 of 400 questions count"),
    ],
)
def test_too_few_questions_are_refused(outcomes: list[QuestionOutcome], counted: str) -> None:
    """The message says how many there are, how many are needed, and what to do."""
    with pytest.raises(InvalidSetting, match=counted) as caught:
        assess(outcomes)
    assert "needs 20, at least 5 answered rightly and 5 wrongly, and" in str(caught.value)
    assert "add more questions that people ask" in str(caught.value)


def test_the_least_that_is_enough() -> None:
    """Twenty questions, five of them wrong."""
    assert assess(answers((0.6, 15, 5))).questions == 20
