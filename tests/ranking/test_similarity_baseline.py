"""What scores are ordinary in a glossary, on vectors whose cosines are known."""

from __future__ import annotations

import numpy as np
import pytest

from semsearch.ranking.similarity_baseline import (
    MIN_OWN_SAMPLES,
    TYPICAL,
    Baseline,
    baseline_of,
    evenly_spaced,
    measure_similarity_baseline,
)


def test_a_score_is_counted_in_deviations() -> None:
    """Above the mean positive, below it negative."""
    found = Baseline(0.5, 0.1)
    assert [found.z_score(s) for s in (0.5, 0.7, 0.4)] == pytest.approx([0, 2, -1])


def test_few_scores_borrow_from_a_typical_glossary() -> None:
    """None borrow all of it, enough nothing; equal scores leave a deviation of a hundredth."""
    assert baseline_of([], 100, TYPICAL) == TYPICAL
    assert baseline_of([0.9] * MIN_OWN_SAMPLES, MIN_OWN_SAMPLES, TYPICAL) == Baseline(0.9, 0.01)
    half = baseline_of([0.9] * (MIN_OWN_SAMPLES // 2), 100, TYPICAL)
    assert half.mean == pytest.approx((0.9 + TYPICAL.mean) / 2)
    assert half.deviation == pytest.approx(TYPICAL.deviation / 2)


def test_the_sample_is_spread_over_all_and_always_the_same() -> None:
    """Every place where there are few, first and last among them where there are many."""
    assert evenly_spaced(3, 10).tolist() == [0, 1, 2]
    found = evenly_spaced(1000, 11).tolist()
    assert (found[0], found[-1], len(found)) == (0, 999, 11)
    gaps = np.diff(found)
    assert gaps.max() - gaps.min() <= 1


def test_an_entry_does_not_answer_itself_and_twins_do_not_count() -> None:
    """Entries at right angles but for one pair of copies: what is ordinary is a cosine of 0."""
    vectors = np.eye(12, dtype=np.float32)
    vectors[1] = vectors[0]
    rows = np.arange(len(vectors) + 1)
    found = measure_similarity_baseline(lambda some: vectors[some], rows, range(len(vectors)))
    assert found.mean == pytest.approx(0, abs=1e-6)
    assert found.deviation == 0.01
