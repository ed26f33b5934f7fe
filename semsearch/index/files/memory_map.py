"""Arrays in files, mapped into memory: opened without reading, and shared by all processes that map them.

What a process has touched counts as its memory until it lets go, although the system could take it back at any
time; so large arrays that are read here and there are let go of now and then (`Rows.take`).
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from semsearch.core.arrays import Numbers

KEPT_BYTES = 512 << 20
"""Files up to this size are never let go of: all of one may stay in memory."""

TAKEN_ROWS = 1 << 9
"""Rows taken of a larger file before its pages are let go of. The system maps some 400 kB around each that is touched for the
first time: of the vectors of a million entries 220 MB with these, 670 MB with 2,048 rows and 1,100 MB with 8,192, and
a question takes no longer (13.3, 14.1 ms)."""


def mapped(file: Path, dtype: DTypeLike) -> NDArray[Any]:
    """Return the numbers of a file without reading them, (n,), not to be written to."""
    return _mapped(file, dtype)[0]


class Rows:
    """Rows of equal length in a file. Safe to use from several threads."""

    def __init__(self, file: Path, dtype: DTypeLike, width: int) -> None:
        flat, self._map = _mapped(file, dtype)
        self.all: NDArray[Any] = flat.reshape(-1, width)
        """Every row, (n, width); reading all of it brings all of it into memory."""
        self._is_large = flat.nbytes > KEPT_BYTES
        self._taken = 0

    def take(self, numbers: Numbers) -> NDArray[Any]:
        """Return a copy of some rows, and let go of the file's pages now and then."""
        found = self.all[numbers]
        if self._is_large and self._map is not None:
            self._taken += len(numbers)  # a race loses a count, no more
            if self._taken > TAKEN_ROWS:
                self._taken = 0
                self._map.madvise(mmap.MADV_DONTNEED)
        return found


def _mapped(file: Path, dtype: DTypeLike) -> tuple[NDArray[Any], mmap.mmap | None]:
    with file.open("rb") as stream:
        if not file.stat().st_size:  # nothing is nothing to map
            return np.empty(0, dtype=dtype), None
        pages = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(pages, dtype=dtype), pages
