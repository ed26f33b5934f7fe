"""Which shared store an index folder is a copy of: `SHARED` and `IN_STEP`.

`SHARED` is the setting: while it is there, edits go to the store that it names. The address may
have a password, so only its owner may read it. `IN_STEP` is a note of the copy, which is never
synced: without it everything is compared again.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from semsearch.core.errors import UNREADABLE, IndexDamaged, InvalidSetting
from semsearch.core.index_info import FollowInfo
from semsearch.core.shared_store_errors import IndexShared
from semsearch.storage.files.atomic_files import replace_atomically
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.url_setting import stated_url

_SCHEMES = ("postgresql://", "postgres://")
_FORM = (
    "name it as postgresql://user:password@host:5432/database, with every sign of the password that "
    "is no letter or digit percent-encoded (%40 for @, %2F for /, %25 for %), and = in the value of "
    "a parameter as %3D"
)


_NOT_KNOWN = (
    "so it is not known which store the index belongs to; name it with --store or SEMSEARCH_STORE"
)


@dataclass(frozen=True, slots=True)
class InStep:
    """How far a copy has come."""

    at: float = 0.0
    """When it was in step last, in seconds since 1970; 0 if never."""
    identity: str = ""
    """Of the store."""
    revision: int = 0
    embedded: int = 0
    """Number of the last embedding that it has."""
    database: str = ""
    """Which database numbered them."""
    text: str = ""
    """SHA-256 of the text of the last one; another text has its number if numbers were lost."""
    tables: int = 0
    """Version of the tables that its rows were copied into."""
    problem: str = ""
    """Why it is not in step, or read from no replica, for people; empty if all is well."""

    @property
    def ago_s(self) -> float:
        """Seconds since it was in step."""
        return max(0.0, time.time() - self.at)


def shared_url(layout: IndexLayout) -> str | None:
    """Return the address of the store that an index folder is a copy of, or None.

    Raises:
        IndexDamaged: the setting cannot be read.
    """
    return stated_url(layout.shared, _NOT_KNOWN)


def is_shared(store: str) -> bool:
    """Return whether a text is the address of a store in PostgreSQL."""
    return store.startswith(_SCHEMES)


def address_parts(url: str) -> dict[str, Any]:
    """Return the parameters of the address of a store, as libpq reads it.

    A password with a sign that ends it would become part of the host or the name of the database.
    So what looks like that is refused, and no message quotes anything of the address.

    Raises:
        InvalidSetting: it is no address of a store.
        ImportError: psycopg is not installed.
    """
    import psycopg
    from psycopg import conninfo

    if not is_shared(url):
        raise InvalidSetting(f"the address of the store does not begin with postgresql://; {_FORM}")
    try:
        parts: dict[str, Any] = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        raise InvalidSetting(f"the address of the store cannot be read; {_FORM}") from None
    shown = "".join(str(parts.get(name) or "") for name in ("host", "hostaddr", "dbname"))
    ports = str(parts.get("port") or "").split(",")
    if "@" in shown or not all(port.isdecimal() or not port for port in ports):
        raise InvalidSetting(
            f"the address of the store has a port that is no number, or an @ too many; {_FORM}"
        )
    return parts


def public_address(url: str) -> str:
    """Return the address of a store without user and password, for messages and readers.

    Raises:
        InvalidSetting: it is no address of a store.
    """
    try:
        parts = address_parts(url)
    except ImportError:  # a copy answers without psycopg, too
        return _SCHEMES[0]
    hosts = str(parts.get("host") or parts.get("hostaddr") or "localhost").split(",")
    ports = str(parts.get("port") or "").split(",")
    if len(ports) < len(hosts):  # one for all
        ports *= len(hosts)
    places = [
        (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
        for host, port in zip(hosts, ports, strict=False)
    ]
    database = f"/{parts['dbname']}" if parts.get("dbname") else ""
    return f"{_SCHEMES[0]}{','.join(places)}{database}"


def shared_info(layout: IndexLayout) -> FollowInfo | None:
    """Return which store an index is a copy of, and how it stands; None if it is none.

    Raises:
        IndexDamaged: the setting cannot be read.
        InvalidSetting: it has no address of a store.
    """
    url = shared_url(layout)
    if url is None:
        return None
    known = in_step(layout)
    ago = known.ago_s if known.at else None
    return FollowInfo(public_address(url), known.revision, known.at, ago, known.problem)


def refuse_own_store(layout: IndexLayout) -> None:
    """Refuse to make a copy where an index has a store of its own.

    Raises:
        InvalidSetting: it is so.
    """
    if layout.store.exists() and not layout.shared.exists():
        raise InvalidSetting(
            f"the index in {layout.root} has a store of its own; name another folder with --index, "
            f"or move the index into an empty shared store with `semsearch copy {layout.root} store`"
        )


def write_shared_url(layout: IndexLayout, url: str) -> None:
    """Name the store that an index folder is a copy of, unless it is named already.

    A setting that cannot be read is written anew.

    Raises:
        InvalidSetting: this is no address of a store; nothing is written.
    """
    public_address(url)
    layout.root.mkdir(parents=True, exist_ok=True)
    known = None
    with suppress(IndexDamaged):
        known = shared_url(layout)
    if known != url:
        content = json.dumps({"url": url}).encode()
        replace_atomically(layout.shared, content, mode=0o600)


def refuse_shared(layout: IndexLayout, what: str) -> None:
    """Refuse what is not done to a copy of a shared store.

    Args:
        layout: of the index.
        what: cannot be done, as the message begins.

    Raises:
        IndexShared: it is such a copy.
        IndexDamaged: the setting cannot be read.
    """
    if shared_url(layout) is not None:
        raise IndexShared(
            f"{what}: the index in {layout.root} is a copy of a shared store in PostgreSQL; "
            "docs/shared-store.md says what to do instead"
        )


def note_in_step(layout: IndexLayout, state: InStep) -> None:
    """Note how far a copy has come; a failure to write it is ignored."""
    with suppress(OSError):
        replace_unsynced = layout.in_step.with_name(f".{layout.in_step.name}.new")
        replace_unsynced.write_text(json.dumps(asdict(state)), encoding="utf-8")
        replace_unsynced.replace(layout.in_step)


def in_step(layout: IndexLayout) -> InStep:
    """Return how far a copy has come; nothing is known if the note cannot be read."""
    try:
        noted = json.loads(layout.in_step.read_bytes())
        return InStep(
            float(noted["at"]),
            str(noted["identity"]),
            int(noted["revision"]),
            int(noted["embedded"]),
            str(noted["database"]),
            str(noted["text"]),
            int(noted["tables"]),
            str(noted["problem"]),
        )
    except (OSError, *UNREADABLE):
        return InStep()
