"""A database is copied while it is written: the copy is what some commit left."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

_PAGES = 4096
_RESTARTS = 3
"""SQLite copies anew when the store is written meanwhile; after so many times it is copied in one go, which edits wait
for."""


class _Restless(Exception):
    """The database is written all the time."""


def copy_database(file: Path, target: Path) -> None:
    """Copy a database as one commit left it, while it may be written.

    Args:
        file: the database.
        target: what must not be there yet.
    """
    restarts, left = 0, 0

    def watch(_status: int, remaining: int, _total: int) -> None:
        nonlocal restarts, left
        restarts += remaining > left > 0
        left = remaining
        if restarts >= _RESTARTS:
            raise _Restless

    uri = f"file:{quote(os.fsencode(file.resolve()))}?mode=rw"
    with (
        closing(sqlite3.connect(uri, uri=True)) as source,
        closing(sqlite3.connect(target)) as copied,
    ):
        source.execute("PRAGMA query_only=ON")
        try:
            source.backup(copied, pages=_PAGES, progress=watch, sleep=0.01)
        except _Restless:
            source.backup(copied)
