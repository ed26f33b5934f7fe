"""How SQLite is opened: what a damaged, older or newer file says, and what a failed commit leaves.

Covers `storage/migrations`.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from semsearch.core.errors import FormatTooNew, FormatTooOld, IndexDamaged
from semsearch.storage.database import check, open_for_reading, open_for_writing, transaction

STEPS = ("CREATE TABLE word (text TEXT NOT NULL UNIQUE) STRICT", "ALTER TABLE word ADD n INTEGER")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a database of a thousand words."""
    with closing(open_for_writing(tmp_path / "words.db", STEPS)) as connection:
        rows = ((f"word {n} " * 20, n) for n in range(1000))
        with transaction(connection):
            connection.executemany("INSERT INTO word VALUES (?, ?)", rows)
    return tmp_path / "words.db"


@pytest.mark.parametrize("before", ["truncate", "wal"])
def test_commits_are_durable_without_a_write_ahead_log(file: Path, before: str) -> None:
    """Full synchronisation; one that somebody has given a log loses it, and nothing else."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute(f"PRAGMA journal_mode={before}").fetchone() == (before,)
        connection.execute("INSERT INTO word VALUES ('logged', -1)")
        connection.commit()
    with closing(open_for_writing(file, STEPS)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM word").fetchone() == (1001,)


def test_a_transaction_that_fails_leaves_nothing(file: Path) -> None:
    """The error is the one that happened, and the connection can be used again."""
    with closing(open_for_writing(file, STEPS)) as connection:
        with pytest.raises(sqlite3.IntegrityError), transaction(connection):
            connection.execute("INSERT INTO word VALUES ('new', 1)")
            connection.execute("INSERT INTO word VALUES ('new', 2)")
        assert connection.execute("SELECT count(*) FROM word").fetchone() == (1000,)
        with transaction(connection):
            connection.execute("INSERT INTO word VALUES ('new', 3)")


def test_a_full_disk_in_a_transaction_leaves_nothing(file: Path) -> None:
    """SQLite rolls back by itself, and its own error is the one that is seen."""
    with closing(open_for_writing(file, STEPS)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
        with (
            pytest.raises(sqlite3.OperationalError, match="full"),
            transaction(connection),
        ):
            connection.executemany(
                "INSERT INTO word VALUES (?, 0)", ((f"{n} " * 500,) for n in range(500))
            )
        assert connection.execute("SELECT count(*) FROM word").fetchone() == (1000,)


def test_a_reader_changes_nothing_and_knows_its_version(file: Path) -> None:
    """Writing is refused.

    A file with fewer steps asks for a build, one with more for an upgrade.
    """
    with closing(open_for_reading(file, STEPS)) as connection:
        assert connection.execute("SELECT max(n) FROM word").fetchone() == (999,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM word")
    with pytest.raises(FormatTooOld, match="run `semsearch upgrade`"):
        open_for_reading(file, (*STEPS, "SELECT 1"))
    with pytest.raises(FormatTooNew, match="has schema 2, this version knows 1; upgrade"):
        open_for_reading(file, STEPS[:1])
    with pytest.raises(FormatTooNew, match="upgrade semsearch"):
        open_for_writing(file, STEPS[:1])


def test_a_missing_database_is_not_made_by_a_reader(tmp_path: Path) -> None:
    """Only a writer makes one."""
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        open_for_reading(tmp_path / "none.db", STEPS)
    assert not (tmp_path / "none.db").exists()


def test_a_damaged_page_is_found_by_reading_all(file: Path) -> None:
    """Opening does not read everything; a check does, and names the file."""
    content = bytearray(file.read_bytes())
    page = 4096 * (len(content) // 8192)
    content[page : page + 4096] = b"\xff" * 4096
    file.write_bytes(content)
    with (
        closing(open_for_writing(file, STEPS)) as connection,
        pytest.raises(IndexDamaged, match=r"words\.db is not a sound database .*move it away"),
    ):
        check(connection, file)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Readers and writers say so, and leave it as it is."""
    file = tmp_path / "text.db"
    file.write_bytes(b"not a database" * 100)
    for opening in (open_for_reading, open_for_writing):
        with pytest.raises(IndexDamaged, match=r"text\.db is not a sound database"):
            opening(file, STEPS)
    assert file.read_bytes() == b"not a database" * 100


def test_a_read_waits_as_long_as_it_was_told(tmp_path: Path) -> None:
    """Without patience a database that another process writes is refused at once.

    Opened it is all the same.
    """
    file = tmp_path / "words.db"
    with (
        closing(open_for_writing(file, STEPS)) as writer,
        closing(open_for_reading(file, STEPS, 0)) as reader,
    ):
        writer.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            reader.execute("SELECT * FROM word")
        assert time.monotonic() - began < 4  # sqlite waits for 5 unless told
        writer.execute("ROLLBACK")


def test_opening_waits_for_a_commit(tmp_path: Path) -> None:
    """Opening during a commit waits for its end, also without patience."""
    file = tmp_path / "words.db"
    open_for_writing(file, STEPS).close()
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        commit = threading.Timer(0.2, writer.execute, ("COMMIT",))
        commit.start()
        with closing(open_for_reading(file, STEPS, 0)) as reader:
            assert reader.execute("SELECT * FROM word").fetchall() == []
        commit.join()
