"""Measures: against counting by hand and published examples, with intervals that hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from semsearch.quality.evaluation.measures import Estimate, mean_of, per_question, rows, total
from semsearch.quality.evaluation.outcomes import QuestionOutcome
from semsearch.quality.evaluation.questions import JudgedQuestion
from tests.quality.evaluation.support import outcome


def test_measures_are_those_of_the_textbook() -> None:
    """Ranks 3, 2 and 1 have the mean reciprocal rank 11/18 (Wikipedia, "Mean reciprocal rank")."""
    values = per_question([outcome(3), outcome(2), outcome(1), outcome(kind="near"), outcome(None)])
    assert values["acc@1"].tolist() == [0, 0, 1, 0]
    assert values["acc@3"].tolist() == [1, 1, 1, 0]
    assert values["acc@10"].tolist() == [1, 1, 1, 0]
    assert values["MRR@10"][:3].mean() == pytest.approx(11 / 18)
    assert values["nDCG@10"] == pytest.approx([1 / math.log2(4), 1 / math.log2(3), 1, 0])


def test_several_right_terms_are_all_wanted_by_ndcg() -> None:
    """One of two at rank 1: 1 / (1 + 1/log2(3)); a term that is not there counts as the other."""
    first = outcome(1)
    two = JudgedQuestion("q", "bakery", "answerable", ("Right", "Gone"), ("right", "Gone"))
    both = QuestionOutcome(two, first.shown, 0.5, is_refused=False, seconds=0.0)
    values = per_question([both])
    assert values["acc@1"].tolist() == [1]
    assert values["nDCG@10"][0] == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_rows_are_per_glossary_kind_all_and_their_mean() -> None:
    """The mean weighs glossaries, not questions; unanswerable questions are in none."""
    made = [
        *[outcome(1, query=f"a{i}") for i in range(3)],
        outcome(2, glossary="harbour", kind="misspelt"),
        outcome(kind="far"),
    ]
    found = rows(made)
    assert [(r.group, r.label, r.questions, r.measures["acc@1"].mean) for r in found] == [
        ("glossary", "bakery", 3, 1.0),
        ("glossary", "harbour", 1, 0.0),
        ("kind", "answerable", 3, 1.0),
        ("kind", "misspelt", 1, 0.0),
        ("all", "all questions", 4, 0.75),
        ("mean", "mean of glossaries", 4, 0.5),
    ]
    assert total(found) == found[-1]
    assert total(rows(made[:3])) == rows(made[:3])[0]
    assert rows([outcome(kind="far")]) == []
    assert total([]) is None


def test_an_interval_is_the_same_every_time_and_as_wide_as_theory_says() -> None:
    """80 of 100: 0.8 ± 1.96 · √(.8 · .2 / 100), which is .078."""
    sample = np.array([1.0] * 80 + [0.0] * 20)
    found = mean_of([sample])
    assert found == mean_of([sample])
    assert found.mean == pytest.approx(0.8)
    assert found.low == pytest.approx(0.722, abs=0.02)
    assert found.high == pytest.approx(0.878, abs=0.02)
    halves = mean_of([sample, sample])  # a mean of two independent means varies less by √2
    assert halves.high is not None
    assert halves.high - halves.mean == pytest.approx(0.078 / math.sqrt(2), abs=0.02)


def test_what_does_not_vary_has_no_interval() -> None:
    """One question, or all alike, says nothing of how others would go."""
    assert mean_of([np.array([1.0])]) == Estimate(1.0)
    assert mean_of([np.ones(50)]) == Estimate(1.0)
    varied = mean_of([np.ones(50), np.array([0.0, 1.0] * 50)])
    assert varied.mean == pytest.approx(0.75)
    assert varied.low == pytest.approx(0.70, abs=0.02)


def test_many_questions_do_not_need_much_memory() -> None:
    """Thirty thousand are resampled in batches."""
    found = mean_of([np.array([0.0, 1.0] * 15_000)])
    assert found.low is not None
    assert found.low == pytest.approx(0.5 - 1.96 * 0.5 / math.sqrt(30_000), abs=0.001)
