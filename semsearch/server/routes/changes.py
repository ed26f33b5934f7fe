"""Routes that read the history of an entry and the changes since a revision."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from semsearch.core.entries import Changed, Feed
from semsearch.ingest import Editor
from semsearch.server.app_state import state_of
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.min_revision import REVISION_HEADER, RevisionQuery
from semsearch.server.http.openapi import FEED_HEADERS, JsonLines, answered, lines_of, refusals
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.preconditions import IDENTITY_CHARS, is_current, position
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.routes.parameters import ExactId, NoQuery
from semsearch.server.schemas.entries import WireChange, WireVersion
from semsearch.server.serialize import to_json

MAX_CHANGES = 10_000
PAGE = 500
"""Changes read at a time. A caller may be permitted to see only some of them."""

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["editing"])


class ChangesQuery(RevisionQuery):
    """Where to go on, and how far."""

    since: str = Field(
        pattern=f"^([0-9a-f]{{{IDENTITY_CHARS}}}-)?[0-9]{{1,18}}$",
        description="The `Semsearch-Position` of the last answer; 0 for everything. A revision alone "
        "is taken too, but does not show that the store was replaced.",
        examples=["0123456789ab-21"],
    )
    limit: int = Field(
        default=1000, ge=1, le=MAX_CHANGES, description="Changes wanted.", examples=[1000]
    )


@router.get(
    "/entries/{id:path}/history",
    operation_id="entryHistory",
    summary="Read the versions of an entry",
    description="Return all versions of an entry, also if it has been deleted: when, by whom, and "
    "what it was.",
    response_model=list[WireVersion],
    response_description="The versions, the oldest first.",
    responses=answered([openapi_examples.VERSION])
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.ENTRY_NOT_FOUND,
        problem_types.INVALID_REQUEST,
        problem_types.NOT_EDITABLE,
    ),
)
def history(id: ExactId, _query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Return the versions of an entry, which may be deleted."""
    caller_of(request).check_visible(id)
    editor = state_of(request).editor
    versions = editor.history(id)
    return Response(to_json(versions), media_type="application/json")


@router.get(
    "/changes",
    operation_id="listChanges",
    summary="Follow the changes",
    description="Return what has become of each entry that was changed after a revision: its "
    "present state, or that it is gone.\n\n"
    "Each line is a JSON object. Ask again with the header `Semsearch-Position` of the answer as "
    "`since`; an answer without a\nline says that nothing was changed, and with the `ETag` of the "
    "last answer as `If-None-Match` that is a 304. An entry changed several "
    "times is told once, where it was changed last. After the\nstore was restored from a backup or "
    "made anew, an earlier position is answered with 410: read everything again.",
    response_class=JsonLines,
    response_model=WireChange,
    responses=lines_of(
        "What has become of each changed entry, one a line.", openapi_examples.CHANGE, FEED_HEADERS
    )
    | {304: {"description": "Nothing has changed since the answer with this ETag."}}
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.POSITION_GONE,
        problem_types.INVALID_REQUEST,
        problem_types.NOT_EDITABLE,
        problem_types.NOT_SHOWN_YET,
    ),
)
def changes(query: Annotated[ChangesQuery, Query()], request: Request) -> Response:
    """Return the present state of each entry that changed after a revision."""
    editor = state_of(request).editor
    store, _, number = query.since.rpartition("-")
    caller = caller_of(request)
    identity, present = editor.position()
    # what a restricted key sees of a revision is no business of other keys
    tag = f'"{position(identity, present)}.{number}"' if not caller.glossaries else ""
    caching = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Authorization"} if tag else {}
    shown = {REVISION_HEADER: str(present)}
    if tag and is_current(request, tag):
        return Response(status_code=304, headers={**caching, **shown})
    feed = _visible(editor, int(number), store, query.limit, caller)
    content = b"".join(to_json(change) + b"\n" for change in feed.changes)
    headers = {
        # not of a page that others follow, nor if edits came in between
        **(caching if feed.is_whole and feed.reached <= present else {}),
        **shown,
        "Semsearch-Position": position(feed.identity, feed.reached),
        "Semsearch-Built": str(feed.built),
        **({"Semsearch-Feed": "partial"} if caller.glossaries else {}),
    }
    return JsonLines(content, headers=headers)


def _visible(editor: Editor, since: int, store: str, limit: int, caller: Caller) -> Feed:
    """Return the changes of glossaries that the caller may use."""
    found: list[Changed] = []
    while True:
        feed = editor.feed(since, PAGE, of_store=store)
        for change in feed.changes:
            if caller.may_see(change.id):
                found.append(change)
                if len(found) == limit:
                    reached = change.revision
                    return replace(feed, changes=tuple(found), reached=reached, is_whole=False)
        if feed.is_whole:
            return replace(feed, changes=tuple(found))
        since = feed.reached
