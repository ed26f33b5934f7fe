"""What counts for an entry and what counts against it."""

from __future__ import annotations

import numpy as np
import pytest

from semsearch.ranking.fusion import fuse, named_in, passage_scores
from semsearch.ranking.recipe import DEFAULT, PARTS


def test_fused_is_the_weighted_sum_of_the_parts() -> None:
    """One part at a time gives its weight, all of them their sum."""
    each = fuse(np.eye(len(PARTS), dtype=np.float32), DEFAULT)
    assert each == pytest.approx([getattr(DEFAULT, name) for name in PARTS])
    assert fuse(np.ones((1, len(PARTS)), dtype=np.float32), DEFAULT) == pytest.approx(sum(each))


@pytest.mark.parametrize(
    ("asked", "names", "expected"),
    [
        ({"udp", "encrypt", "packet", "lost", "order"}, [{"udp"}, {"user", "datagram"}], 1.0),
        ({"grid", "row", "column", "layout", "css"}, [{"grid", "cell"}], 0.5),
        ({"dropout", "work"}, [{"dropout"}], 0.25),
        ({"dropout"}, [{"dropout"}], 0.0),
        ({"bread", "butter", "jam", "milk", "tea"}, [{"dropout"}], 0.0),
        (set(), [{"dropout"}], 0.0),
        ({"a", "b"}, [], 0.0),
    ],
)
def test_how_much_of_a_name_is_said(
    asked: set[str], names: list[set[str]], expected: float
) -> None:
    """A whole name in a description counts fully, alone not at all, in between in parts."""
    assert named_in(asked, [frozenset(name) for name in names]) == pytest.approx(expected)


def test_passages_are_scored_entry_by_entry() -> None:
    """The whole definition, the first sentence, the best one and its row; one passage is all three."""
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6]], dtype=np.float32)
    question = np.array([0.0, 1.0], dtype=np.float32)
    whole, lead, best, row = passage_scores(vectors, question, np.array([3, 1]))
    assert whole == pytest.approx([0, 0.6])
    assert lead == pytest.approx([1, 0.6])
    assert best == pytest.approx([1, 0.6])
    assert row.tolist() == [1, 3]
