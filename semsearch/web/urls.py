"""Where pages lie: below the address of a service, or as files that any server and any file system can hold."""

from __future__ import annotations

import string
from hashlib import blake2b
from urllib.parse import quote

_KEPT = "-._~!$&'()*+,;=:@"
"""What RFC 3986 allows in a segment of a path besides letters and digits."""
_PLAIN = frozenset(string.ascii_lowercase + string.digits + "-_.")
"""What every file system keeps apart and no address has to escape: capitals are not told from small letters by all."""
_MOST = 120
"""Characters of a file's name; the longest that file systems take is 255 bytes."""


def entry_path(id: str) -> str:
    """Return the path of an entry's page, seen from the start of the site."""
    return f"entry/{quote(id, safe=_KEPT)}"


def glossary_path(name: str) -> str:
    """Return the path of the index of a glossary, seen from the start of the site."""
    return f"glossary/{quote(name, safe=_KEPT)}"


def entry_file(id: str) -> str:
    """Return the path of an entry's page without its ending, as a file; different ids have different ones."""
    glossary, _, own = id.partition(":")
    return f"entry/{_file_name(glossary)}/{_file_name(own)}"


def glossary_file(name: str) -> str:
    """Return the path of the index of a glossary without its ending, as a file."""
    return f"glossary/{_file_name(name)}"


def map_file(name: str) -> str:
    """Return the path of the table of a glossary beside the map without its ending, as a file."""
    return f"map/{_file_name(name)}"


def _file_name(text: str) -> str:
    """Return a text as the name of a file: `=2f` for what not all can have in one, a hash for what is too long.

    It begins with no dot, which hides a file, and is no name of a device (`con`, `nul`).
    """
    escaped = "".join(c if c in _PLAIN else "".join(f"={b:02x}" for b in c.encode()) for c in text)
    if escaped[:1] in {"", "."} or escaped.split(".")[0][:3] in _DEVICES:
        escaped = f"={escaped}"
    if len(escaped) <= _MOST:
        return escaped
    return f"{escaped[:_MOST]}=={blake2b(text.encode(), digest_size=10).hexdigest()}"


_DEVICES = frozenset({"con", "prn", "aux", "nul", "com", "lpt"})
"""How names begin that Windows takes for devices, whatever ending they have."""
