"""Abstention: areas, curves and calibration against counting by hand and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from semsearch.quality.evaluation.abstention import (
    UnanswerableComparison,
    abstention,
    auroc,
    calibration_error,
    coverage_at,
    per_glossary,
    reliability,
    risk_coverage,
)
from tests.quality.evaluation.support import outcome


def test_the_area_under_the_roc_curve_is_that_of_scikit_learn() -> None:
    """Ties count as half."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - takes a second to load

    random = np.random.default_rng(7)
    answerable = [outcome(1, round(c, 1)) for c in random.beta(4, 2, 60).tolist()]
    near = [outcome(kind="near", confidence=round(c, 1)) for c in random.beta(2, 3, 40).tolist()]
    truth = [1] * 60 + [0] * 40
    expected = roc_auc_score(truth, [o.confidence for o in answerable + near])
    assert auroc(answerable, near) == pytest.approx(expected)
    assert auroc([outcome(1)], [outcome(kind="far")]) == 0.5
    assert auroc([], near) is None


def test_the_curve_counts_every_answer_to_a_hopeless_question_as_wrong() -> None:
    """Four questions by falling confidence: right, wrong, hopeless, right; ties come together."""
    made = [
        outcome(1, 0.9),
        outcome(2, 0.8),
        outcome(kind="near", confidence=0.6),
        outcome(1, 0.6),
    ]
    points = risk_coverage(made)
    assert [(p.threshold, p.coverage, p.answered, round(p.risk, 4)) for p in points] == [
        (0.9, 0.25, pytest.approx(1 / 3), 0.0),
        (0.8, 0.5, pytest.approx(2 / 3), 0.5),
        (0.6, 1.0, 1.0, 0.5),
    ]
    assert coverage_at(points, 0.05) == pytest.approx(1 / 3)
    assert coverage_at(points, 0.5) == 1.0
    assert coverage_at(risk_coverage([outcome(2, 0.9)]), 0.05) == 0.0


def test_coverage_may_recover_at_a_lower_threshold() -> None:
    """The surest answer is wrong, but of twenty only one is: all are covered at 5 % wrong."""
    made = [outcome(2, 0.99), *[outcome(1, 0.5 + i / 100) for i in range(19)]]
    assert coverage_at(risk_coverage(made), 0.05) == 1.0


def test_the_calibration_error_weighs_each_bin_by_its_questions() -> None:
    """Three at .85 of which two are right, one at .05 that is wrong.

    3/4 · |.85 - 2/3| + 1/4 · .05.
    """
    made = [
        outcome(1, 0.85),
        outcome(1, 0.85),
        outcome(3, 0.85),
        outcome(kind="far", confidence=0.05),
    ]
    bins = reliability(made)
    assert [(b.low, b.high, b.questions) for b in bins] == [(0.0, 0.1, 1), (0.8, 0.9, 3)]
    assert bins[1].right == pytest.approx(2 / 3)
    assert calibration_error(bins) == pytest.approx(0.75 * (0.85 - 2 / 3) + 0.25 * 0.05)
    assert [b.high for b in reliability([outcome(1, 1.0), outcome(1, 0.0)])] == [0.1, 1.0]


def test_each_kind_of_hopeless_question_stands_against_the_answerable_ones() -> None:
    """Near and far apart, and those of which nobody said which they are."""
    made = [
        outcome(1, 0.7),
        outcome(1, 0.3, is_refused=True),
        outcome(kind="near", confidence=0.5),
        outcome(kind="far", confidence=0.1, is_refused=True),
        outcome(kind="unanswerable", confidence=0.9),
    ]
    found = abstention("bakery", made)
    assert (found.answerable, found.refused, found.coverage) == (2, 0.5, 0.0)
    assert found.against == (
        UnanswerableComparison("near", 1, 0.5, 0.0),
        UnanswerableComparison("far", 1, 1.0, 1.0),
        UnanswerableComparison("unanswerable", 1, 0.0, 0.0),
    )
    hopeless = abstention("bakery", made[2:])
    assert (hopeless.answerable, hopeless.refused, hopeless.coverage) == (0, None, None)
    assert [a.auroc for a in hopeless.against] == [None, None, None]


def test_several_glossaries_are_also_taken_together() -> None:
    """One row each, and one for all."""
    made = [outcome(1), outcome(1, glossary="harbour")]
    assert [row.label for row in per_glossary(made)] == ["bakery", "harbour", "all questions"]
    assert [row.label for row in per_glossary(made[:1])] == ["bakery"]
