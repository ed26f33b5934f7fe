"""The revision of the last acknowledged commit, in a file that can be read during a commit.

A reader that already shows this revision need not wait for a writer. The file is a hint of eight
bytes and never synced; a reader that cannot read it waits.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_SIZE = 8
_BINARY = getattr(os, "O_BINARY", 0)
"""Of Windows, which otherwise writes a line feed as two bytes."""


def write_last_commit(file: Path, revision: int) -> None:
    """Write the revision of a committed transaction; the caller holds the lock of the index."""
    with suppress(OSError):  # the transaction is committed even if this fails
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | _BINARY, 0o666)
        try:
            os.write(descriptor, revision.to_bytes(_SIZE, "little"))
        finally:
            os.close(descriptor)


def read_last_commit(file: Path) -> int | None:
    """Return the last acknowledged revision, if known."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    return int.from_bytes(content, "little") if len(content) == _SIZE else None
