"""What goes into the confidence is counted right."""

from __future__ import annotations

import pytest

from semsearch.ranking.confidence import coverage_of
from semsearch.types import Span


@pytest.mark.parametrize(
    ("question", "used", "expected"),
    [
        ("which ships carry bread", ["ship", "ships", "Ship"], 1 / 3),
        ("ships and ship", ["SHIP"], 1.0),
        ("which ships carry bread", ["carries", "ships"], 2 / 3),
        ("ships", [], 0.0),
        ("+", [], 0.0),
    ],
)
def test_coverage_counts_stems_once(question: str, used: list[str], expected: float) -> None:
    """Plural and singular are one word, on either side; without words nothing is covered."""
    spans = [Span(0, len(word), word) for word in used]
    assert coverage_of(question, spans) == pytest.approx(expected)
