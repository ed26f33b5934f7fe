"""Opens SQLite databases: pragmas, durable transactions, migrations, detection of damage."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from semsearch.core.errors import FormatTooNew, FormatTooOld, IndexDamaged, StoredIndexError

_CAREFUL = ("trusted_schema=OFF", "cell_size_check=ON")
MAPPED_BYTES = 1 << 28
"""Most bytes of a database that are read by memory mapping; mapped pages count as memory of the
process."""
PATIENCE_S = 5.0
"""Seconds that a connection waits for another one."""


def open_for_writing(file: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    """Open or create a database, migrate its schema, and make every commit durable.

    The file is not checked completely: for gigabytes that takes seconds, and every edit calls this.
    Damage found later raises `IndexDamaged` (`translate_corruption`), and builds check everything
    (`check`).

    Args:
        file: the database.
        migrations: schema steps; step n brings version n to n + 1. Never edited, only appended.

    Raises:
        FormatTooNew: a newer version of semsearch wrote it.
        IndexDamaged: it is not an intact SQLite database.
        sqlite3.OperationalError: it cannot be opened or written.
    """
    with translate_corruption(file):
        connection = sqlite3.connect(file, timeout=PATIENCE_S, isolation_level=None)
        try:
            # no write-ahead log: many versions of SQLite lose pages, and read-only folders cannot
            # use it
            for setting in (
                "journal_mode=TRUNCATE",
                "synchronous=FULL",
                "foreign_keys=ON",
                *_CAREFUL,
            ):
                connection.execute(f"PRAGMA {setting}")
            _migrate(connection, file, migrations)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(
    file: Path, migrations: Sequence[str], patience_s: float = PATIENCE_S
) -> sqlite3.Connection:
    """Open a database that another process may be writing, without changing its data.

    It is not opened as read-only, because a transaction that a killed writer left must be rolled
    back first. Threads may use the connection one after another.

    Args:
        file: the database, which must exist.
        migrations: as for `open_for_writing`.
        patience_s: seconds that a read waits for a writer; opening waits as long as a writer would.

    Raises:
        FormatTooNew, FormatTooOld: another version of semsearch wrote it.
        IndexDamaged: it is not an intact SQLite database.
        sqlite3.OperationalError: it cannot be opened.
    """
    uri = f"file:{quote(os.fsencode(file.resolve()))}?mode=rw"
    with translate_corruption(file):
        connection = sqlite3.connect(
            uri, uri=True, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        try:
            for setting in ("query_only=ON", *_CAREFUL):
                connection.execute(f"PRAGMA {setting}")
            if _version(connection, file, migrations) < len(migrations):
                raise FormatTooOld(
                    f"{file} was written by an older version of semsearch; run `semsearch upgrade`, "
                    "which migrates it"
                )
            connection.execute(f"PRAGMA busy_timeout={int(patience_s * 1000)}")
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def translate_corruption(file: Path) -> Iterator[None]:
    """Turn SQLite's errors about damage into `IndexDamaged`; other errors pass.

    Raises:
        IndexDamaged: a page of the file is damaged.
    """
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(
            f"{file} is not a sound database ({error}); move it away and restore a backup "
            "(`semsearch restore-backup`), or run `semsearch build` again to make a new one from "
            "the source files, which lacks live edits"
        ) from error


def check(connection: sqlite3.Connection, file: Path, *, deep: bool = False) -> None:
    """Check every page of a database.

    Args:
        connection: to it.
        file: its file, for the message.
        deep: also compare its indexes with its tables, which takes several times as long.

    Raises:
        IndexDamaged: a page is damaged.
    """
    with translate_corruption(file):
        how = "integrity_check" if deep else "quick_check"
        found = connection.execute(f"PRAGMA {how}(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(" ".join(str(found).split()))


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Let several queries see the same state; inside a transaction they do anyway."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run `BEGIN IMMEDIATE` ... `COMMIT`, or `ROLLBACK` on any error, also of the commit."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself rolls back when the disk is full
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, file: Path, migrations: Sequence[str]) -> int:
    """Return the number of migrations done; refuse a newer schema."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(migrations):
        raise FormatTooNew(
            f"{file} has schema {version}, this version knows {len(migrations)}; upgrade semsearch"
        )
    return version


def _migrate(connection: sqlite3.Connection, file: Path, migrations: Sequence[str]) -> None:
    if _version(connection, file, migrations) == len(migrations):
        return
    with transaction(connection):  # another process may be about to do the same
        for step in range(_version(connection, file, migrations), len(migrations)):
            for statement in _statements(migrations[step]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={step + 1}")


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; `executescript` would end the transaction."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def writing_once(file: Path, schema: str, indexes: str = "") -> Iterator[sqlite3.Connection]:
    """Create a database that nobody reads before it is complete; the caller syncs it.

    Args:
        file: the database, which must not exist.
        schema: its tables.
        indexes: created after the rows, which is faster.
    """
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA page_size=8192")
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(schema)
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
        connection.executescript(indexes)
    finally:
        connection.close()


class Reader:
    """A database that never changes. All threads share one connection, one after another.

    A query takes microseconds, so waiting costs less than a connection for each thread. An open
    file can be read even after it is deleted.
    """

    def __init__(self, file: Path) -> None:
        uri = f"file:{quote(os.fsencode(file.resolve()))}?mode=ro&immutable=1"
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        # a connection refers to itself, so dropping it closes nothing before the next collection
        weakref.finalize(self, self._connection.close)
        for setting in ("query_only=ON", "trusted_schema=OFF", f"mmap_size={MAPPED_BYTES}"):
            self._connection.execute(f"PRAGMA {setting}")
        self.rows("SELECT COUNT(*) FROM sqlite_master")  # SQLite opens the file on the first read

    def rows(self, query: str, values: Sequence[str | int] = ()) -> list[Any]:
        """Return all rows of a query.

        Raises:
            StoredIndexError: the index has been closed.
        """
        with self._lock:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.ProgrammingError as error:
                raise StoredIndexError(f"the index is closed ({error}); open it again") from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
