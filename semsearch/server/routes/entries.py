"""The route that reads one entry, as the store has it, with the tag that an edit of it states.

It takes any address below `/v1/entries/`, so it comes behind all others.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from semsearch.core.entries import StoredEntry
from semsearch.core.errors import EntryNotFound
from semsearch.ingest import Editor
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problems
from semsearch.server.http.edit_requests import in_words
from semsearch.server.http.openapi import ok, refusals
from semsearch.server.http.preconditions import etag, holds
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import Service
from semsearch.server.routes.parameters import EntryId, NoQuery
from semsearch.server.schemas.entries import WireStoredEntry
from semsearch.server.serialize import stored_entry

router = APIRouter(prefix="/v1", route_class=StrictRoute)


@router.get(
    "/entries/{id:path}",
    operation_id="getEntry",
    summary="Read one entry",
    tags=["entries"],
    response_model=WireStoredEntry,
    responses=ok("The entry.", openapi_examples.STORED_ENTRY)
    | refusals(
        problems.MALFORMED_URL,
        problems.ENTRY_NOT_FOUND,
        problems.INVALID_REQUEST,
        problems.NOT_EDITABLE,
    ),
)
def entry(
    id: EntryId,
    _query: Annotated[NoQuery, Query()],
    request: Request,
) -> Response:
    """Return one entry by its id or, when no id fits, by its term, an alias or an acronym.

    Its ETag is what an edit of it states as `If-Match`.
    """
    service = Service(request)
    editor: Editor = request.app.state.editor
    if not editor.has_store:
        if service.is_not_modified:
            return service.not_modified()
        return service.found(stored_entry(service.entry(id), None))
    stored = _stored(service, editor, caller_of(request), id)
    tag = etag(editor, stored.revision)
    caching = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept, Authorization"}
    if holds(request, tag):
        return Response(status_code=304, headers=caching)
    content = stored_entry(stored.entry, stored.revision)
    return Response(content, media_type="application/json", headers=caching)


def _stored(service: Service, editor: Editor, caller: Caller, id_or_name: str) -> StoredEntry:
    """Return the present state of an entry; names are those that the index answers by.

    Raises:
        EntryNotFound: nothing that the caller may see has this id or name, or it has been deleted since.
    """
    with in_words():
        exact = editor.find(id_or_name)
    if exact is not None and caller.may_use(exact.entry.glossary):
        return exact
    id_ = service.entry(id_or_name).id
    with in_words():
        named = editor.find(id_)
    if named is None:
        raise EntryNotFound("there is no entry with this id or name any more")
    return named
