"""The folder for what can be made again: unpacked models, exported encoders.

Encoders in it are run. So a folder that others may write to is refused. Windows has neither owners
nor modes in this sense: there the access lists of the user's own profile keep others out.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from semsearch.core.errors import ModelRefused
from semsearch.core.users import user_number

try:
    import grp
    import pwd
except ImportError:  # Windows
    grp = pwd = None  # type: ignore[assignment]

VARIABLE = "SEMSEARCH_CACHE_FOLDER"


def cache_folder() -> Path:
    """Return the folder, which need not exist yet.

    `SEMSEARCH_CACHE_FOLDER`, else `semsearch` in `XDG_CACHE_HOME`, else in `~/.cache`.
    """
    if own := os.environ.get(VARIABLE):
        return Path(own)
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "semsearch"


def trusted_cache_folder() -> Path:
    """Return the folder, with no links in its path, if nobody else can write into it.

    Raises:
        ModelRefused: it belongs to another user, or others may write into it or replace it.
    """
    try:
        folder = cache_folder().resolve()
    except (OSError, RuntimeError) as error:  # a circle of links is a RuntimeError
        raise ModelRefused(f"the cache folder {cache_folder()} cannot be used: {error}") from error
    for place in (folder, *folder.parents):
        try:
            found = place.lstat()
        except OSError:  # it is made later, below one that is there
            continue
        is_sticky = place != folder and found.st_mode & stat.S_ISVTX
        if place == folder and stat.S_ISDIR(found.st_mode):
            _check_owner(place, found)
        if not is_sticky:
            _check_mode(place, found)
    return folder


def check_cached(place: Path) -> None:
    """Check that a file or folder of the cache, and all below it, is ours; nothing is opened.

    Args:
        place: below `trusted_cache_folder`; one that is missing passes.

    Raises:
        ModelRefused: it has a link, FIFO or device, belongs to another user, or others may write
            it.
    """
    for one, found in _below(place):
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            raise ModelRefused(
                f"{one} is neither a file nor a folder, and may lead anywhere; remove it from the "
                "cache, which may be deleted at any time"
            )
        _check_owner(one, found)
        _check_mode(one, found)


def make_cache_folder(folder: Path) -> None:
    """Make a folder of the cache, and those above it, for this user alone.

    Raises:
        OSError: it cannot be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def _below(place: Path) -> Iterator[tuple[Path, os.stat_result]]:
    try:
        found = place.lstat()
    except (FileNotFoundError, NotADirectoryError):  # a file may stand where the cache should be
        return
    yield place, found
    if stat.S_ISDIR(found.st_mode):
        for one in place.iterdir():
            yield from _below(one)


def _check_owner(place: Path, found: os.stat_result) -> None:
    if pwd is not None and found.st_uid not in (user_number(), 0):
        raise ModelRefused(
            f"{place} belongs to another user ({found.st_uid}), who may have put any model into "
            f"this cache; name a folder of your own with {VARIABLE}"
        )


def _check_mode(place: Path, found: os.stat_result) -> None:
    if grp is None:
        return
    is_group_ours = not found.st_mode & stat.S_IWGRP or _is_private(found.st_gid, found.st_uid)
    if found.st_mode & stat.S_IWOTH or not is_group_ours:
        raise ModelRefused(
            f"others may write to {place} (mode {stat.S_IMODE(found.st_mode):04o}), and so put any "
            f"model into this cache; delete the cache and run `chmod go-w {place}`, or name "
            f"another folder with {VARIABLE}"
        )


def _is_private(group: int, owner: int) -> bool:
    """Whether a group is that of one user alone, as many systems make one for each."""
    try:
        found, name = grp.getgrgid(group), pwd.getpwuid(owner).pw_name
    except KeyError:
        return False
    return found.gr_name == name and set(found.gr_mem) <= {name}
