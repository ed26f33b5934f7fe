"""The files that pages load, at an address that changes with what they say, so that they may be kept for good."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parent / "static"


@cache
def version() -> str:
    """Return a short hash of all assets.

    One for all, in the path: a script that loads another by a relative address gets the one that belongs to it.
    """
    hashed = blake2b(digest_size=6)
    for path in sorted(FOLDER.iterdir()):
        content = path.read_bytes()
        hashed.update(f"{path.name}\0{len(content)}\0".encode())
        hashed.update(content)
    return hashed.hexdigest()


def assets_path() -> str:
    """Return the path of the folder of the assets, seen from the start of a site."""
    return f"static/{version()}/"
