"""Copies a SQLite database while another process writes it.

The copy is the state after some commit.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

_PAGES = 4096
_RESTARTS = 3
"""SQLite restarts a copy when the database is written meanwhile. After so many restarts it is
copied in one go, and edits wait."""


class _TooManyRestarts(Exception):
    """The database changes too often for a copy in steps."""


def copy_database(file: Path, target: Path) -> None:
    """Copy a database as some commit left it, while it may be written.

    Args:
        file: the database.
        target: the copy, which must not exist.
    """
    restarts, left = 0, 0

    def watch(_status: int, remaining: int, _total: int) -> None:
        nonlocal restarts, left
        restarts += remaining > left > 0
        left = remaining
        if restarts >= _RESTARTS:
            raise _TooManyRestarts

    uri = f"file:{quote(os.fsencode(file.resolve()))}?mode=rw"
    with (
        closing(sqlite3.connect(uri, uri=True)) as source,
        closing(sqlite3.connect(target)) as copied,
    ):
        source.execute("PRAGMA query_only=ON")
        try:
            source.backup(copied, pages=_PAGES, progress=watch, sleep=0.01)
        except _TooManyRestarts:
            source.backup(copied)
