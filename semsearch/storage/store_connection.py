"""What the statements of the store need of a database, and SQLite's way to give it.

Every statement of the store is written once, for SQLite and for PostgreSQL: with `?` for values,
and with what both understand alike. What they do differently is behind `StoreConnection`.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any, Protocol

from semsearch.storage.database import check, reading, transaction
from semsearch.storage.files.atomic_files import LONG_S, LOOK_S, file_lock
from semsearch.storage.files.last_commit import write_last_commit
from semsearch.storage.files.layout import IndexLayout

_TICK_NS = 3_000_000_000
"""Commits so close together may leave the same time on the file: the clocks of file systems tick
every few milliseconds, the coarsest every two seconds."""

UNLIMITED = (1 << 62) - 1
"""A LIMIT that is none, for both databases."""


class Lock(IntEnum):
    """What one process at a time does with a store."""

    EDITING = 1
    BUILDING = 2
    PUBLISHING = 3


class ResultRows(Protocol):
    """The result of a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a query says what it returns
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return all further rows."""

    def __iter__(self) -> Iterator[Any]: ...


class StoreConnection(Protocol):
    """A connection to a store; for one thread at a time."""

    @property
    def is_shared(self) -> bool:
        """Whether the store is not in an index folder, but in PostgreSQL, for several servers."""

    @property
    def bytes_type(self) -> str:
        """The name of the type of bytes, for temporary tables."""

    @property
    def row_number(self) -> str:
        """The column that numbers embeddings in the order of their commits."""

    def execute(self, query: str, values: Sequence[Any] = (), /) -> ResultRows:
        """Run one statement."""

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> ResultRows:
        """Run one statement for each row of values."""

    def reading(self) -> AbstractContextManager[None]:
        """Let several queries see the same state; inside a transaction they do anyway."""

    def transaction(self) -> AbstractContextManager[None]:
        """Change the store: all or nothing, durable, and after the changes of all others."""

    def confirm(self) -> None:
        """Wait until what this connection sees is as safe as an acknowledged commit.

        Raises:
            StoreUnavailable: it is not, in the time of a commit.
        """

    def committed(self, revision: int) -> None:
        """Tell others that all changes up to a revision are committed."""

    def state(self) -> Hashable | None:
        """Return what every commit changes; None if a commit might leave it as it is."""

    def now(self) -> float:
        """Return the time that all who write the store agree on, in seconds since 1970."""

    def locked(self, lock: Lock, patience_s: float) -> AbstractContextManager[None]:
        """Hold a lock of the store, which ends with the process at the latest.

        Args:
            lock: which one.
            patience_s: seconds to wait for the present holder.

        Raises:
            IndexBusy: another process still holds it after this time.
        """

    def close(self) -> None:
        """End the connection, and a transaction that is open."""


def is_settled(stat: os.stat_result) -> bool:
    """Return whether a later commit would give a file another time."""
    return time.time_ns() - stat.st_mtime_ns > _TICK_NS


@contextmanager
def briefly_locked(connection: StoreConnection) -> Iterator[None]:
    """Hold the lock of edits for one short step of long work, and let others have it in between.

    Args:
        connection: of the store.

    Raises:
        IndexBusy: another process still holds it after `LONG_S`.
    """
    with connection.locked(Lock.EDITING, LONG_S):
        yield
    # long enough for a waiting process to look; otherwise it might never find the lock free
    time.sleep(2 * LOOK_S)


class SqliteConnection:
    """The store of one index folder.

    Args:
        connection: open, without a transaction.
        file: the store.
        named: the file that messages name; the original, if `file` is a copy.
    """

    is_shared = False
    bytes_type = "BLOB"
    row_number = "rowid"

    def __init__(self, connection: sqlite3.Connection, file: Path, named: Path) -> None:
        self._connection = connection
        self._file = file
        self._named = named

    def execute(self, query: str, values: Sequence[Any] = (), /) -> ResultRows:
        """Run one statement."""
        return self._connection.execute(query, values)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> ResultRows:
        """Run one statement for each row of values."""
        return self._connection.executemany(query, rows)

    def reading(self) -> AbstractContextManager[None]:
        """Let several queries see the same state; writers wait, so keep it short."""
        return reading(self._connection)

    def transaction(self) -> AbstractContextManager[None]:
        """Run `BEGIN IMMEDIATE` ... `COMMIT`, or `ROLLBACK` on any error, also of the commit."""
        return transaction(self._connection)

    def confirm(self) -> None:
        """Do nothing: what can be read is on disk."""

    def committed(self, revision: int) -> None:
        """Write the revision into `ACKNOWLEDGED`."""
        write_last_commit(IndexLayout(self._file.parent).acknowledged, revision)

    def state(self) -> Hashable | None:
        """Return device, inode, size and time of the file, unless its clock may not have ticked.

        Looking at them takes a tenth of reading the revision.
        """
        stat = self._file.stat()
        found = stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
        return found if is_settled(stat) else None

    def now(self) -> float:
        """Return the time of this machine."""
        return time.time()

    def check(self, *, deep: bool = False) -> None:
        """Check every page of the file, which takes a second for some hundred megabytes.

        Args:
            deep: also compare indexes with tables.

        Raises:
            IndexDamaged: a page is damaged.
        """
        check(self._connection, self._named, deep=deep)

    def compact(self) -> None:
        """Write the file anew without what deleted rows have left."""
        self._connection.execute("VACUUM")

    def locked(self, lock: Lock, patience_s: float) -> AbstractContextManager[None]:
        """Hold the lock file of the index folder."""
        layout = IndexLayout(self._file.parent)
        files = {
            Lock.EDITING: layout.lock,
            Lock.BUILDING: layout.building,
            Lock.PUBLISHING: layout.publishing,
        }
        return file_lock(files[lock], patience_s)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
