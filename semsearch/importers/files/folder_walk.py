"""Walks a folder of glossaries, and refuses links that lead out of it.

A folder that somebody else made may have a link to any file of this machine, whose content a build
would publish. A dictionary of several files is refused as a whole if one of them is such a link.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from semsearch.core.entries import UnreadFile

FOLLOW = "name the file itself, or give --follow-links"


def shown(path: Path) -> str:
    """Return a path as text; bytes of its name that are not UTF-8 are escaped."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def walk(folder: Path, *, follow_links: bool) -> Iterator[Path | UnreadFile]:
    """Yield what lies below a folder, except in hidden folders.

    Args:
        folder: its own path may have links.
        follow_links: whether links may lead out of the folder, and are followed to folders.

    Yields:
        Path | UnreadFile: each file, or why it is not read: a link out of the folder, or a device
            or pipe.
    """
    root = folder.resolve()
    seen = {_identity(root)}
    for place, folders, names in os.walk(folder, followlinks=follow_links):
        here = Path(place)
        folders[:] = [name for name in folders if not name.startswith(".")]
        out: dict[str, Path] = {}
        if follow_links:
            folders[:] = _unseen(here, folders, seen)
        else:
            leading = {name: _outside(here / name, root) for name in (*folders, *names)}
            out = {name: target for name, target in leading.items() if target is not None}
            yield from (_refused(here / name, out[name]) for name in folders if name in out)
        for name in names:
            file = here / name
            if part := _part(name, out):
                yield _refused(file, out[part], part)
            elif file.is_file():
                yield file
            elif file.exists() and not name.startswith("."):
                yield UnreadFile(shown(file), "not a regular file")


def link_beside(file: Path) -> UnreadFile | None:
    """Return why a file that a user named is not read: one that belongs to it is a link elsewhere.

    The file itself may be a link.
    """
    root = file.resolve().parent
    try:
        names = [one.name for one in os.scandir(file.parent) if one.is_symlink()]
    except OSError:  # reading the file says what is wrong
        return None
    for name in names:
        own = _stem(name) == _stem(file.name) and name != file.name
        target = _outside(file.parent / name, root) if own else None
        if target is not None:
            return _refused(file, target, name)
    return None


def _outside(path: Path, root: Path) -> Path | None:
    """Return where a link out of a folder leads; None for other files."""
    if not path.is_symlink():
        return None
    target = Path(os.path.realpath(path))
    return None if target.is_relative_to(root) or not target.exists() else target


def _part(name: str, out: dict[str, Path]) -> str:
    """Return the link out of the folder that belongs to a file, if there is one."""
    if name in out:
        return name
    return next((one for one in out if _stem(one) == _stem(name)), "")


def _stem(name: str) -> str:
    """Return what the names of the files of a dictionary have in common."""
    return name.partition(".")[0]


def _refused(file: Path, target: Path, part: str = "") -> UnreadFile:
    link = "it" if part in ("", file.name) else part
    return UnreadFile(shown(file), f"{link} is a link out of the folder, to {target}; {FOLLOW}")


def _unseen(here: Path, folders: list[str], seen: set[tuple[int, int]]) -> Iterator[str]:
    """Yield the folders that were not walked before; a link to one above would never end."""
    for name in folders:
        identity = _identity(here / name)
        if identity not in seen:
            seen.add(identity)
            yield name


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
