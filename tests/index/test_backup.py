"""Backups: made while an index is edited, restored whole or not at all.

Covers `index/restore`.
"""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from semsearch.core.errors import (
    FormatTooNew,
    IndexDamaged,
    IndexMissing,
    InvalidSetting,
    StoredIndexError,
)
from semsearch.index.backup import back_up
from semsearch.index.backup_contents import BackupInfo
from semsearch.index.restore import Restored, restore_backup
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.entry_reader import EntryReader
from tests.ingest.conftest import editor, index

__all__ = ["editor", "index"]


def _entries(folder: Path) -> list[str]:
    with closing(EntryReader(folder / "store.db")) as store:
        return [entry.id for entry in store.entries()]


def test_a_restored_index_is_the_one_that_was_backed_up(
    editor: Editor, index: Path, tmp_path: Path
) -> None:
    """Answers, entries with their history, and keys; it can be edited."""
    KeyStore(index / "keys.db").create(name="Ann", scope=KeyScope.EDIT, now=utc_now())
    editor.add("bakery", Draft("Scoring", "Cutting the dough."))
    made = back_up(index, tmp_path / "b.tar")
    assert (made.revision, made.generation) == (8, 1)
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    assert restore_backup(tmp_path / "b.tar", tmp_path / "new") == Restored(made, unsure_keys=1)
    with Glossary.open(index) as old, Glossary.open(tmp_path / "new") as new:
        assert new.ask("cutting dough") == old.ask("cutting dough")
        assert new.tag != old.tag
    with Editor(tmp_path / "new", who="bob") as other:
        assert other.history("bakery:scoring") == editor.history("bakery:scoring")
        assert other.delete("bakery:scoring", expected=8).revision == 9
    assert [key.name for key in KeyStore(tmp_path / "new" / "keys.db").all()] == ["Ann"]
    assert editor.entry("bakery:scoring").revision == 8


def test_backups_made_while_an_index_is_edited_are_whole(
    editor: Editor, index: Path, tmp_path: Path
) -> None:
    """Each is a state that the index was in: all edits up to its revision, and none after."""
    stop = threading.Event()

    def edit() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            editor.add("pantry", Draft(f"Jar {n}", f"Jar number {n}."))

    editing = threading.Thread(target=edit)
    editing.start()
    try:
        for n in range(6):
            made = back_up(index, tmp_path / f"{n}.tar")
            restore_backup(tmp_path / f"{n}.tar", tmp_path / f"{n}")
            jars = [id_ for id_ in _entries(tmp_path / f"{n}") if id_.startswith("pantry:")]
            assert jars == [f"pantry:jar-{i}" for i in range(1, made.revision - 6)]
            Glossary.open(tmp_path / f"{n}").close()
    finally:
        stop.set()
        editing.join()


def test_a_folder_that_is_not_empty_is_left_alone(index: Path, tmp_path: Path) -> None:
    """An index is never overwritten; an empty folder is used."""
    back_up(index, tmp_path / "b.tar")
    with pytest.raises(InvalidSetting, match="is not empty; move it away"):
        restore_backup(tmp_path / "b.tar", index)
    (tmp_path / "empty").mkdir()
    restore_backup(tmp_path / "b.tar", tmp_path / "empty")
    assert _entries(tmp_path / "empty") == _entries(index)


