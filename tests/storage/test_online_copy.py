"""A database is copied while it is written: the copy is what some commit left."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from semsearch.storage.files.online_copy import copy_database


def _make(file: Path, rows: int) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE pair (one INTEGER, two INTEGER)")
        connection.executemany("INSERT INTO pair VALUES (?, ?)", [(0, 0)] * rows)


def test_a_copy_holds_what_was_committed(tmp_path: Path) -> None:
    """File names with characters of a URI are copied too."""
    file = tmp_path / "what? 100 %#.db"
    _make(file, 7)
    copy_database(file, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT count(*) FROM pair").fetchone() == (7,)


def test_a_copy_is_of_one_moment_while_somebody_writes(tmp_path: Path) -> None:
    """Every commit changes both columns of all rows alike; no copy shows half of one."""
    file = tmp_path / "busy.db"
    _make(file, 2000)
    is_over = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(file, timeout=30)) as connection:
            while not is_over.is_set():
                with connection:
                    connection.execute("UPDATE pair SET one = one + 1")
                    connection.execute("UPDATE pair SET two = two + 1")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            copied = tmp_path / f"{number}.db"
            copy_database(file, copied)
            with closing(sqlite3.connect(copied)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                found = connection.execute("SELECT DISTINCT one, two FROM pair").fetchall()
            assert len(found) == 1
            assert found[0][0] == found[0][1]
    finally:
        is_over.set()
        writer.join()


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A missing source is not made, and no copy of it."""
    with pytest.raises(sqlite3.OperationalError):
        copy_database(tmp_path / "missing.db", tmp_path / "copy.db")
    assert not (tmp_path / "missing.db").exists()
