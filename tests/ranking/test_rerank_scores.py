"""What a reranker reads, and how its probabilities become scores."""

from __future__ import annotations

import numpy as np
import pytest

from semsearch.core.entries import Entry
from semsearch.ranking.rerank_scores import MAX_CHARS, probability, rescore, text_to_read


def test_log_odds_become_probabilities() -> None:
    """0 is one half; numbers that no float holds as odds are certainties, without a warning."""
    found = probability(np.array([0.0, np.log(3.0), -1e9, 1e9], dtype=np.float32))
    assert found == pytest.approx([0.5, 0.75, 0.0, 1.0], abs=1e-7)


def test_what_was_read_stays_before_what_was_not() -> None:
    """The lowest fused score is the floor, and 0 where that is negative."""
    said = np.array([0.0, 0.4, 0.9])
    assert rescore(np.array([0.8, 0.5, 0.6]), said) == pytest.approx([0.5, 0.9, 1.4])
    assert rescore(np.array([-0.8, 0.5, 0.6]), said) == pytest.approx(said)
    assert rescore(np.array([]), np.array([])).tolist() == []


def test_a_long_definition_is_read_around_the_nearest_sentence() -> None:
    """It is read from its beginning if the sentence ends within the limit."""
    entry = Entry("g:a", "Term", "a" * MAX_CHARS + "b" * MAX_CHARS, "g")
    assert text_to_read(entry, 10, MAX_CHARS) == f"Term: {'a' * MAX_CHARS}"
    late = text_to_read(entry, MAX_CHARS, MAX_CHARS + 20)
    assert late == f"Term: {'b' * MAX_CHARS}"
