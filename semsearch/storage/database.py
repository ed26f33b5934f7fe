"""How SQLite is opened here: one place for pragmas, durability and migrations."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from semsearch.errors import FormatTooNew, IndexDamaged


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
    """
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=TRUNCATE")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("quick_check failed")
        _migrate(connection, file, migrations)
    except sqlite3.DatabaseError as error:
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
    """An immutable database: no locks, pages shared between processes, a connection a thread."""

    def __init__(self, file: Path) -> None:
        self._uri = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            for setting in ("query_only=ON", "trusted_schema=OFF", f"mmap_size={1 << 30}"):
                connection.execute(f"PRAGMA {setting}")
            self._local.connection = connection
            self._opened.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of all threads; none may be in use."""
        for connection in self._opened:
            connection.close()
        self._opened.clear()
