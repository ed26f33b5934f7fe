"""Which revision of the store was acknowledged last, told beside it: while a commit is under way the store cannot say.

A reader that shows this revision already misses nothing by not waiting for the writer; one that does not must wait. It is a
hint: eight bytes, never synced, and whoever cannot read it waits for a while.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_SIZE = 8


def tell_acknowledged(file: Path, revision: int) -> None:
    """Write the revision of a transaction that is over; the lock of the index is held."""
    with suppress(OSError):  # the transaction is over, whether this can be told or not
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            os.pwrite(descriptor, revision.to_bytes(_SIZE, "little"), 0)
        finally:
            os.close(descriptor)


def acknowledged(file: Path) -> int | None:
    """Return the revision that was acknowledged last, if it is known."""
    try:
        said = file.read_bytes()
    except OSError:
        return None
    return int.from_bytes(said, "little") if len(said) == _SIZE else None
