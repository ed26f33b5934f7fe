"""Reading text files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import MAX_BYTES, has_front_matter, read_text


@pytest.mark.parametrize(
    "data",
    [
        "é\nz".encode(),
        b"\xef\xbb\xbf" + "é\nz".encode(),
        "é\r\nz".encode("utf-16"),
        b"\xfe\xff" + "é\rz".encode("utf-16-be"),
    ],
)
def test_reads_utf8_and_utf16_with_any_line_end(tmp_path: Path, data: bytes) -> None:
    """UTF-8 with or without mark and UTF-16 with a mark give the same text."""
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert read_text(path) == "é\nz"


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"a\r\nb\n\xe9", 3, "byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbfa\rb\xff", 2, "byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"a\nb\0c", 2, "holds a NUL byte, so it is not a text file"),
        (b"\xff\xfea\x00\n\x00b", 2, "is not valid UTF-16; save the file as UTF-8"),
        (
            b"\xff\xfea\x00\n\x00\x00\xd8",
            2,
            "is not valid UTF-16; save the file as UTF-8",
        ),
    ],
)
def test_names_the_line_of_what_is_not_text(
    tmp_path: Path, data: bytes, line: int, reason: str
) -> None:
    """Bytes that are not text are refused with their line and what to do."""
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(ImportFailed) as caught:
        read_text(path)
    assert str(caught.value) == f"{path}:{line}: {reason}"


def test_refuses_a_file_above_the_limit(tmp_path: Path) -> None:
    """A file larger than the limit is refused, whatever it holds."""
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ImportFailed, match="larger than 64 MiB; split it"):
        read_text(path)


def test_refuses_what_is_not_a_regular_file(tmp_path: Path) -> None:
    """A pipe is refused at once instead of being waited for."""
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with pytest.raises(ImportFailed, match="not a regular file"):
        read_text(pipe)
    with pytest.raises(ImportFailed, match="cannot be read: no such file or directory"):
        read_text(tmp_path / "absent.txt")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: x\n---\n", True),
        ("---\n\nA rule on top\n", False),
        ("# x\n---\na: b\n", False),
        ("---", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_sees_front_matter_in_every_encoding(
    tmp_path: Path, text: str, expected: bool, encoding: str
) -> None:
    """Front matter is `---` on the first line and a line that is not blank."""
    path = tmp_path / "a.md"
    path.write_text(text, encoding=encoding)
    assert has_front_matter(path) is expected
