"""Live edits beside a corpus that is read again: whose side is taken, and what is reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Entry, Source
from semsearch.core.errors import InvalidSetting
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.build_report import BuildReport
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.storage.live_edits import Conflict
from tests.conftest import ENTRIES

LEAVEN, CRUMB, OVEN = ENTRIES[:3]
SOFT = replace(CRUMB, definition="Pores of bread.")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Give an index in which one entry was changed, one deleted and one added live."""
    build_index(ENTRIES, tmp_path / "index", model="hashed")
    with Editor(tmp_path / "index", who="ann") as editor:
        editor.change(CRUMB.id, definition=SOFT.definition)
        editor.delete(LEAVEN.id)
        editor.add("bakery", Draft("Scoring", "Cutting the dough."))
    return tmp_path / "index"


def _held(index: Path) -> dict[str, Entry]:
    with Glossary.open(index) as glossary:
        return {entry.id: entry for entry in glossary.definitions()[0]}


def _build(index: Path, *entries: Entry, overwrite_edits: bool = False) -> BuildReport:
    return build_index(entries, index, model="hashed", overwrite_edits=overwrite_edits)


def test_a_build_keeps_live_edits_and_reports_both_sides(index: Path) -> None:
    """Changed and deleted ones are conflicts, an added one is none.

    A second build reports them again.
    """
    both = (Conflict(CRUMB.id, SOFT, CRUMB), Conflict(LEAVEN.id, None, LEAVEN))
    for _ in range(2):
        report = _build(index, *ENTRIES)
        assert (report.conflicts, report.overwritten) == (both, False)
        held = _held(index)
        assert held[CRUMB.id] == SOFT
        assert LEAVEN.id not in held
        assert held["bakery:scoring"].definition == "Cutting the dough."
    assert not report.published
    assert list(held) == [
        CRUMB.id,
        OVEN.id,
        *(e.id for e in ENTRIES[3:5]),
        "bakery:scoring",
        *(e.id for e in ENTRIES[5:]),
    ]


def test_a_corpus_that_has_caught_up_owns_the_entries_again(index: Path) -> None:
    """An entry that equals the corpus belongs to it, so later changes of the corpus apply."""
    scoring = replace(_held(index)["bakery:scoring"], source=Source("y.md", 3))
    caught_up = [SOFT, *ENTRIES[2:], scoring]
    assert _build(index, *caught_up).conflicts == ()
    assert _held(index)["bakery:scoring"].source == Source("y.md", 3)
    report = _build(index, *ENTRIES)
    assert report.conflicts == ()
    assert _held(index) == {entry.id: entry for entry in ENTRIES}


def test_the_corpus_side_can_be_taken(index: Path) -> None:
    """Also against what was only added.

    History keeps all of it, and the next build has no conflict.
    """
    report = _build(index, *ENTRIES, overwrite_edits=True)
    assert report.overwritten
    assert [c.id for c in report.conflicts] == [CRUMB.id, "bakery:scoring", LEAVEN.id]
    assert _held(index) == {entry.id: entry for entry in ENTRIES}
    with Editor(index) as editor:
        assert [v.kind.value for v in editor.history("bakery:scoring")] == ["added", "deleted"]
        assert [v.who for v in editor.history(CRUMB.id)] == ["build", "ann", "build"]
    assert _build(index, *ENTRIES).conflicts == ()


def test_an_edited_entry_that_the_corpus_dropped_is_a_conflict(index: Path) -> None:
    """It is kept, and the corpus's side is nothing."""
    others = [entry for entry in ENTRIES if entry not in {CRUMB, LEAVEN}]
    assert _build(index, *others).conflicts == (Conflict(CRUMB.id, SOFT, None),)
    assert _held(index)[CRUMB.id] == SOFT


def test_a_corpus_of_which_everything_was_deleted_is_refused(tmp_path: Path) -> None:
    """An index is never empty; what was there stays."""
    build_index([LEAVEN, CRUMB], tmp_path, model="hashed")
    with Editor(tmp_path) as editor:
        editor.delete(LEAVEN.id)
    with pytest.raises(InvalidSetting, match="every entry of the corpus was deleted live"):
        _build(tmp_path, LEAVEN)
    assert _held(tmp_path) == {CRUMB.id: CRUMB}
