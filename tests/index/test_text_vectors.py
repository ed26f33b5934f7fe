"""The nearest of the short texts of each entry, from the files that a build writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.core.arrays import Numbers, Vectors
from semsearch.index.files.memory_map import WRITTEN_AT_A_TIME as BATCH
from semsearch.index.files.memory_map import Rows
from semsearch.index.files.text_vectors import TextVectors, write_text_vectors

FIRSTS = np.array([0, 2, 2, 3], dtype=np.int64)
"""Two texts, none, one."""


def unit_rows(count: int, dim: int = 8) -> Vectors:
    """Give rows of length 1, the same ones each time."""
    rows = np.random.default_rng(5).normal(size=(count, dim)).astype(np.float32)
    found: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def written(folder: Path, firsts: Numbers, rows: Vectors) -> TextVectors:
    """Write rows and open them."""
    files = folder / "some.i8", folder / "first.i64"
    write_text_vectors(*files, firsts, lambda start, end: rows[start:end])
    return TextVectors(Rows(files[0], np.int8, rows.shape[1]), files[1])


def test_the_nearest_text_of_each_entry_counts(tmp_path: Path) -> None:
    """In the order asked, and 0 for an entry without any."""
    rows = unit_rows(3)
    vectors = written(tmp_path, FIRSTS, rows)
    question = rows[1]
    cosines = rows @ question
    found = vectors.nearest(question, np.array([2, 0, 1]))
    assert found == pytest.approx([cosines[2], cosines[:2].max(), 0], abs=0.01)
    assert found[2] == 0


def test_nothing_is_nearest_where_nothing_is_asked_or_written(tmp_path: Path) -> None:
    """No positions, or entries of which none has a text."""
    rows = unit_rows(3)
    assert written(tmp_path, FIRSTS, rows).nearest(rows[0], np.array([], dtype=np.int64)).shape == (
        0,
    )
    none = written(tmp_path, np.zeros(3, dtype=np.int64), rows)
    assert none.nearest(rows[0], np.array([0, 1])).tolist() == [0, 0]


def test_many_texts_are_written_in_batches(tmp_path: Path) -> None:
    """Each text is in its place, also around the end of a batch and at the end."""
    count = 2 * BATCH + 3
    rows = unit_rows(count, dim=32)
    vectors = written(tmp_path, np.arange(count + 1), rows)
    for place in (0, BATCH - 1, BATCH, 2 * BATCH, count - 1):
        assert int(np.argmax(vectors.nearest(rows[place], np.arange(count)))) == place
