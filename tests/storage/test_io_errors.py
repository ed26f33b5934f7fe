"""Disks that are full, locked or failing: what is said, and that the index goes on.

Covers `storage/files/reserve`.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.errors import IndexBusy, IndexFull, IndexUnwritable
from semsearch.core.settings import load_settings
from semsearch.core.temporary_folders import make_temporary_folder
from semsearch.ingest import Editor
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.files.io_errors import is_fault_of_disk, translate_os_errors
from tests.server.conftest import problem_of


def test_a_full_device_is_told_as_such(tmp_path: Path) -> None:
    """Errors of the system and of SQLite give the same message."""
    with (
        pytest.raises(IndexFull, match="no room"),
        translate_os_errors(tmp_path),
        Path("/dev/full").open("w") as full,
    ):
        full.write("x")
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.execute("PRAGMA max_page_count=2")
        with pytest.raises(IndexFull, match="no room"), translate_os_errors(tmp_path):
            connection.execute("INSERT INTO a VALUES (zeroblob(100000))")


def test_a_file_that_somebody_else_uses_is_told_as_such(tmp_path: Path) -> None:
    """It is worth another try."""
    with (
        closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as one,
        closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None, timeout=0)) as other,
    ):
        one.execute("BEGIN EXCLUSIVE")
        with (
            pytest.raises(IndexBusy, match="another process has been using the store"),
            translate_os_errors(tmp_path),
        ):
            other.execute("BEGIN IMMEDIATE")


def test_a_temporary_folder_is_not_named(tmp_path: Path) -> None:
    """Neither as the index nor as the file that could not be written."""
    folder = make_temporary_folder(tmp_path)
    with pytest.raises(IndexUnwritable) as refused, translate_os_errors(folder):
        (folder / "missing" / "vectors.f32").touch()
    assert f"the index in {tmp_path} cannot be written" in str(refused.value)
    assert f"'{tmp_path}/missing/vectors.f32'" in str(refused.value)


def test_what_else_goes_wrong_cannot_be_written(tmp_path: Path) -> None:
    """A folder in the place of a file; that is no fault of the disk."""
    (tmp_path / "a.db").mkdir()
    with (
        pytest.raises(IndexUnwritable, match="cannot be written") as caught,
        translate_os_errors(tmp_path),
    ):
        sqlite3.connect(tmp_path / "a.db")
    assert not is_fault_of_disk(caught.value.__cause__)
    assert is_fault_of_disk(OSError(errno.EIO, "input/output error"))
    assert not is_fault_of_disk(None)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("making a small disk needs root and the right to mount")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607 - as mount is found


@pytest.mark.process
def test_a_full_disk_refuses_edits_and_answers_on(small_disk: Path, hashed_index: Path) -> None:
    """507, nothing changed and nothing acknowledged.

    When there is room the same request is carried out.
    """
    index = Path(shutil.copytree(hashed_index, small_disk / "index"))
    _, secret = KeyStore(index / "keys.db").create(name="", scope=KeyScope.EDIT, now=utc_now())
    body = {"glossary": "bakery", "term": "Scoring", "definition": "Cutting the dough."}
    headers = {"Authorization": f"Bearer {secret.text}", "Idempotency-Key": "k"}
    filler = small_disk / "filler"
    with (
        Glossary.open(index) as glossary,
        TestClient(create_app(glossary, load_settings(index=index))) as client,
    ):
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(b"x" * 2_000_000)
        response = client.post("/v1/entries", json=body, headers=headers)
        problem_of(response, 507, "no-room")
        assert client.get("/v1/changes?since=7").content == b""
        assert client.get("/v1/search?q=leaven").json()["verdict"] == "exact"
        filler.unlink()
        response = client.post("/v1/entries", json=body, headers=headers)
        assert (response.status_code, response.json()["revision"]) == (201, 8)


@pytest.mark.process
def test_a_key_is_revoked_on_a_full_disk(small_disk: Path) -> None:
    """Revoking uses reserved space, which is reserved again afterwards."""
    store = KeyStore(small_disk / "keys.db")
    keys = [store.create(name="Ann", scope=KeyScope.EDIT, now=utc_now())[0] for _ in range(20)]
    for key in keys[:2]:
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(b"x" * 2_000_000)
        assert store.revoke(key.id, now=utc_now()).revoked is not None
        with pytest.raises(IndexUnwritable, match="make room"):
            for _ in range(1000):
                store.create(name="Bob", scope=KeyScope.EDIT, now=utc_now())
        filler.unlink()
        store.revoke(key.id, now=utc_now())  # holds the room again
    assert {key.id for key in store.all() if key.revoked} == {key.id for key in keys[:2]}


@pytest.mark.process
def test_a_full_disk_leaves_the_store_as_it_was(small_disk: Path, hashed_index: Path) -> None:
    """An import that is larger than the room that is left is not there in part."""
    index = Path(shutil.copytree(hashed_index, small_disk / "index"))
    lines = "\n".join(
        f'{{"term": "Jar {n}", "definition": "Jar number {n}. {"x" * 900}"}}' for n in range(900)
    )
    with Editor(index, who="ann") as editor:
        with pytest.raises(IndexFull, match="there is no room to write the index"):
            editor.take(lines, "pantry")
        assert editor.changes_since(7) == []
        assert editor.entry("bakery:crumb").revision == 2
