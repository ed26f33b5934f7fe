"""The short form of `benchmarks.torture.editors`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.torture import editors
from benchmarks.torture.kill import PromiseBroken
from semsearch.ingest import Editor


def test_no_edit_is_written_over(hashed_index: Path, tmp_path: Path) -> None:
    """A hundred edits of two entries by eight threads and two processes; some come too late."""
    shutil.copytree(hashed_index, tmp_path / "index")
    assert editors.torture(tmp_path / "index", 100) > 0


def test_an_edit_that_was_written_over_is_noticed(hashed_index: Path, tmp_path: Path) -> None:
    """Two were acknowledged, and the second did not know of the first."""
    shutil.copytree(hashed_index, tmp_path / "index")
    with Editor(tmp_path / "index") as editor:
        for id_ in editors.COUNTERS:
            editor.change(id_, definition="0")
        begun = {id_: len(editor.history(id_)) for id_ in editors.COUNTERS}
        editor.change(editors.COUNTERS[0], definition="1")
        editors.check(tmp_path / "index", begun, 1)
        with pytest.raises(PromiseBroken, match="2 edits were acknowledged"):
            editors.check(tmp_path / "index", begun, 2)
