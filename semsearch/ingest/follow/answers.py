"""Reads the answers of the followed service, which anybody may have written.

Types, lengths and ids are checked; paths never come from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from semsearch.core.entries import (
    DETAILS,
    EXTRA,
    LIST_DETAILS,
    NO_DETAILS,
    Changed,
    Details,
    Entry,
    EntryPlace,
    Source,
    glossary_of,
)
from semsearch.core.errors import UNREADABLE, InvalidEntry, SourceRefused
from semsearch.ingest.follow.entry_checks import check_entry, is_id
from semsearch.ingest.follow.redaction import MAX_SAID, Redaction

MAX_LINE_BYTES = 4 << 20
"""Most bytes of one line; an entry of the largest size that imports take has a tenth of it."""
MAX_ID_CHARS = 2_000
MAX_LIST = 10_000
"""Most texts of one member."""
MAX_REVISION = 10**18

PLAIN = Redaction()
"""Quotes a service that was given no key."""

_POSITION = re.compile(r"([0-9a-f]{12})-([0-9]{1,18})")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FeedPage:
    """An answer of the feed: changes in order, and the position behind them."""

    changes: tuple[Changed, ...]
    identity: str
    """The beginning of the identity of the store."""
    reached: int
    built: int
    """The revision of the last build."""
    etag: str
    size: int
    """Bytes of the answer."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a service says of itself."""

    fingerprint: str
    """Of its encoder."""
    model: str
    """Its name, as messages quote it."""
    presentation: str
    """Differs between titles, colours and logos."""
    common_questions: str
    """Hash of the common questions that its entries have; empty if they have none."""


def page_of(
    headers: Mapping[str, str], content: bytes, most: int, redaction: Redaction = PLAIN
) -> FeedPage:
    """Return a page of the feed.

    Args:
        headers: of the answer, by name in lower case.
        content: of the answer.
        most: the number of changes that were asked for.
        redaction: quotes what is refused.

    Raises:
        SourceRefused: it is no page of a feed.
    """
    with_place = _POSITION.fullmatch(headers.get("semsearch-position", ""))
    built = headers.get("semsearch-built", "")
    lines = content.splitlines()
    if with_place is None or not re.fullmatch("[0-9]{1,18}", built) or len(lines) > most:
        raise _strange("it is no page of a feed of changes")
    changes = tuple(_change(line, redaction) for line in lines)
    reached, etag = int(with_place[2]), headers.get("etag", "")
    return FeedPage(changes, with_place[1], reached, int(built), etag, len(content))


def places_of(content: bytes, redaction: Redaction = PLAIN) -> list[EntryPlace]:
    """Return the places of a list of them.

    Raises:
        SourceRefused: it is no such list.
    """
    return [_place(line, redaction) for line in content.splitlines()]


def info_of_service(content: bytes, redaction: Redaction = PLAIN) -> SourceInfo:
    """Return what a service says of itself.

    Raises:
        SourceRefused: it says something else.
    """
    members = _object(content, redaction)
    try:
        return SourceInfo(
            _text(members["fingerprint"]),
            redaction.quote(_text(members["model"]), MAX_SAID),
            _text(members["presentation"]),
            _text(members["common_questions"]),
        )
    except UNREADABLE as error:
        raise _strange("it lacks what a service says of itself") from error


def _place(line: bytes, redaction: Redaction) -> EntryPlace:
    members = _object(line, redaction)
    try:
        position = members["position"]
        return EntryPlace(
            _id(members["id"]),
            None if position is None else _number(position),
            _flag(members["is_live"]),
        )
    except UNREADABLE as error:
        raise _strange(f"{redaction.quote(line)!r} is no place of an entry") from error


def _change(line: bytes, redaction: Redaction) -> Changed:
    members = _object(line, redaction)
    try:
        revision = _number(members["revision"])
        is_live = _flag(members.get("is_live", False))
        if "purged" in members:
            digest, glossary = members["purged"], _text(members["glossary"])
            if not _DIGEST.fullmatch(digest):
                raise ValueError
            _id(f"{glossary}:x")
            return Changed(f"{glossary}:", None, revision, digest)
        id_ = _id(members["id"])
        if members["entry"] is None:
            stated = members.get("successor")
            successor = _id(stated) if stated is not None else ""
            if successor and (successor == id_ or glossary_of(successor) != glossary_of(id_)):
                raise ValueError
            return Changed(id_, None, revision, is_live=is_live, successor=successor)
        entry = _entry(members["entry"])
        if entry.id != id_:
            raise ValueError
        position = _number(members["position"])
    except UNREADABLE as error:
        raise _strange(f"{redaction.quote(line)!r} is no change of an entry") from error
    try:
        check_entry(entry)
    except InvalidEntry as error:
        raise _invalid(entry, error, redaction) from error
    return Changed(id_, entry, revision, position=position, is_live=is_live)


def _entry(members: Mapping[str, Any]) -> Entry:
    id_, source = _id(members["id"]), members["source"]
    glossary = _text(members["glossary"])
    if glossary != glossary_of(id_):
        raise ValueError
    stated = {name: members[name] for name in DETAILS if name in members}
    return Entry(
        id=id_,
        term=_text(members["term"]),
        definition=_text(members["definition"]),
        glossary=glossary,
        aliases=_texts(members["aliases"]),
        language=_text(members["language"]),
        source=None
        if source is None
        else Source(_text(source["file"]), _number(source["line"])).public,
        see_also=_texts(members["see_also"]),
        details=_details(stated) if stated else NO_DETAILS,
    )


def _details(stated: Mapping[str, Any]) -> Details:
    values: dict[str, Any] = {}
    for name, value in stated.items():
        if name == EXTRA:
            values[name] = {_text(field): _text(text) for field, text in value.items()}
        else:
            values[name] = _texts(value) if name in LIST_DETAILS else _text(value)
    return Details.of(values)


def _object(content: bytes, redaction: Redaction) -> Mapping[str, Any]:
    """Return a JSON object, which is neither longer nor nested deeper than it may be."""
    if len(content) > MAX_LINE_BYTES:
        raise _strange(f"a line has {len(content):,} bytes")
    try:
        members = json.loads(content)
    except UNREADABLE as error:  # a depth of a thousand is one of them
        raise _strange(f"{redaction.quote(content)!r} is no JSON") from error
    if not isinstance(members, dict):
        raise _strange(f"{redaction.quote(content)!r} is no object")
    return members


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # raises for half a surrogate, which no database holds
    return value


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or len(values) > MAX_LIST:
        raise TypeError
    return tuple(map(_text, values))


def _id(value: object) -> str:
    id_ = _text(value)
    if not is_id(id_) or len(id_) > MAX_ID_CHARS:
        raise ValueError
    return id_


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MAX_REVISION:
        raise ValueError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _invalid(entry: Entry, error: InvalidEntry, redaction: Redaction) -> SourceRefused:
    # the reason quotes texts that are cut, and half a key would not be found in it
    has_key = redaction.key is not None and redaction.key in repr(entry)
    reason = "" if has_key else f": {redaction.quote(str(error), MAX_SAID)}"
    return SourceRefused(
        f"the followed service has an entry that imports refuse, {redaction.quote(entry.id)!r}"
        f"{reason}; correct or delete it there, and run this again"
    )


def _strange(reason: str) -> SourceRefused:
    return SourceRefused(
        f"the followed service answers with something else than this version expects: {reason}; "
        "give both the same version of semsearch"
    )
