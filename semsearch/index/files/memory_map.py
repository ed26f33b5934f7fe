"""Arrays in files: written row by row, and mapped into memory, shared by all processes.

Mapped pages count as memory of the process until it releases them, although the system could take
them back. `Rows.take` therefore releases the pages of large files now and then.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.progress import Progress
from semsearch.storage.files.atomic_files import sync

ALWAYS_CACHED_BYTES = 512 << 20
"""Pages of files up to this size are never released."""

ROWS_BEFORE_RELEASE = 1 << 9
"""Rows read from a larger file before its pages are released. The system maps some 400 kB around
each page that is touched for the first time. With the vectors of a million entries a process took
220 MB at 512 rows, 670 MB at 2,048 and 1,100 MB at 8,192; a question takes as long (13.3 and 14.1
ms)."""


WRITTEN_AT_A_TIME = 4096
"""Rows in memory while a file is written: 6 MB of vectors."""


def write_rows(
    file: Path,
    count: int,
    take: Callable[[int, int], NDArray[Any]],
    progress: Progress | None = None,
) -> None:
    """Write the rows of a file batch by batch, and sync it.

    Args:
        file: where to.
        count: number of rows.
        take: returns the rows from one number up to another, as they are stored.
        progress: reports the rows; the caller starts the step.
    """
    with file.open("wb") as stream:
        for start in range(0, count, WRITTEN_AT_A_TIME):
            rows = take(start, min(start + WRITTEN_AT_A_TIME, count))
            stream.write(rows.tobytes())
            if progress is not None:
                progress.advance(len(rows))
    sync(file)


def mapped(file: Path, dtype: DTypeLike) -> NDArray[Any]:
    """Return the numbers of a file as a read-only array, (n,), without reading the file."""
    return _mapped(file, dtype)[0]


class RowSource(Protocol):
    """Rows of equal length, by number; in a file, or elsewhere."""

    width: int
    """Numbers of a row."""

    def __len__(self) -> int:
        """How many rows there are."""

    def take(self, numbers: Numbers) -> NDArray[Any]:
        """Return a copy of some rows, (n, width)."""


class Rows:
    """Rows of equal length in a file. Thread-safe."""

    def __init__(self, file: Path, dtype: DTypeLike, width: int) -> None:
        flat, self._map = _mapped(file, dtype)
        self.all: NDArray[Any] = flat.reshape(-1, width)
        """Every row, (n, width); reading it all loads the whole file into memory."""
        self.width = width
        """Numbers of a row."""
        self._is_large = flat.nbytes > ALWAYS_CACHED_BYTES
        self._taken = 0

    def __len__(self) -> int:
        return len(self.all)

    def take(self, numbers: Numbers) -> NDArray[Any]:
        """Return a copy of some rows; release the file's pages after many."""
        found: NDArray[Any] = self.all.take(numbers, axis=0)
        if self._is_large and self._map is not None:
            self._taken += len(numbers)  # a race between threads loses a count, which is harmless
            if self._taken > ROWS_BEFORE_RELEASE:
                self._taken = 0
                self._map.madvise(mmap.MADV_DONTNEED)
        return found


def _mapped(file: Path, dtype: DTypeLike) -> tuple[NDArray[Any], mmap.mmap | None]:
    with file.open("rb") as stream:
        if not file.stat().st_size:  # an empty file cannot be mapped
            return np.empty(0, dtype=dtype), None
        pages = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(pages, dtype=dtype), pages
