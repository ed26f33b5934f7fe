"""Packed dictionaries, whole and damaged."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers.files.compressed import unpacked

TEXT = b"whisk: bent wires\n" * 200


def test_packed_and_plain_files_give_the_same(tmp_path: Path) -> None:
    """Also several packed files behind one another, as gzip reads them."""
    packed = tmp_path / "a.dz"
    for content in (TEXT, gzip.compress(TEXT), gzip.compress(TEXT[:30]) + gzip.compress(TEXT[30:])):
        packed.write_bytes(content)
        assert unpacked(packed) == TEXT


def test_what_stands_behind_the_packed_part_is_left_out(tmp_path: Path) -> None:
    """Padding of archives is no content."""
    packed = tmp_path / "a.dz"
    packed.write_bytes(gzip.compress(TEXT) + b"\0" * 512)
    assert unpacked(packed) == TEXT


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(TEXT)[:-4], "truncated"),
        (b"\x1f\x8b" + b"no gzip at all", "is not a valid gzip file"),
    ],
    ids=["truncated", "no gzip"],
)
def test_damaged_files_say_what_is_wrong(tmp_path: Path, content: bytes, reason: str) -> None:
    """And that they should be fetched again."""
    packed = tmp_path / "a.dz"
    packed.write_bytes(content)
    with pytest.raises(ImportFailed, match=rf"{reason}.*fetch it again"):
        unpacked(packed)
