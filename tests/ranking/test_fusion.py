"""What counts for an entry and what counts against it."""

from __future__ import annotations

import numpy as np
import pytest

from semsearch.ranking.fusion import ASKED_FLOOR, fuse, named_in, passage_scores
from semsearch.ranking.weights import DEFAULT, PARTS


def test_fused_is_the_weighted_sum_of_the_parts() -> None:
    """One part at a time gives its weight, all of them their sum."""
    each = fuse(np.eye(len(PARTS), dtype=np.float32), DEFAULT)
    weights = {name: getattr(DEFAULT, name) for name in PARTS}
    weights["asked"] *= 1 - ASKED_FLOOR
    assert each == pytest.approx(list(weights.values()))
    assert fuse(np.ones((1, len(PARTS)), dtype=np.float32), DEFAULT) == pytest.approx(sum(each))


def test_how_much_of_a_name_is_said() -> None:
    """A whole name in a description counts fully, alone not at all, in between in parts."""
    said, lengths = np.array([1, 0, 1]), np.array([1, 2, 2])
    assert named_in(said, lengths, 5).tolist() == [1.0, 0.0, 0.5]
    assert named_in(said, lengths, 2).tolist() == [0.25, 0.0, 0.125]
    assert named_in(said, lengths, 1).tolist() == [0.0, 0.0, 0.0]


def test_passages_are_scored_entry_by_entry() -> None:
    """The whole definition, the first sentence, the best one and its row; one passage is all three."""
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6]], dtype=np.float32)
    question = np.array([0.0, 1.0], dtype=np.float32)
    whole, lead, best, row = passage_scores(vectors, question, np.array([3, 1]))
    assert whole == pytest.approx([0, 0.6])
    assert lead == pytest.approx([1, 0.6])
    assert best == pytest.approx([1, 0.6])
    assert row.tolist() == [1, 3]
