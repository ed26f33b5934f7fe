"""Route that reads one entry from the store, with the ETag that an edit states.

It matches every path below `/v1/entries/`, so the application lists it after the others.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from semsearch.core.entries import StoredEntry
from semsearch.core.errors import EntryNotFound
from semsearch.ingest import Editor
from semsearch.server.app_state import state_of
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.error_responses import page_root
from semsearch.server.http.min_revision import RevisionQuery
from semsearch.server.http.openapi import ok, refusals
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.preconditions import etag, is_current
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.redirects import moved, successor_of
from semsearch.server.request_context import VARY, RequestContext
from semsearch.server.routes.parameters import EntryId
from semsearch.server.schemas.entries import WireStoredEntry
from semsearch.server.serialize import stored_entry

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute)


@router.get(
    "/entries/{id:path}",
    operation_id="getEntry",
    summary="Read one entry",
    tags=["entries"],
    response_model=WireStoredEntry,
    responses=ok("The entry.", openapi_examples.STORED_ENTRY)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.ENTRY_NOT_FOUND,
        problem_types.INVALID_REQUEST,
        problem_types.NOT_EDITABLE,
        problem_types.NOT_SHOWN_YET,
    ),
)
def entry(
    id: EntryId,
    _query: Annotated[RevisionQuery, Query()],
    request: Request,
) -> Response:
    """Return one entry by its id or, when no id fits, by its term, an alias or an acronym.

    Its ETag is what an edit of it states as `If-Match`. The id of an entry that was renamed or
    merged answers 308 with the address of its successor.
    """
    context = RequestContext(request)
    editor = state_of(request).editor
    if not editor.has_store:
        return context.respond_with(lambda: stored_entry(context.entry(id), None))
    try:
        stored = _stored(context, editor, caller_of(request), id)
    except EntryNotFound:
        if successor := successor_of(request, id):
            start = page_root(request.scope)
            return moved(f"{start}{API_PREFIX[1:]}/entries/{quote(successor, safe=':')}")
        raise
    tag = etag(editor, stored.revision)
    caching = {"ETag": tag, "Cache-Control": "no-cache", "Vary": VARY, **context.shown}
    if is_current(request, tag):
        return Response(status_code=304, headers=caching)
    content = stored_entry(stored.entry, stored.revision)
    return Response(content, media_type="application/json", headers=caching)


def _stored(
    context: RequestContext, editor: Editor, caller: Caller, id_or_name: str
) -> StoredEntry:
    """Return the present state of an entry. Names are resolved by the index.

    Raises:
        EntryNotFound: no entry that the caller may see has this id or name, or it was deleted
            since.
    """
    exact = editor.find(id_or_name)
    if exact is not None and caller.may_use(exact.entry.glossary):
        return exact
    id_ = context.entry(id_or_name).id
    named = editor.find(id_)
    if named is None:
        raise EntryNotFound("there is no entry with this id or name any more")
    return named
