"""A file that holds room on a disk, for something small that must be written when it is full."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from semsearch.storage.files.atomic_files import sync

SIZE = 1 << 16
"""Bytes held. Revoking a key needs room for a journal of two or three pages of 4 kB."""


def hold(file: Path) -> None:
    """Write the file unless it is there; random bytes, which no file system can compress.

    Raises:
        OSError: there is no room, or the file cannot be written.
    """
    if not file.exists() or file.stat().st_size < SIZE:
        file.touch(mode=0o600)
        file.write_bytes(os.urandom(SIZE))
        sync(file)


def release(file: Path) -> bool:
    """Remove the file, and return whether that made room."""
    with suppress(OSError):
        file.unlink()
        return True
    return False
