"""Static files of the pages. Their URL has a hash of their content, so that caches never expire."""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from pathlib import Path

from semsearch.core.presentation import NAME, Presentation

_OWNER = b'const OWNER = { title: "", accent: "#20545c", accent_dark: "#8fd0d9" };'
"""Line of the widget that has the title and the colours of the owner."""
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


def widget_script(about: Presentation) -> bytes:
    """Return the script for other sites, with the title and the colours of the owner."""
    stated = {} if about.title == NAME else {"title": about.title}
    if about.accent:
        stated |= {"accent": about.accent, "accent_dark": about.accent_dark}
    owner = _OWNER.removesuffix(b" };") + b", ..." + json.dumps(stated).encode() + b" };"
    return _widget().replace(_OWNER, owner)


@cache
def _widget() -> bytes:
    script = (FOLDER / "widget.js").read_bytes()
    assert script.count(_OWNER) == 1  # noqa: S101 - a part of this package
    return script
