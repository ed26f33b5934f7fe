"""The short form of `benchmarks.torture.stop`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.torture import stop
from benchmarks.torture.kill import PromiseBroken
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft


def test_what_was_acknowledged_outlives_a_stop(hashed_index: Path, tmp_path: Path) -> None:
    """Five servers are stopped while four clients add entries."""
    shutil.copytree(hashed_index, tmp_path / "index")
    assert stop.torture(tmp_path / "index", 5, seed=20261123) > 5


def test_a_lost_entry_and_a_phantom_are_noticed(hashed_index: Path, tmp_path: Path) -> None:
    """One that was acknowledged and is not there, and one that is there and was never sent."""
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    with Editor(index) as editor:
        editor.add("torture", Draft("s0c0n0", "Meaning of it."))
    stop.check(index, 0, {"s0c0n0", "s0c0n1"}, {"s0c0n0"})
    with pytest.raises(PromiseBroken, match=r"acknowledged and lost: \['s0c0n1'\]"):
        stop.check(index, 0, {"s0c0n0", "s0c0n1"}, {"s0c0n0", "s0c0n1"})
    with pytest.raises(PromiseBroken, match=r"never sent and there: \['s0c0n0'\]"):
        stop.check(index, 0, set(), set())
