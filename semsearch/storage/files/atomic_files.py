"""Atomic file replacement, fsync, and the file locks of an index folder.

Locks are those of the system, which ends them with the process: flock(2), on Windows the lock of a
byte range. No library is used. `filelock` empties the file that names the holder, and `portalocker`
locks the bytes with the name, so that nobody could read it on Windows.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from semsearch.core.errors import IndexBusy

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
    import msvcrt

_LOCKED_BYTE = 1 << 30
"""The byte that is locked on Windows: beyond the name of the holder, which others may then read."""

_SYNCS_FOLDERS = os.name != "nt"
"""Windows opens no folder; NTFS keeps its names in a journal."""


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    if not _SYNCS_FOLDERS and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if _SYNCS_FOLDERS else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_array(file: Path, array: npt.NDArray[Any]) -> None:
    """Write an array to a file, row by row, and force it to disk.

    `ndarray.tofile` reports no error when the disk becomes full at the end.

    Raises:
        OSError: the file could not be written completely.
    """
    with file.open("wb") as written:
        written.write(np.ascontiguousarray(array).data)
        written.flush()
        os.fsync(written.fileno())


def replace_atomically(file: Path, content: bytes, *, mode: int | None = None) -> None:
    """Replace a file's content; readers see the old or the new content, even after a power cut.

    Args:
        file: which may be missing.
        content: all of it.
        mode: who may read and write it, from the first byte on; by default what the process sets.
    """
    temporary = file.with_name(f".{file.name}.new")
    if mode is not None:
        temporary.unlink(missing_ok=True)
        temporary.touch(mode)
    temporary.write_bytes(content)
    sync(temporary)
    temporary.replace(file)
    sync(file.parent)


PATIENCE_S = 5.0
"""Seconds to wait for a lock. An edit holds it for a tenth of a second. A longer build is
reported."""
LOOK_S = 0.01
"""Seconds between two attempts to take a lock."""
LONG_S = 600.0
"""Seconds that work of some minutes waits for a lock instead of being lost: a bulk import, or a new
generation."""


@contextmanager
def file_lock(lock: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold a lock file; the system releases it if the process dies.

    Args:
        lock: the file.
        patience_s: seconds to wait for the present holder.

    Raises:
        IndexBusy: another process still holds it after this time.
    """
    with lock.open("a+") as stream:
        until = time.monotonic() + patience_s
        while not _try_lock(stream):
            if time.monotonic() >= until:
                stream.seek(0)
                holder = stream.read().strip() or "unknown"
                raise IndexBusy(
                    f"another build or edit of {lock.parent} is under way (process {holder}); "
                    "wait for it, or use another folder"
                )
            time.sleep(LOOK_S)
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield


def _try_lock(stream: IO[str]) -> bool:
    """Take the lock if it is free; return whether it was."""
    try:
        if fcntl is None:
            stream.seek(_LOCKED_BYTE)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the second is what Windows says
        return False
    return True
