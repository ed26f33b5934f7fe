"""Which service an index follows, and how far it has come: `FOLLOWS` and `FOLLOWED`.

`FOLLOWS` is the setting: while it is there, the index takes no edits but those of the service it
names. It is written before the index appears, and removed under the lock of the index.
`FOLLOWED` is a note for people, written after each look at the service and never synced; nothing
depends on it.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict

from semsearch.core.errors import UNREADABLE, FollowingStopped, IndexFollows
from semsearch.core.index_info import FollowInfo
from semsearch.storage.files.atomic_files import replace_atomically
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import shared_info
from semsearch.storage.files.url_setting import stated_url

_NOT_KNOWN = (
    "so it is not known which service the index follows; follow it again with `semsearch follow`, "
    "or remove the file to edit the index"
)


def followed_url(layout: IndexLayout) -> str | None:
    """Return the address of the service that an index follows, or None.

    Raises:
        IndexDamaged: the setting cannot be read.
    """
    return stated_url(layout.follows, _NOT_KNOWN)


def refuse_mirror(layout: IndexLayout) -> None:
    """Refuse to change an index that follows a service.

    Raises:
        IndexFollows: it follows one.
        IndexDamaged: the setting cannot be read.
    """
    url = followed_url(layout)
    if url is not None:
        raise IndexFollows(layout.root, url)


def check_follows(layout: IndexLayout, url: str) -> None:
    """Refuse changes of a service to an index that does not follow it.

    Raises:
        FollowingStopped: it follows another one, or none.
        IndexDamaged: the setting cannot be read.
    """
    if followed_url(layout) != url:
        raise FollowingStopped(f"the index in {layout.root} does not follow {url} any more")


def write_followed_url(layout: IndexLayout, url: str) -> None:
    """Make an index a mirror; the caller holds its lock, or nobody uses it yet."""
    replace_atomically(layout.follows, json.dumps({"url": url}).encode())


def forget_followed_url(layout: IndexLayout) -> None:
    """Make a mirror an index of its own; the caller holds its lock."""
    layout.follows.unlink(missing_ok=True)
    layout.followed.unlink(missing_ok=True)


def note_followed(layout: IndexLayout, state: FollowInfo) -> None:
    """Note how a mirror stands; a failure to write it is ignored."""
    temporary = layout.followed.with_name(f".{layout.followed.name}.new")
    with suppress(OSError):
        temporary.write_text(json.dumps(asdict(state)), encoding="utf-8")
        temporary.replace(layout.followed)


def follow_info(layout: IndexLayout) -> FollowInfo | None:
    """Return what an index follows and how it stands, or None if it follows nothing.

    That is a service, or the shared store that it is a copy of.

    Raises:
        IndexDamaged: the setting cannot be read.
    """
    url = followed_url(layout)
    if url is None:
        return shared_info(layout)
    try:
        noted = json.loads(layout.followed.read_bytes())
        at, position = float(noted["in_step_at"]), int(noted["position"])
        ago = max(0.0, time.time() - at) if at else None
        return FollowInfo(url, position, at, ago, str(noted["problem"]))
    except (OSError, *UNREADABLE):
        return FollowInfo(url, 0, 0.0, None, "")
