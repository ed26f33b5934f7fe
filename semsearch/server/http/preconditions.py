"""Preconditions (RFC 9110, 13): whether a copy is current, and which revision was edited."""

from __future__ import annotations

import re

from starlette.requests import Request

from semsearch.ingest import Editor
from semsearch.server.http import problem_types
from semsearch.server.http.problems import Refused

_TAG = r'(W/)?"([^"]*)"'
_TAGS = re.compile(_TAG)
_LIST = re.compile(rf"\s*{_TAG}\s*(?:,\s*{_TAG}\s*)*")
_REVISION = re.compile(r"[0-9]{1,18}")
IDENTITY_CHARS = 12
"""Characters of the store's identity in an ETag, since each store counts its own revisions."""


def position(identity: str, revision: int) -> str:
    """Return a place in the changes of a store."""
    return f"{identity[:IDENTITY_CHARS]}-{revision}"


def etag(editor: Editor, revision: int) -> str:
    """Return the strong tag of a revision of an entry."""
    return f'"{position(editor.identity, revision)}"'


def is_current(request: Request, tag: str) -> bool:
    """Whether the client's stored copy has this tag."""
    stored = _header_value(request, "if-none-match")
    return stored is not None and tag in (f'"{name}"' for _, name in _TAGS.findall(stored))


def expected_revision(
    request: Request, editor: Editor, id_: str, *, may_be_absent: bool = False
) -> int:
    """Return the revision that an entry must have for an edit, 0 if it must not exist.

    Args:
        request: the edit.
        editor: of the index.
        id_: of the entry.
        may_be_absent: whether the edit may add the entry. It then needs no condition, unless the
            entry exists meanwhile (`unmet`).

    Raises:
        EntryNotFound: there is no such entry, and the edit needs one.
        Refused: a condition is missing, malformed or not met.
    """
    match = _header_value(request, "if-match")
    none_match = _header_value(request, "if-none-match")
    if none_match is not None:
        if none_match != "*" or match is not None or not may_be_absent:
            raise Refused(
                problem_types.INVALID_REQUEST,
                "an edit takes If-Match, or If-None-Match: * to add only",
            )
        return 0
    if match is None:
        if may_be_absent:
            return 0
        editor.entry(id_)
        raise Refused(problem_types.CONDITION_NEEDED, problem_types.CONDITION_NEEDED.meaning)
    found = _matching(match, editor, id_)
    if found is not None:
        return found
    if not may_be_absent:  # 404 goes before 412 (RFC 9110, 13.2.1)
        editor.entry(id_)
    raise Refused(problem_types.CONDITION_FAILED, problem_types.CONDITION_FAILED.meaning)


def _matching(match: str, editor: Editor, id_: str) -> int | None:
    """Return the revision that `If-Match` states, or None.

    Of several tags it is that of the entry. Tags of other stores match nothing.
    """
    own = f"{editor.identity[:IDENTITY_CHARS]}-"
    tags = _TAGS.findall(match) if _LIST.fullmatch(match) else []
    names = [name for weak, name in tags if not weak and name.startswith(own)]
    revisions = [int(n) for name in names if _REVISION.fullmatch(n := name.removeprefix(own))]
    if len(revisions) == 1 and revisions[0] > 0:
        return revisions[0]
    present = editor.find(id_)
    if present is not None and (match == "*" or present.revision in revisions):
        return present.revision
    return None


def unmet(request: Request, expected: int, detail: str) -> Refused:
    """Return the refusal of an edit whose entry has another revision than expected.

    Args:
        request: the edit.
        expected: the expected revision.
        detail: what was wrong.
    """
    if expected == 0 and _header_value(request, "if-none-match") is None:
        return Refused(problem_types.CONDITION_NEEDED, problem_types.CONDITION_NEEDED.meaning)
    return Refused(problem_types.CONDITION_FAILED, detail)


def _header_value(request: Request, name: str) -> str | None:
    """Return the value of a header, joined if it is sent several times, or None."""
    parts = request.headers.getlist(name)
    return ",".join(parts).strip() if parts else None
