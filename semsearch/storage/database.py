"""How SQLite is opened here: one place for pragmas, durability and migrations."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from semsearch.errors import FormatTooNew, IndexDamaged, StoredIndexError


def open_for_writing(file: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    """Open or create a database, bring its schema up to date, and make every commit durable.

    A rollback journal is used rather than a write-ahead log: SQLite 3.7.0 to 3.51.2 can lose
    committed pages on a log reset, and this file has one writer and no readers.

    Args:
        file: the database.
        migrations: schema steps; step n brings version n to n + 1. Never edited, only appended.

    Raises:
        FormatTooNew: a newer version of semsearch wrote it.
        IndexDamaged: it is not a sound SQLite database.
        sqlite3.OperationalError: it cannot be opened or written.
    """
    connection = None
    try:
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("PRAGMA journal_mode=TRUNCATE")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("quick_check failed")
        _migrate(connection, file, migrations)
    except sqlite3.OperationalError:  # no rights, no room: nothing is wrong with the file
        if connection is not None:
            connection.close()
        raise
    except sqlite3.DatabaseError as error:
        if connection is not None:
            connection.close()
        raise IndexDamaged(
            f"{file} is not a sound database ({error}); move it away and run `semsearch build` "
            "again to make a new one from the source files"
        ) from error
    return connection


def _migrate(connection: sqlite3.Connection, file: Path, migrations: Sequence[str]) -> None:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(migrations):
        connection.close()
        raise FormatTooNew(
            f"{file} has schema {version}, this version knows {len(migrations)}; upgrade semsearch"
        )
    for step in range(version, len(migrations)):
        connection.executescript(
            f"BEGIN; {migrations[step]}; PRAGMA user_version={step + 1}; COMMIT;"
        )


@contextmanager
def writing_once(file: Path, schema: str, indexes: str = "") -> Iterator[sqlite3.Connection]:
    """Create a database in one go, which nobody reads before it is whole; the caller syncs it.

    Args:
        file: the database, which must not exist.
        schema: its tables.
        indexes: what is made after the rows, which is faster.
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
    """An immutable database. One connection, opened at once and kept, serves all threads in turn.

    A look-up takes microseconds, so waiting for a turn costs less than a connection for each
    thread would, and a file that is deleted while it is open can still be read.
    """

    def __init__(self, file: Path) -> None:
        uri = f"file:{quote(os.fsencode(file.resolve()))}?mode=ro&immutable=1"
        self._turn = threading.Lock()
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        for setting in ("query_only=ON", "trusted_schema=OFF", f"mmap_size={1 << 30}"):
            self._connection.execute(f"PRAGMA {setting}")
        self.rows("SELECT COUNT(*) FROM sqlite_master")  # SQLite opens a file when it first reads

    def rows(self, query: str, values: Sequence[str | int] = ()) -> list[Any]:
        """Return all rows of a query.

        Raises:
            StoredIndexError: the index has been closed.
        """
        with self._turn:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.ProgrammingError as error:
                raise StoredIndexError(f"the index is closed ({error}); open it again") from error

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._connection.close()
