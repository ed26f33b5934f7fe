"""SHA-256 of files and texts, and short hashes of words."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from semsearch.core.errors import IndexForbidden


def sha256_of(file: Path) -> str | None:
    """Return the SHA-256 of a file in hexadecimal.

    The result is None if it is no regular file or cannot be read.

    A FIFO or a device is not read, since that might never end.

    Raises:
        IndexForbidden: its permissions forbid it.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return None
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except PermissionError as error:
        raise IndexForbidden(error) from error
    except OSError:
        return None


def hashes_of(files: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by name; several are hashed at once."""
    paths = list(files)
    with ThreadPoolExecutor() as threads:
        found = threads.map(sha256_of, paths)
        return {path.name: sha256 or "" for path, sha256 in zip(paths, found, strict=True)}


def text_hash(text: str) -> bytes:
    """Return the SHA-256 of a text: the key under which its vector is kept."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def hash64(text: str) -> int:
    """Return a signed 64-bit hash of a text; two texts collide with a chance of 1 in 10^19."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
