"""Hashes of files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from semsearch.core.checksums import hashes_of, sha256_of


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    """The digits are those of SHA-256; what cannot be read has none."""
    file = tmp_path / "a.bin"
    file.write_bytes(b"dough" * 100_000)
    assert sha256_of(file) == hashlib.sha256(b"dough" * 100_000).hexdigest()
    assert sha256_of(tmp_path / "missing") is None
    assert sha256_of(tmp_path) is None


def test_a_fifo_has_no_hash(tmp_path: Path) -> None:
    """It is not opened, which would wait for a writer."""
    os.mkfifo(tmp_path / "fifo")
    assert sha256_of(tmp_path / "fifo") is None


def test_several_are_hashed_by_name(tmp_path: Path) -> None:
    """Hashes keep the order of the files; an unreadable file has an empty hash."""
    for name in ("b", "a"):
        (tmp_path / name).write_text(name)
    found = hashes_of([tmp_path / "b", tmp_path / "a", tmp_path / "missing"])
    assert [*found] == ["b", "a", "missing"]
    assert found["a"] == hashlib.sha256(b"a").hexdigest()
    assert found["missing"] == ""
