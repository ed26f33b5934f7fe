"""Static files of the pages. Their URL has a hash of their content, so that caches never expire."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parent / "static"


@cache
def version() -> str:
    """Return a short hash of all files.

    All files share one hash, so that a script that imports another by a relative URL gets the
    matching version.
    """
    hashed = blake2b(digest_size=6)
    for path in sorted(FOLDER.iterdir()):
        content = path.read_bytes()
        hashed.update(f"{path.name}\0{len(content)}\0".encode())
        hashed.update(content)
    return hashed.hexdigest()


def assets_path() -> str:
    """Return the path of the folder of the files, relative to the start of a site."""
    return f"static/{version()}/"
