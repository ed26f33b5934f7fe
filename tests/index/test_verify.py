"""Verify: a sound index is told as such, and each kind of damage by the name of the file."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from benchmarks.torture.faults import FaultAtStep
from semsearch.core.errors import IndexDamaged, IndexMissing
from semsearch.index.verify import READ_UP_TO, Verified, verify
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.storage.entry_store import Edit, EntryStore
from tests.cli.running import run
from tests.conftest import ENTRIES
from tests.ingest.conftest import editor, index

__all__ = ["editor", "index"]
TEXTS = 9
"""Of the seven entries: two have two sentences."""


def _change(index: Path, statement: str) -> None:
    with closing(sqlite3.connect(index / "store.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_sound_index(editor: Editor, index: Path) -> None:
    """Live edits are checked too; --deep embeds their texts again."""
    assert verify(index) == Verified(1, 7, 0, 0)
    editor.add("bakery", Draft("Scoring", "Cutting the dough."))
    editor.delete("bakery:crumb")
    editor.restore("bakery:crumb", 2)
    found = verify(index, deep=True)
    assert (found.generation, found.entries, found.changed_since) == (1, 7, 2)
    assert found.embedded >= TEXTS


def test_edits_that_the_generation_does_not_show_yet_are_no_damage(index: Path) -> None:
    """Changed, added and gone ones are counted."""
    crumb = ENTRIES[1]
    with closing(EntryStore(index / "store.db")) as store:
        store.apply([Edit(crumb.id, None), Edit("bakery:leaven", None)], "ann")
        store.apply([Edit(crumb.id, crumb)], "ann")
    assert verify(index).changed_since == 2


def test_an_entry_that_was_altered_behind_our_back(index: Path) -> None:
    """An entry that changed without a new revision is named."""
    _change(index, "UPDATE entry SET definition = 'x' WHERE id = 'bakery:crumb'")
    with pytest.raises(IndexDamaged, match=r"entries\.db and the store differ in 'bakery:crumb'"):
        verify(index)


def test_an_entry_that_vanished_without_a_record(index: Path) -> None:
    """The last entry vanished, so no later one shows the gap."""
    last = max(entry.id for entry in ENTRIES)
    _change(index, f"DELETE FROM entry WHERE id = '{last}'")  # noqa: S608 - constant
    with pytest.raises(IndexDamaged, match="the store differ in"):
        verify(index)


def test_a_vector_that_is_not_that_of_its_text(index: Path) -> None:
    """Only --deep finds it; it finds a missing vector too."""
    turned = np.roll(np.eye(1, 64, dtype="<f4"), 5).tobytes().hex()
    _change(index, f"UPDATE embedding SET vector = x'{turned}'")  # noqa: S608 - constant
    assert verify(index).embedded == 0
    with pytest.raises(IndexDamaged, match=r"a vector in .*store\.db is not what hashed makes"):
        verify(index, deep=True)
    _change(index, "DELETE FROM embedding")
    with pytest.raises(IndexDamaged, match=r"store\.db has no vectors of \d+ texts"):
        verify(index, deep=True)


@pytest.mark.parametrize(
    "name", ["store.db", "generations/000001/vectors.f32", "calibration.json", "CURRENT"]
)
def test_a_damaged_file_is_named(index: Path, name: str) -> None:
    """The command line names the file too, with exit code 3."""
    (index / name).write_bytes(b"x" * 5000)
    done = run("verify", "-i", str(index))
    assert done.returncode == 3
    assert Path(name).name.encode() in done.stderr


def test_an_index_without_its_store(index: Path) -> None:
    """A missing store is reported; so is a missing index."""
    (index / "store.db").unlink()
    with pytest.raises(IndexDamaged, match=r"has no store\.db"):
        verify(index)
    with pytest.raises(IndexMissing):
        verify(index / "none")


def test_the_command_line_backs_up_restores_and_verifies(index: Path, tmp_path: Path) -> None:
    """The commands print words, or JSON with --json."""
    file, new = str(tmp_path / "b.tar"), str(tmp_path / "new")
    done = run("backup", file, "-i", str(index))
    assert done.stdout.decode().startswith(f"backed up {index} into {file} (revision 7, ")
    restored = run("restore-backup", file, "-i", new, "--json")
    assert json.loads(restored.stdout)["generation"] == 1
    assert run("restore-backup", file, "-i", new).returncode == 2
    sound = run("verify", "--deep", "-i", new).stdout.decode()
    assert sound.startswith(f"{new} is sound: generation 1 with 7 entries; ")
    assert json.loads(run("verify", "-i", new, "--json").stdout) == {
        "generation": 1,
        "entries": 7,
        "changed_since": 0,
        "embedded": 0,
    }


def test_edits_go_on_while_a_large_store_is_verified(editor: Editor, index: Path) -> None:
    """It is a copy that is read, so an edit waits for nothing, and the copy is gone in the end."""
    padding = "INSERT INTO embedding SELECT randomblob(32), number, 0, zeroblob(70000000), NULL, NULL FROM encoder"
    _change(index, padding)
    assert (index / "store.db").stat().st_size > READ_UP_TO
    took: list[float] = []

    def edit() -> None:
        began = time.monotonic()
        editor.change("bakery:crumb", definition=f"The inside, looked at {len(took)} times.")
        took.append(time.monotonic() - began)

    for step in ("checking the store", "embedding again"):
        verify(index, deep=True, progress=FaultAtStep(step, "begin", edit))
    assert len(took) == 2
    assert max(took) < 1
    assert not list(index.glob(".verify-*"))


def test_a_large_store_that_is_damaged_is_named(index: Path) -> None:
    """The error names the store, not its temporary copy."""
    padding = "INSERT INTO embedding SELECT randomblob(32), number, 0, zeroblob(70000000), NULL, NULL FROM encoder"
    _change(index, padding)
    with closing(sqlite3.connect(index / "store.db")) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entry'")
        start = (page.fetchone()[0] - 1) * connection.execute("PRAGMA page_size").fetchone()[0]
    with (index / "store.db").open("r+b") as store:
        store.seek(start)
        store.write(b"\xff" * 64)
    with pytest.raises(IndexDamaged, match=r"index/store\.db is not a sound database"):
        verify(index)
