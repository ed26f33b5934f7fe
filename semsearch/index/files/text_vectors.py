"""Vectors of short texts of entries, such as their names: one byte per dimension.

    *.i8          one row for each text, its unit vector times 127, entry after entry
    first_*.i64   number of the first row of each position, and the end of the last

They are separate from the vectors of definitions, since only the score reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.positions import spread
from semsearch.index.files.memory_map import RowSource, mapped, write_rows
from semsearch.ranking.fusion import Scores
from semsearch.storage.files.atomic_files import write_array
from semsearch.storage.int8 import products_int8, to_int8


def write_text_vectors(
    vectors: Path, firsts: Path, first: Numbers, take: Callable[[int, int], Vectors]
) -> None:
    """Write both files.

    Args:
        vectors: the file of the rows.
        firsts: the file of the first rows.
        first: (entries + 1,) number of the first text of each entry.
        take: returns the vectors of the texts from one number up to another.
    """
    count = int(first[-1])
    write_rows(vectors, count, lambda start, end: to_int8(take(start, end)))
    write_array(firsts, first.astype("<i8"))


class TextVectors:
    """The vectors, with the open file of the first rows. Thread-safe."""

    def __init__(self, rows: RowSource, firsts: Path) -> None:
        self._rows = rows
        self._firsts: Numbers = mapped(firsts, "<i8")

    def nearest(self, question: Vectors, positions: Numbers) -> Scores:
        """Return the cosine of a question with the nearest text of each entry.

        Args:
            question: (d,) unit vector.
            positions: (n,) positions of entries.

        Returns:
            (n,) cosines; 0 for an entry without such texts.
        """
        firsts = self._firsts[positions]
        counts = self._firsts[positions + 1] - firsts
        found = np.zeros(len(positions), dtype=np.float32)
        (with_texts,) = counts.nonzero()
        if len(with_texts):
            counts = counts[with_texts]
            rows, starts = spread(firsts[with_texts], counts)
            cosines = products_int8(self._rows.take(rows), question)
            found[with_texts] = np.maximum.reduceat(cosines, starts)
        return found
