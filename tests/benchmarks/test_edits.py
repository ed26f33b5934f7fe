"""What edits cost is measured on a copy, and every edit is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed import edits
from semsearch.index.segments.live import MAX_PENDING
from semsearch.ingest.publish import pending
from semsearch.storage.files.layout import IndexLayout


@pytest.mark.process
def test_edits_are_made_beside_questions_and_alone(hashed_index: Path) -> None:
    """A copy is edited; both rates are of answers, and the next question sees each edit."""
    found = edits.measure(hashed_index, 1, 0.5)
    assert found.share > 0.1
    assert len(found.acknowledged_ms) == len(found.seen_ms) == MAX_PENDING
    assert all(0 < ms < 5_000 for ms in (*found.acknowledged_ms, *found.seen_ms))
    assert [bar.name for bar in edits.bars(found)] == [
        "answers a second while one edit a second goes on",
        "one edit acknowledged, p99",
    ]
    assert pending(IndexLayout(hashed_index)).changes == 0
