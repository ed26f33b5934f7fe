"""Files that are either whole or not there: write beside, sync, rename, sync the folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semsearch.errors import IndexBusy


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_atomically(file: Path, content: bytes) -> None:
    """Give a file new content such that a reader, or a power cut, sees the old or the new."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(content)
    sync(beside)
    beside.replace(file)
    sync(file.parent)


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold the builder's lock of an index folder; freed by the system if the process dies.

    Raises:
        IndexBusy: another process holds it.
    """
    with lock.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            holder = stream.read().strip() or "unknown"
            raise IndexBusy(
                f"another build of {lock.parent} is running (process {holder}); "
                "wait for it, or build into another folder"
            ) from None
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
