"""Tables of `keys.db`, and what keys it has from elsewhere: a restored file, a shared store."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from semsearch.storage.database import open_for_writing, transaction, translate_corruption
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.online_copy import copy_database
from semsearch.storage.store_connection import StoreConnection

KEY_MIGRATIONS = (
    """
    CREATE TABLE key (
        id TEXT NOT NULL PRIMARY KEY,
        digest BLOB NOT NULL,
        name TEXT NOT NULL,
        scope TEXT NOT NULL,
        glossaries TEXT NOT NULL,
        created TEXT NOT NULL,
        expires TEXT,
        revoked TEXT
    ) STRICT, WITHOUT ROWID;
    """,
)


def take_over(file: Path, former: Path) -> None:
    """Give a restored file all keys of a former one; what is revoked in either is revoked.

    Args:
        file: `keys.db` from a backup; made if it is missing.
        former: `keys.db` of the index that is replaced.

    Raises:
        IndexDamaged: a file is not a sound database.
        FormatTooNew: a newer version of semsearch wrote one.
    """
    copied = file.with_name(f"former-{file.name}")
    for each in (file, copied):
        each.touch(mode=0o600)
    try:
        with translate_corruption(former):
            copy_database(former, copied)
            open_for_writing(copied, KEY_MIGRATIONS).close()
        with closing(open_for_writing(file, KEY_MIGRATIONS)) as connection:
            connection.execute("ATTACH DATABASE ? AS former", (str(copied),))
            with transaction(connection):
                connection.execute(
                    "UPDATE key SET revoked = "
                    "(SELECT old.revoked FROM former.key AS old WHERE old.id = key.id) "
                    "WHERE revoked IS NULL"
                )
                connection.execute("INSERT OR IGNORE INTO key SELECT * FROM former.key")
            connection.execute("DETACH DATABASE former")
    finally:
        for left in copied.parent.glob(f"{copied.name}*"):
            left.unlink()


def count_valid(file: Path) -> int:
    """Return how many keys of a file are neither revoked nor expired; 0 without a file."""
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as connection:
        (valid,) = connection.execute(
            "SELECT count(*) FROM key WHERE revoked IS NULL AND coalesce(expires, ?1) >= ?1",
            (datetime.now(UTC).isoformat(),),
        ).fetchone()
    return int(valid)


_NOTED_S = 5.0
"""Seconds between two notes that keys were compared."""
_KEY = "id, digest, name, scope, glossaries, created, expires, revoked"


def copy_keys(source: StoreConnection, file: Path) -> bool:
    """Make a key file the same as the table of a shared store, and return whether it differed.

    The time is noted beside it; see `keys_compared_at`.

    Args:
        source: of the shared store.
        file: `keys.db`; made if there is a key.

    Raises:
        IndexDamaged: the file is not a sound database.
        FormatTooNew: a newer version of semsearch wrote it.
    """
    at = time.time()
    is_changed = _copy_keys(source, file)
    _note_compared(file, at)
    return is_changed


def keys_compared_at(file: Path) -> int:
    """Return when a key file was compared with a shared store last, in seconds since 1970.

    Args:
        file: `keys.db`.

    Returns:
        The time; 0 if it is not known.
    """
    try:
        return int(IndexLayout(file.parent).keys_compared.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _note_compared(file: Path, at: float) -> None:
    """Note the time, every few seconds; without the note the keys count as too old."""
    if abs(at - keys_compared_at(file)) < _NOTED_S:
        return
    note = IndexLayout(file.parent).keys_compared
    written = note.with_name(f".{note.name}.new")
    with suppress(OSError):
        written.write_text(str(int(at)), encoding="ascii")
        written.replace(note)


def _copy_keys(source: StoreConnection, file: Path) -> bool:
    query = f"SELECT {_KEY} FROM key ORDER BY id"  # noqa: S608 - constant
    wanted = [tuple(row) for row in source.execute(query)]
    if not wanted and not file.exists():
        return False
    file.touch(mode=0o600)
    with closing(open_for_writing(file, KEY_MIGRATIONS)) as connection:
        if connection.execute(query).fetchall() == wanted:
            return False
        with transaction(connection):
            # read again: another one may have written what is newer since
            wanted = [tuple(row) for row in source.execute(query)]
            connection.execute("DELETE FROM key")
            connection.executemany("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, ?, ?)", wanted)
    return True


def put_keys(file: Path, target: StoreConnection) -> int:
    """Put the keys of a file into an empty table of a shared store, and return their number."""
    if not file.exists():
        return 0
    query = f"SELECT {_KEY} FROM key"  # noqa: S608 - constant
    with closing(open_for_writing(file, KEY_MIGRATIONS)) as connection:
        rows = connection.execute(query).fetchall()
    target.executemany("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return len(rows)
