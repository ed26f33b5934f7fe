"""Tables of `keys.db`, and the merge of a restored key file with the one it replaces."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from semsearch.storage.database import open_for_writing, transaction, translate_corruption
from semsearch.storage.online_copy import copy_database

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