@pytest.mark.parametrize("part", [0.0, 0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("how", ["cut", "flip"])
def test_a_damaged_backup_is_refused_by_its_name(
    index: Path, tmp_path: Path, part: float, how: str
) -> None:
    """A refused backup leaves no files behind."""
    file = tmp_path / "b.tar"
    back_up(index, file)
    with tarfile.open(file) as archive:  # what comes behind the last member means nothing
        members = archive.getmembers()
    last = members[-1]
    content = bytearray(file.read_bytes()[: last.offset_data + last.size])
    at = int(part * len(content))
    # what fills up a block behind a member means nothing either
    at = min(max(at, one.offset) for one in members if one.offset_data + one.size > at)
    content[at] ^= 4
    file.write_bytes(content if how == "flip" else content[:at])
    with pytest.raises(StoredIndexError):
        restore_backup(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".tmp-*"))


@pytest.mark.parametrize(
    "name", ["../out", "/etc/out", "generations/1/../../out", "generations/000001/.x", "other"]
)
def test_members_that_do_not_belong_there_are_refused(tmp_path: Path, name: str) -> None:
    """Foreign members are refused wherever they lie."""
    _archive(tmp_path / "b.tar", {name: b"x"}, {})
    with pytest.raises(IndexDamaged, match="does not belong there"):
        restore_backup(tmp_path / "b.tar", tmp_path / "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.tar"]


def test_a_backup_of_a_newer_version_or_of_nothing(tmp_path: Path) -> None:
    """Each says what to do."""
    _archive(tmp_path / "b.tar", {}, {"format": 2, "sha256": {}})
    with pytest.raises(FormatTooNew, match="has format 2, this version reads 1; upgrade"):
        restore_backup(tmp_path / "b.tar", tmp_path / "new")
    _archive(tmp_path / "b.tar", {}, {"sha256": []})
    with pytest.raises(IndexDamaged, match=r"BACKUP\.json cannot be read"):
        restore_backup(tmp_path / "b.tar", tmp_path / "new")
    with pytest.raises(IndexDamaged, match="is not a complete backup"):
        restore_backup(tmp_path / "none.tar", tmp_path / "new")
    with pytest.raises(IndexMissing):
        back_up(tmp_path / "none", tmp_path / "b.tar")


@pytest.mark.parametrize("name", ["store.db", "keys.db"])
def test_a_damaged_index_is_not_backed_up(index: Path, tmp_path: Path, name: str) -> None:
    """What could not be restored would be taken for a backup until it is needed.

    The one that is there stays.
    """
    KeyStore(index / "keys.db").create(name="Ann", scope=KeyScope.EDIT, now=utc_now())
    made = back_up(index, tmp_path / "b.tar")
    with (index / name).open("r+b") as file:
        content = file.read()
        file.seek(len(content) // 2)
        file.write(b"\xff" * (len(content) // 2))
    with pytest.raises(IndexDamaged, match=rf"{name} is not a sound database"):
        back_up(index, tmp_path / "b.tar")
    assert restore_backup(tmp_path / "b.tar", tmp_path / "new").backup == made


def test_a_store_of_a_newer_version_is_told_by_its_name(index: Path, tmp_path: Path) -> None:
    """The error names the backup, not its temporary copy."""
    with closing(sqlite3.connect(index / "store.db")) as store:
        store.execute("PRAGMA user_version=99")
    with pytest.raises(FormatTooNew, match=rf"{index}/store\.db has schema 99.* upgrade"):
        back_up(index, tmp_path / "b.tar")


@pytest.mark.parametrize("name", ["", "nowhere/b.tar"])
def test_what_cannot_be_a_backup_is_refused(index: Path, tmp_path: Path, name: str) -> None:
    """A folder, and a file in a folder that is not there; nothing is left."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InvalidSetting, match="cannot be a backup; name a file"):
        back_up(index, tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_an_index_without_its_store_is_not_backed_up(index: Path, tmp_path: Path) -> None:
    """The file that was there stays."""
    made = back_up(index, tmp_path / "b.tar")
    assert isinstance(made, BackupInfo)
    before = (tmp_path / "b.tar").read_bytes()
    (index / "store.db").unlink()
    with pytest.raises(IndexDamaged, match=r"has no store\.db"):
        back_up(index, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == before


def _archive(file: Path, members: dict[str, bytes], contents: dict[str, object]) -> None:
    with tarfile.open(file, "w") as archive:
        for name, content in {**members, "BACKUP.json": json.dumps(contents).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
