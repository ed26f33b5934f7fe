"""Reads text files: checks size and encoding, and normalises line ends to line feeds.

A file is UTF-8 (with or without byte order mark) or UTF-16 with byte order mark. Nothing is
guessed: a wrong guess would change names without anyone noticing.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from semsearch.core.errors import ImportFailed

MAX_BYTES = 64 * 2**20
"""Larger files are refused; the largest known glossaries are below a tenth of this."""

MAX_DEPTH = 64
"""Most nested lists, objects and brackets; glossaries have three or four."""

_CLOSING = ("---", "...")
"""Lines that close front matter."""
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> str:
    """Read a text file.

    Returns:
        Its text without byte order mark, with line feeds as line ends.

    Raises:
        ImportFailed: it cannot be opened, is too large, or is not UTF-8 or UTF-16 text.
    """
    text = _decode(first_bytes(path, MAX_BYTES + 1), path)
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
    start = first_bytes(path, 1 << 16)
    encoding = "utf-16" if start.startswith(_UTF16_MARKS) else "utf-8-sig"
    return start.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path) -> bytes:
    """Read a binary file.

    Raises:
        ImportFailed: it cannot be opened, is not a regular file, or is too large.
    """
    return first_bytes(path, MAX_BYTES + 1)


def nested_too_deeply(path: str | Path, line: int | None = None) -> ImportFailed:
    """Return the error of a file that has more levels than a parser should follow."""
    return ImportFailed("nested too deeply to be a glossary", path, line)


def has_front_matter(path: Path) -> bool:
    """Return whether a file begins with YAML front matter: `---`, then a line that is not blank."""
    start = first_bytes(path, 4096)
    encoding = "utf-16" if start.startswith(_UTF16_MARKS) else "utf-8-sig"
    lines = start.decode(encoding, errors="replace").splitlines()
    return opens_front_matter(lines)


def opens_front_matter(lines: Sequence[str]) -> bool:
    """Return whether these first lines of a file begin YAML front matter (Pandoc's rule)."""
    return len(lines) > 1 and lines[0].rstrip() == "---" and bool(lines[1].strip())


def front_matter_lines(lines: Sequence[str]) -> int:
    """Return the number of the line that closes the front matter; 0 if there is none."""
    if not opens_front_matter(lines):
        return 0
    return next((n for n, line in enumerate(lines, 1) if n > 1 and line.rstrip() in _CLOSING), 0)


def first_bytes(path: Path, size: int) -> bytes:
    """Return at most so many bytes of the beginning of a file.

    Raises:
        ImportFailed: it cannot be opened, is not a regular file, or is larger than `MAX_BYTES`.
    """
    try:
        # opening a pipe, which may have taken the place of a file, must not block
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise ImportFailed("not a regular file", path)
            # `read` takes memory for all that it is asked for
            data = file.read(min(size, max(status.st_size, 1 << 16) + 1))
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
