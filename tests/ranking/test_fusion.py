"""What counts for an entry and what counts against it.

Covers `ranking/weights`.
"""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest

from semsearch.core.answers import ScoreParts
from semsearch.ranking.fusion import (
    EXPECTED_COSINE,
    fuse,
    name_overlap,
    passage_scores,
    phrase_raises_score,
)
from semsearch.ranking.weights import DEFAULT, PARTS

ASKED = PARTS.index("asked")


def test_fused_is_the_weighted_sum_of_the_parts() -> None:
    """One part at a time gives its weight, all of them their sum; phrases are no summand."""
    parts = np.eye(len(PARTS), dtype=np.float32)
    parts[ASKED, ASKED] = 0
    each = fuse(parts, DEFAULT)
    weights = [0 if name == "asked" else getattr(DEFAULT, name) for name in PARTS]
    assert each == pytest.approx(weights)
    everything = np.ones((1, len(PARTS)), dtype=np.float32)
    everything[0, ASKED] = 0
    assert fuse(everything, DEFAULT) == pytest.approx(sum(weights))


def test_phrases_add_what_they_are_nearer_than_expected() -> None:
    """An entry without phrases keeps its score.

    A phrase that is farther than expected counts against.
    """
    at_zero, slope = EXPECTED_COSINE
    summed = DEFAULT.definition
    expected = at_zero + slope * summed
    parts = np.zeros((4, len(PARTS)), dtype=np.float32)
    parts[:, PARTS.index("definition")] = 1
    parts[:, ASKED] = [0, expected, expected + 0.2, expected - 0.2]
    gain = 0.2 * DEFAULT.asked
    assert fuse(parts, DEFAULT) == pytest.approx([summed, summed, summed + gain, summed - gain])
    without = replace(DEFAULT, asked=0)
    assert fuse(parts, without) == pytest.approx([summed] * 4)


def test_phrases_of_others_do_not_reorder_entries_without() -> None:
    """Entries without phrases keep their scores, whatever phrases of others score."""
    parts = np.zeros((3, len(PARTS)), dtype=np.float32)
    parts[:, PARTS.index("tokens")] = [0.5, 0.7, 0.1]
    before = fuse(parts, DEFAULT)
    parts[2, ASKED] = 0.9
    after = fuse(parts, DEFAULT)
    assert after[:2].tolist() == before[:2].tolist()
    assert after[2] > after[1]


def test_how_much_of_a_name_is_said() -> None:
    """A whole name in a description counts fully, alone not at all, in between in parts."""
    said, lengths = np.array([1, 0, 1]), np.array([1, 2, 2])
    assert name_overlap(said, lengths, 5).tolist() == [1.0, 0.0, 0.5]
    assert name_overlap(said, lengths, 2).tolist() == [0.25, 0.0, 0.125]
    assert name_overlap(said, lengths, 1).tolist() == [0.0, 0.0, 0.0]


def test_passages_are_scored_entry_by_entry() -> None:
    """The whole definition, the first sentence, the best one and its row.

    One passage is all three.
    """
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6]], dtype=np.float32)
    question = np.array([0.0, 1.0], dtype=np.float32)
    whole, lead, best, row = passage_scores(vectors, question, np.array([3, 1]))
    assert whole == pytest.approx([0, 0.6])
    assert lead == pytest.approx([1, 0.6])
    assert best == pytest.approx([1, 0.6])
    assert row.tolist() == [1, 3]


@pytest.mark.parametrize("asked", [0.2, 0.4, 0.6])
def test_a_phrase_raises_the_score_if_its_cosine_is_higher_than_expected(asked: float) -> None:
    """As `fuse` counts it."""
    parts = ScoreParts(definition=0.5, lead=0.4, term=0.3, asked=asked, tokens=0.6, words=2.0)
    rows = [astuple(parts), astuple(replace(parts, asked=0.0))]
    with_phrase, without = fuse(np.array(rows, dtype=np.float32), DEFAULT)
    assert phrase_raises_score(parts, DEFAULT) is bool(with_phrase > without)
    assert not phrase_raises_score(parts, replace(DEFAULT, asked=0.0))
