"""Files that are either whole or not there: write beside, sync, rename, sync the folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from semsearch.core.errors import IndexBusy


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_array(file: Path, array: npt.NDArray[Any]) -> None:
    """Write the numbers of an array, row by row, and force them to the disk.

    `ndarray.tofile` says nothing when a full disk refuses the last of them.

    Raises:
        OSError: they could not all be written.
    """
    with file.open("wb") as written:
        written.write(np.ascontiguousarray(array).data)
        written.flush()
        os.fsync(written.fileno())


def replace_atomically(file: Path, content: bytes) -> None:
    """Give a file new content such that a reader, or a power cut, sees the old or the new."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(content)
    sync(beside)
    beside.replace(file)
    sync(file.parent)


PATIENCE_S = 5.0
"""How long a turn is waited for. An edit takes a tenth of a second; a build that takes its time is told of."""
_LOOK_S = 0.01
LONG_S = 600.0
"""How long work that took minutes waits, rather than be in vain: for a bulk import, or for a generation that is derived."""


@contextmanager
def file_lock(lock: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the writer's lock of an index folder; freed by the system if the process dies.

    Args:
        lock: its file.
        patience_s: how long to wait for whoever holds it.

    Raises:
        IndexBusy: another process still holds it then.
    """
    with lock.open("a+") as stream:
        until = time.monotonic() + patience_s
        while not _is_taken(stream):
            if time.monotonic() >= until:
                stream.seek(0)
                holder = stream.read().strip() or "unknown"
                raise IndexBusy(
                    f"another build or edit of {lock.parent} is under way (process {holder}); "
                    "wait for it, or use another folder"
                )
            time.sleep(_LOOK_S)
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield


@contextmanager
def briefly_locked(lock: Path) -> Iterator[None]:
    """Hold a lock for a moment of long work that is full of such moments, so that others get theirs in between.

    Args:
        lock: its file.

    Raises:
        IndexBusy: another process still holds it after `LONG_S`.
    """
    with file_lock(lock, LONG_S):
        yield
    time.sleep(
        2 * _LOOK_S
    )  # who waits looks for it in the meantime, and would be unlucky for long otherwise


def _is_taken(stream: IO[str]) -> bool:
    """Take the lock if it is free, and say whether it was."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
