"""The short form of `benchmarks.torture.kill`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.torture.kill import Oracle, PromiseBroken, torture
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.files.layout import IndexLayout


@pytest.mark.timeout(300)
def test_no_acknowledged_edit_is_lost(hashed_index: Path, tmp_path: Path) -> None:
    """Forty writers are killed while they add, change, delete, import and publish."""
    shutil.copytree(hashed_index, tmp_path / "index")
    oracle = torture(tmp_path / "index", 40, seed=20261123)
    assert oracle.acknowledged > 40


def test_a_lost_edit_and_a_phantom_are_noticed(hashed_index: Path, tmp_path: Path) -> None:
    """An entry that vanishes behind the oracle's back."""
    shutil.copytree(hashed_index, tmp_path / "index")
    with closing(EntryStore(IndexLayout(tmp_path / "index").store)) as store:
        store.apply([Edit("bakery:crumb", None)], "nobody")
    with pytest.raises(PromiseBroken, match=r"cycle 0 of seed 1: lost \['bakery:crumb'\]"):
        torture(tmp_path / "index", 1, seed=1)


def test_an_edit_of_several_entries_is_all_or_nothing() -> None:
    """Half of one that was under way is neither state."""
    oracle = Oracle({"a": "1"})
    oracle.record('{"about": {"b": "2", "c": "3"}}')
    oracle.check({"a": "1"})
    oracle.record('{"about": {"b": "2", "c": "3"}}')
    with pytest.raises(PromiseBroken):
        oracle.check({"a": "1", "b": "2"})
    oracle.check({"a": "1", "b": "2", "c": "3"})
