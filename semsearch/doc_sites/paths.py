"""Paths of glossaries in the settings of a documentation site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from semsearch.core.errors import InvalidSetting


def from_folder(folder: Path, paths: Sequence[str]) -> list[str]:
    """Return paths, or NAME=PATH, that a user named relative to a folder.

    Raises:
        InvalidSetting: there are none.
    """
    if not paths:
        raise InvalidSetting("name at least one file or folder of a glossary for semsearch")
    found = []
    for given in paths:
        is_path = (folder / given).exists()
        name, equals, path = ("", "", given) if is_path else given.rpartition("=")
        found.append(f"{name}{equals}{folder / path}")
    return found
