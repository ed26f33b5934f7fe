"""A file of an index folder that names an address: `SHARED` and `FOLLOWS`."""

from __future__ import annotations

import json
from pathlib import Path

from semsearch.core.errors import UNREADABLE, IndexDamaged


def stated_url(file: Path, consequence: str) -> str | None:
    """Return the address that a file of settings names, or None if there is no such file.

    Args:
        file: JSON, an object with `url`.
        consequence: what is not known if it cannot be read, and the way out, for the message.

    Raises:
        IndexDamaged: it cannot be read.
    """
    try:
        url = json.loads(file.read_bytes())["url"]
    except (FileNotFoundError, NotADirectoryError):  # no setting, or no index at all
        return None
    except (OSError, *UNREADABLE) as error:
        raise IndexDamaged(f"{file} cannot be read, {consequence}") from error
    if not isinstance(url, str):
        raise IndexDamaged(f"{file} cannot be read, {consequence}")
    return url
