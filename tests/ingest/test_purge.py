"""Purging an entry: nothing of it is left in any file of the index, and nothing brings it back.

Covers `storage/purges`, `cli/purge`.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from semsearch.core.entries import Changed
from semsearch.core.errors import EntryNotFound, InvalidEntry
from semsearch.core.progress import Silent
from semsearch.index.backup import back_up
from semsearch.index.restore import restore_backup
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.purge import purge, purge_again
from semsearch.search.glossary import Glossary
from semsearch.storage.purges import digest_of
from tests.cli.running import run
from tests.conftest import ENTRIES
from tests.ingest.conftest import editor, index

__all__ = ["editor", "index"]

pytestmark = pytest.mark.embedded_store("a shared store refuses to purge")
JANE = Draft("Jane Doe", "A baker who lives in Quimper.")
ID = "bakery:jane-doe"


def _files_with(folder: Path, *words: bytes) -> list[str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return [file.name for file in files if any(word in file.read_bytes() for word in words)]


def _embeddings(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "store.db")) as store:
        (count,) = store.execute("SELECT count(*) FROM embedding").fetchone()
    return int(count)


def test_no_file_has_anything_of_a_purged_entry(editor: Editor, index: Path) -> None:
    """Versions, authors and vectors are gone; other entries are unchanged."""
    embeddings = _embeddings(index)
    editor.add("bakery", JANE)
    editor.change(ID, definition="She moved to Concarneau.")
    with Glossary.open(index) as glossary:
        assert glossary.ask("Jane Doe").hits[0].entry.id == ID
        purge(index, [ID])
        assert ID not in [hit.entry.id for hit in glossary.ask("Jane Doe").hits]
    assert _files_with(index, b"Jane", b"jane-doe", b"Quimper", b"Concarneau") == []
    assert _embeddings(index) == embeddings
    assert [path.name for path in (index / "generations").iterdir()] == ["000002"]
    with pytest.raises(EntryNotFound):
        editor.history(ID)
    assert len(editor.history("bakery:crumb")) == 1
    assert verify(index, deep=True).entries == len(ENTRIES)
    purge(index, [ID])  # as after an interruption


def test_an_entry_that_was_deleted_is_purged_too(editor: Editor, index: Path) -> None:
    """Its history had it still."""
    editor.add("bakery", JANE)
    editor.delete(ID)
    assert _files_with(index, b"Quimper")
    purge(index, [ID])
    assert _files_with(index, b"Quimper", b"jane-doe") == []


def test_neither_builds_nor_edits_bring_it_back(editor: Editor, index: Path) -> None:
    """The corpus that still has it is told; overwriting live edits does not help either."""
    purge(index, ["bakery:crumb"])
    with pytest.raises(InvalidEntry, match="was purged and does not come back; choose another id"):
        editor.add("bakery", Draft("Crumb", "The inside of a loaf."))
    for overwrite in (False, True):
        report = build_index(ENTRIES, index, model="hashed", overwrite_edits=overwrite)
        [refused] = report.refused
        assert "'bakery:crumb' was purged" in refused.reason
        assert editor.find("bakery:crumb") is None
    assert _files_with(index, b"between the crusts") == []
    assert editor.add("bakery", Draft("Crumb", "Another thing."), id_="crumb-2").revision


def test_mirrors_learn_the_hash_of_what_to_erase(editor: Editor, index: Path) -> None:
    """The purge is in the order of changes, also for a mirror that is behind."""
    editor.add("bakery", JANE)
    purge(index, [ID])
    editor.add("bakery", Draft("Scoring", "Cutting the dough."))
    purged, added = editor.changes_since(7)
    assert purged == Changed("bakery:", None, 9, digest_of(ID))
    assert (added.id, added.revision) == ("bakery:scoring", 10)
    assert editor.changes_since(7, 1) == [purged]


def test_a_restored_backup_loses_it_again(editor: Editor, index: Path, tmp_path: Path) -> None:
    """Before it can be opened: the list is that of the former index."""
    editor.add("bakery", JANE)
    back_up(index, tmp_path / "before.tar")
    purge(index, [ID])

    def prepare(layout: object, former: object) -> None:
        purge_again(layout, former, Silent())  # type: ignore[arg-type]

    restore_backup(tmp_path / "before.tar", tmp_path / "new", former=index, prepare=prepare)
    assert _files_with(tmp_path / "new", b"Quimper", b"jane-doe") == []
    assert verify(tmp_path / "new").entries == len(ENTRIES)
    back_up(index, tmp_path / "after.tar")
    restore_backup(tmp_path / "after.tar", tmp_path / "later", prepare=prepare)
    with Editor(tmp_path / "later") as other, pytest.raises(InvalidEntry, match="was purged"):
        other.add("bakery", JANE)


def test_what_cannot_be_purged_is_refused(index: Path) -> None:
    """An id that never was, and the last entries; nothing is changed."""
    before = (index / "store.db").read_bytes()
    with pytest.raises(EntryNotFound, match="there never was an entry with the id 'bakery:none'"):
        purge(index, ["bakery:crumb", "bakery:none"])
    with pytest.raises(InvalidEntry, match="no entry would be left"):
        purge(index, [entry.id for entry in ENTRIES])
    assert (index / "store.db").read_bytes() == before


@pytest.mark.process
def test_the_command_line_purges_and_restores(index: Path, tmp_path: Path) -> None:
    """A backup restored with --former has no purged entry."""
    backup = str(tmp_path / "b.tar")
    assert run("backup", backup, "--index", str(index)).returncode == 0
    done = run("purge", "bakery:crumb", "--index", str(index))
    assert done.stdout == b"purged bakery:crumb; backups and exports may still have them\n"
    new = tmp_path / "new"
    shutil.rmtree(new, ignore_errors=True)
    restored = run("restore-backup", backup, "--index", str(new), "--former", str(index))
    assert restored.returncode == 0
    assert _files_with(new, b"between the crusts") == []
    assert run("history", "bakery:crumb", "--index", str(new)).returncode == 2
