"""Mirrors are measured with real processes, on a copy of an index."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed import following


@pytest.mark.process
def test_a_mirror_is_measured(
    hashed_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every figure is there; each edit arrives at the mirror."""
    monkeypatch.setattr(following, "EDITS", 2)
    monkeypatch.setattr(following, "POLLS_S", 1.0)
    found = following.measure(hashed_index, tmp_path)
    assert found["entries"] == 9
    assert 0 < found["delay_median_s"] <= found["delay_most_s"] < following.LIMIT_S
    assert min(found[name] for name in ("copy_mb", "first_copy_s", "poll_source_ms")) > 0
