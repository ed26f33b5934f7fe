"""Files are whole or they are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.index.ann.hnsw import GraphIndex
from semsearch.storage.files.atomic_files import write_array

FULL = Path("/dev/full")
"""A disk without room, which refuses what was held in memory until the end as well."""


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 5)])
def test_an_array_is_written_row_by_row(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """An array in column order is written row by row too."""
    numbers = np.arange(np.prod(shape), dtype="<i8").reshape(shape)
    write_array(tmp_path / "array", np.asfortranarray(numbers))
    assert (tmp_path / "array").read_bytes() == numbers.tobytes()


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_few_numbers_on_a_full_disk_are_refused() -> None:
    """An array so small that only closing the file writes it is refused too."""
    with pytest.raises(OSError, match="No space left"):
        write_array(FULL, np.arange(3))


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_small_graph_on_a_full_disk_is_refused() -> None:
    """FAISS by itself says nothing of its last page."""
    rows = np.eye(4, dtype=np.float32)
    with pytest.raises(OSError, match="No space left"):
        GraphIndex.make(4, rows, [rows]).save(FULL)
