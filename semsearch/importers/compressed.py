"""Decompresses gzip and dictzip files, up to a limit of memory."""

from __future__ import annotations

import zlib
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.importers.text_files import MAX_BYTES, read_bytes

_GZIP = 31
"""The `wbits` value by which zlib reads gzip files."""


def unpacked(path: Path) -> bytes:
    """Read a file and decompress it if gzip or dictzip wrote it.

    Raises:
        ImportFailed: it cannot be read, is truncated, or is larger than `MAX_BYTES` when
            decompressed.
    """
    data = read_bytes(path)
    if not data.startswith(b"\x1f\x8b"):
        return data
    pieces: list[bytes] = []
    left = MAX_BYTES
    while data:
        reader = zlib.decompressobj(_GZIP)
        try:
            piece = reader.decompress(data, left + 1)
        except zlib.error as error:
            raise ImportFailed("is not a valid gzip file; fetch it again", path) from error
        left -= len(piece)
        if left < 0:
            raise ImportFailed(f"unpacks to more than {MAX_BYTES // 2**20} MiB; split it", path)
        if not reader.eof:
            raise ImportFailed("the compressed file is truncated; fetch it again", path)
        pieces.append(piece)
        data = reader.unused_data  # a file may consist of several gzip members
        if not data.startswith(b"\x1f\x8b"):
            break
    return b"".join(pieces)
