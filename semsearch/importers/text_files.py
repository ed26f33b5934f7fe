"""Reads text files: checks size and encoding, and normalises line ends to line feeds.

A file is UTF-8 (with or without byte order mark) or UTF-16 with byte order mark. Nothing is
guessed: a wrong guess would change names without anyone noticing.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from semsearch.core.errors import ImportFailed

MAX_BYTES = 64 * 2**20
"""Larger files are refused; the largest known glossaries are below a tenth of this."""

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> str:
    """Read a text file.

    Args:
        path: the file, as the user named it.

    Returns:
        Its text without byte order mark, with line feeds as line ends.

    Raises:
        ImportFailed: it cannot be opened, is too large, or is not UTF-8 or UTF-16 text.
    """
    text = _decode(_read_bytes(path, MAX_BYTES + 1), path)
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        raise ImportFailed("holds a NUL byte, so it is not a text file", path, line)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def begins(path: Path) -> str:
    """Return the first 64 kB of a file as text, without byte order mark.

    Raises:
        ImportFailed: it cannot be opened, or is not a regular file.
    """
    start = _read_bytes(path, 1 << 16)
    encoding = "utf-16" if start.startswith(_UTF16_MARKS) else "utf-8-sig"
    return start.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path) -> bytes:
    """Read a binary file.

    Raises:
        ImportFailed: it cannot be opened, is not a regular file, or is too large.
    """
    return _read_bytes(path, MAX_BYTES + 1)


def has_front_matter(path: Path) -> bool:
    """Return whether a file begins with YAML front matter: `---`, then a line that is not blank."""
    start = _read_bytes(path, 4096)
    encoding = "utf-16" if start.startswith(_UTF16_MARKS) else "utf-8-sig"
    lines = start.decode(encoding, errors="replace").splitlines()
    return opens_front_matter(lines)


def opens_front_matter(lines: list[str]) -> bool:
    """Return whether these first lines of a file begin YAML front matter (Pandoc's rule)."""
    return len(lines) > 1 and lines[0].rstrip() == "---" and bool(lines[1].strip())


def _read_bytes(path: Path, size: int) -> bytes:
    if path.exists() and not path.is_file():
        raise ImportFailed("not a regular file", path)  # reading a pipe could block for ever
    try:
        with path.open("rb") as file:
            data = file.read(size)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise ImportFailed(f"cannot be read: {reason}", path) from error
    if len(data) > MAX_BYTES:
        raise ImportFailed(f"larger than {MAX_BYTES // 2**20} MiB; split it", path)
    return data


def _decode(data: bytes, path: Path) -> str:
    is_utf16 = data.startswith(_UTF16_MARKS)
    try:
        return data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        # error.object lacks the byte order mark that "utf-8-sig" removes
        before = error.object[: error.start]
        if is_utf16:
            line = before.decode("utf-16", errors="replace").count("\n") + 1
            reason = "is not valid UTF-16; save the file as UTF-8"
        else:
            line = _count_line_ends(before) + 1
            byte = error.object[error.start]
            reason = f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"
        raise ImportFailed(reason, path, line) from error


def _count_line_ends(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
