"""Conditions of an edit (RFC 9110, 13): which revision of an entry it was made from."""

from __future__ import annotations

import re

from starlette.requests import Request

from semsearch.ingest import Editor
from semsearch.server.http import problems
from semsearch.server.http.problems import Refused

_TAG = r'(W/)?"([^"]*)"'
_TAGS = re.compile(_TAG)
_LIST = re.compile(rf"\s*{_TAG}\s*(?:,\s*{_TAG}\s*)*")
_REVISION = re.compile(r"[0-9]{1,18}")
IDENTITY_CHARS = 12
"""Of the identity of the store, in front of the revision: another store counts anew."""


def etag(editor: Editor, revision: int) -> str:
    """Return the strong tag of a revision of an entry."""
    return f'"{editor.identity[:IDENTITY_CHARS]}-{revision}"'


def holds(request: Request, tag: str) -> bool:
    """Whether a client that reads has the representation of a tag already."""
    held = ",".join(request.headers.getlist("if-none-match"))
    return tag in (f'"{name}"' for _, name in _TAGS.findall(held))


def expected(request: Request, editor: Editor, id_: str, *, may_be_absent: bool = False) -> int:
    """Return the revision that an entry must have for a request; 0 when it must not be there.

    Args:
        request: that edits it.
        editor: of the index.
        id_: of the entry.
        may_be_absent: whether the request can also be for an entry that is not there, which then needs no
            condition; one that is there meanwhile needs one (`unmet`).

    Raises:
        EntryNotFound: there is no such entry, and has to be.
        Refused: a condition is missing, cannot be read, or is not met.
    """
    match = _stated(request, "if-match")
    none_match = _stated(request, "if-none-match")
    if none_match is not None:
        if none_match != "*" or match is not None or not may_be_absent:
            raise Refused(
                problems.INVALID_REQUEST, "an edit takes If-Match, or If-None-Match: * to add only"
            )
        return 0
    if match is None:
        if may_be_absent:
            return 0
        editor.entry(id_)
        raise Refused(problems.CONDITION_NEEDED, problems.CONDITION_NEEDED.meaning)
    found = _matching(match, editor, id_)
    if found is not None:
        return found
    if (
        not may_be_absent
    ):  # conditions count only where a request could be carried out (RFC 9110, 13.2.1)
        editor.entry(id_)
    raise Refused(problems.CONDITION_FAILED, problems.CONDITION_FAILED.meaning)


def _matching(match: str, editor: Editor, id_: str) -> int | None:
    """Return the revision that is stated, or that of the entry if it is among several; tags of others match nothing."""
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


def unmet(request: Request, expected_revision: int, said: str) -> Refused:
    """Return the refusal of an edit whose entry turned out to be of another revision.

    Args:
        request: that edits it.
        expected_revision: what it was taken to be.
        said: what is the matter.
    """
    if expected_revision == 0 and _stated(request, "if-none-match") is None:
        return Refused(problems.CONDITION_NEEDED, problems.CONDITION_NEEDED.meaning)
    return Refused(problems.CONDITION_FAILED, said)


def _stated(request: Request, name: str) -> str | None:
    """Return a header, joined where it is sent in parts; None without one."""
    parts = request.headers.getlist(name)
    return ",".join(parts).strip() if parts else None
