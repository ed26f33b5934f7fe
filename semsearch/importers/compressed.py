"""Dictionaries packed with gzip or dictzip, unpacked as far as memory may be spent on them."""

from __future__ import annotations

import zlib
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.importers.text_files import MAX_BYTES, read_bytes

_GZIP = 31
"""Window bits by which zlib reads a gzip file."""


def unpacked(path: Path) -> bytes:
    """Read a file that gzip or dictzip packed; one that is not packed is read as it is.

    Raises:
        ImportFailed: it cannot be read, is broken off, or unpacks to more than `MAX_BYTES`.
    """
    data = read_bytes(path)
    if not data.startswith(b"\x1f\x8b"):
        return data
    pieces: list[bytes] = []
    room = MAX_BYTES
    while data:
        reader = zlib.decompressobj(_GZIP)
        try:
            piece = reader.decompress(data, room + 1)
        except zlib.error as error:
            raise ImportFailed(
                f"is not what gzip writes ({error}); fetch it again", path
            ) from error
        room -= len(piece)
        if room < 0:
            raise ImportFailed(f"unpacks to more than {MAX_BYTES // 2**20} MiB; split it", path)
        if not reader.eof:
            raise ImportFailed("the packed file is broken off; fetch it again", path)
        pieces.append(piece)
        data = reader.unused_data  # gzip files may stand behind one another
        if not data.startswith(b"\x1f\x8b"):
            break
    return b"".join(pieces)
