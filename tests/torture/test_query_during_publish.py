"""The short form of `benchmarks.torture.query_during_publish`, and that it notices faults."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.torture import query_during_publish
from benchmarks.torture.kill import PromiseBroken
from semsearch.ingest import Editor
from semsearch.search.glossary import Glossary


def test_every_answer_is_of_a_state_that_was_there(hashed_index: Path, tmp_path: Path) -> None:
    """Four ask during ten publishes, with edits between them."""
    shutil.copytree(hashed_index, tmp_path / "index")
    assert query_during_publish.torture(tmp_path / "index", 10) > 10


def test_an_old_a_new_and_a_foreign_answer_are_noticed(hashed_index: Path, tmp_path: Path) -> None:
    """One from before the last acknowledged change, one of a change not begun, one of no change."""
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    with Glossary.open(index) as glossary, Editor(index) as editor:
        with pytest.raises(PromiseBroken, match="not found first by its name"):
            query_during_publish.check(glossary.ask("crumb"), 0, 9)
        editor.change(
            query_during_publish.CHANGED, definition="The inside of a loaf, after 5 changes."
        )
        answer = glossary.ask("crumb")
    query_during_publish.check(answer, 5, 5)
    for oldest, newest in ((6, 7), (3, 4)):
        with pytest.raises(PromiseBroken, match="an answer shows change 5"):
            query_during_publish.check(answer, oldest, newest)
