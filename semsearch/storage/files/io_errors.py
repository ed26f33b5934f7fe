"""Turns errors of the system and of SQLite into ours.

The causes are a full disk, a locked database, a missing permission, or a failing disk.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semsearch.core.errors import IndexBusy, IndexFull, IndexUnwritable, StoredIndexError
from semsearch.core.temporary_folders import without_temporary_folders

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PRIMARY = 0xFF
"""Mask of SQLite's primary error code."""


@contextmanager
def translate_os_errors(root: Path) -> Iterator[None]:
    """Turn errors of the system and of SQLite into ours.

    Args:
        root: the index folder, for the message.

    Raises:
        IndexFull: the disk is full.
        IndexBusy: another process has been using the store for too long.
        IndexUnwritable: anything else.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        kind, message = _translate(root, error)
        raise kind(without_temporary_folders(message)) from error


def _translate(
    root: Path, error: OSError | sqlite3.OperationalError
) -> tuple[type[StoredIndexError], str]:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusy, (
            f"another process has been using the store of the index in {root} for too long "
            f"({error}); try again in a moment"
        )
    if code == sqlite3.SQLITE_FULL or getattr(error, "errno", None) in _NO_ROOM:
        return IndexFull, (
            f"there is no room to write the index in {root} ({error}); the previous state is still "
            "in use; free space on the disk, or choose another folder with --index"
        )
    return IndexUnwritable, (
        f"the index in {root} cannot be written ({error}); the previous state is still in use; "
        "check its permissions and the disk, or choose another folder with --index"
    )


def is_fault_of_disk(error: BaseException | None) -> bool:
    """Return whether a disk failed to read or write; nothing may be written after that.

    The system drops data that it could not write and reports the error only once, so a second
    attempt would seem to succeed.
    """
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_IOERR
    return isinstance(error, OSError) and error.errno == errno.EIO
