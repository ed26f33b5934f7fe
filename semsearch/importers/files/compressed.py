"""Decompresses gzip and dictzip files, and bounds what compressed files may become."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import MAX_BYTES, read_bytes

_GZIP = 31
"""The `wbits` value by which zlib reads gzip files."""
_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 16
MAX_RATIO = 50
"""Most bytes that a byte of a compressed file may become; in the files of office programs and
dictionaries it becomes 3 to 30."""
MIN_ALLOWED = 8 * 2**20
"""Bytes that every compressed file may become."""
MAX_OVERLAP = 4
"""Most times that a byte of a dictionary's text may be read, on average."""
MAX_MEMBERS = 10_000
"""Most gzip files that one may consist of; each takes time, even an empty one."""


def allowed_size(compressed: int) -> int:
    """Return how many bytes a compressed file of this size may become."""
    return min(MAX_BYTES, max(MIN_ALLOWED, MAX_RATIO * compressed))


def unpacks_to_too_much(compressed: int, path: Path) -> ImportFailed:
    """Return the error for a compressed file of this size that becomes more than is allowed."""
    allowed = allowed_size(compressed)
    if allowed == MAX_BYTES:
        return ImportFailed(f"unpacks to more than {MAX_BYTES // 2**20} MiB; split it", path)
    reason = f"its {compressed:,} bytes unpack to more than {allowed:,}, as those of no glossary do"
    return ImportFailed(f"{reason}; save it again, or fetch it again", path)


def unpacked(path: Path) -> bytes:
    """Read a file and decompress it if gzip or dictzip wrote it.

    Raises:
        ImportFailed: it cannot be read, is truncated, consists of too many members, or is larger
            than `allowed_size` when decompressed.
    """
    data = read_bytes(path)
    if not data.startswith(_MAGIC):
        return data
    pieces: list[bytes] = []
    at, left = 0, allowed_size(len(data))
    for _ in range(MAX_MEMBERS):
        for piece, used in _member(data, at, left, path):
            at += used
            left -= len(piece)
            if left < 0:
                raise unpacks_to_too_much(len(data), path)
            pieces.append(piece)
        if not data.startswith(_MAGIC, at):
            return b"".join(pieces)
    raise ImportFailed(f"consists of more than {MAX_MEMBERS:,} gzip files; pack it as one", path)


def _member(data: bytes, at: int, left: int, path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield the pieces of one member, each with the number of bytes that made it.

    It is given to zlib in chunks, which copies all that follows the member.
    """
    reader = zlib.decompressobj(_GZIP)
    while not reader.eof:
        chunk = data[at : at + _CHUNK]
        if not chunk:
            raise ImportFailed("the compressed file is truncated; fetch it again", path)
        try:
            piece = reader.decompress(chunk, left + 1)
        except zlib.error as error:
            raise ImportFailed("is not a valid gzip file; fetch it again", path) from error
        left -= len(piece)
        used = len(chunk) - len(reader.unused_data)
        at += used
        yield piece, used


def check_sizes(sizes: Iterable[int], text: bytes, path: Path) -> None:
    """Refuse a dictionary whose articles overlap so much that they are far longer than its text.

    Args:
        sizes: of all distinct articles, in bytes.
        text: what they are parts of.
        path: the file, for the message.

    Raises:
        ImportFailed: they are.
    """
    total = sum(sizes)
    if total > MAX_OVERLAP * len(text):
        reason = f"its articles overlap: together they have {total:,} bytes of {len(text):,}"
        raise ImportFailed(f"{reason}; fetch the dictionary again", path)
