"""Arrays in files: the same numbers, however large the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.index.files import memory_map as module
from semsearch.index.files.memory_map import Rows, mapped


def test_an_empty_file_is_an_empty_array(tmp_path: Path) -> None:
    """Which no system call can map."""
    (tmp_path / "none").touch()
    assert mapped(tmp_path / "none", "<i8").shape == (0,)
    assert Rows(tmp_path / "none", "<f4", 3).all.shape == (0, 3)


def test_a_mapped_array_is_read_only(tmp_path: Path) -> None:
    """A mistake must not reach a file that was hashed."""
    np.arange(4, dtype="<i8").tofile(tmp_path / "four")
    with pytest.raises(ValueError, match="read-only"):
        mapped(tmp_path / "four", "<i8")[0] = 1


def test_rows_are_the_same_after_their_pages_were_let_go_of(tmp_path: Path) -> None:
    """A file above the bound is read again from where it lies."""
    width = 256
    count = module.ALWAYS_CACHED_BYTES // (4 * width) + 1
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(count * width * 4)  # a hole: no bytes are written
        stream.seek(-width * 4, 2)
        stream.write(np.arange(width, dtype="<f4").tobytes())
    rows = Rows(tmp_path / "large", "<f4", width)
    asked = np.array([0, count - 1])
    for _ in range(module.ROWS_BEFORE_RELEASE + 1):
        none, last = rows.take(asked)
        assert none[1] == 0
        assert last[255] == 255
