"""Why an index could not be written, in our words: no room, no turn, no rights or a fault of the disk."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semsearch.core.errors import IndexBusy, IndexFull, IndexUnwritable, StoredIndexError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PRIMARY = 0xFF
"""SQLite says more in the bits above."""


@contextmanager
def translate_os_errors(root: Path) -> Iterator[None]:
    """Turn errors of the system and of SQLite into ours.

    Args:
        root: the index folder, for the message.

    Raises:
        IndexFull: there is no room left.
        IndexBusy: somebody else has been reading or writing the store for too long.
        IndexUnwritable: anything else.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise _in_our_words(root, error) from error


def _in_our_words(root: Path, error: OSError | sqlite3.OperationalError) -> StoredIndexError:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusy(
            f"another process has been using the store of the index in {root} for too long ({error}); "
            "try again in a moment"
        )
    if code == sqlite3.SQLITE_FULL or getattr(error, "errno", None) in _NO_ROOM:
        return IndexFull(
            f"there is no room to write the index in {root} ({error}); what was there before is still "
            "in use; make room, or choose another folder with --index"
        )
    return IndexUnwritable(
        f"the index in {root} cannot be written ({error}); what was there before is still "
        "in use; make room, or choose another folder with --index"
    )


def is_fault_of_disk(error: BaseException | None) -> bool:
    """Whether a disk said that it could not read or write, after which nothing that is written can be trusted.

    The system drops what it could not write and says so once; a second try would succeed and mean nothing.
    """
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_IOERR
    return isinstance(error, OSError) and error.errno == errno.EIO
