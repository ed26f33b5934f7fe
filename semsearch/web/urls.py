"""Paths of pages: URLs of the service, and file names that every file system and server accepts."""

from __future__ import annotations

import string
from hashlib import blake2b
from urllib.parse import quote

_UNESCAPED = "-._~!$&'()*+,;=:@"
"""Characters that RFC 3986 allows in a path segment beside letters and digits."""
_SAFE = frozenset(string.ascii_lowercase + string.digits + "-_.")
"""Characters that need no escape in a URL or a file name. Some file systems ignore case."""
_MAX_CHARS = 120
"""Longest file name. File systems accept 255 bytes."""


def entry_path(id: str) -> str:
    """Return the path of an entry's page, relative to the start of the site."""
    return f"entry/{quote(id, safe=_UNESCAPED)}"


def edit_path(id: str) -> str:
    """Return the path of the page that edits an entry, relative to the start of the site."""
    return f"edit/{quote(id, safe=_UNESCAPED)}"


def history_path(id: str) -> str:
    """Return the path of the page of an entry's history, relative to the start of the site."""
    return f"history/{quote(id, safe=_UNESCAPED)}"


def glossary_path(name: str) -> str:
    """Return the path of the page of a glossary, relative to the start of the site."""
    return f"glossary/{quote(name, safe=_UNESCAPED)}"


def entry_file(id: str) -> str:
    """Return the file path of an entry's page without its suffix, unique for each id."""
    glossary, _, own = id.partition(":")
    return f"entry/{_file_name(glossary)}/{_file_name(own)}"


def glossary_file(name: str) -> str:
    """Return the file path of the page of a glossary without its suffix."""
    return f"glossary/{_file_name(name)}"


def map_file(name: str) -> str:
    """Return the file path of the map table of a glossary without its suffix."""
    return f"map/{_file_name(name)}"


def _file_name(text: str) -> str:
    """Return a text as a file name: unsafe bytes become `=2f`, the rest of a long text a hash.

    The name does not begin with a dot, which hides a file, and is not a device (`con`, `nul`).
    """
    escaped = "".join(c if c in _SAFE else "".join(f"={b:02x}" for b in c.encode()) for c in text)
    if escaped[:1] in {"", "."} or escaped.split(".")[0][:3] in _DEVICES:
        escaped = f"={escaped}"
    if len(escaped) <= _MAX_CHARS:
        return escaped
    return f"{escaped[:_MAX_CHARS]}=={blake2b(text.encode(), digest_size=10).hexdigest()}"


_DEVICES = frozenset({"con", "prn", "aux", "nul", "com", "lpt"})
"""Beginnings of names that Windows reserves for devices, with any suffix."""
