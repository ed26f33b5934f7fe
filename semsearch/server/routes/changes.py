"""The routes that show how entries came to be what they are, and what has been changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from semsearch.core.entries import Changed
from semsearch.core.errors import EntryNotFound
from semsearch.ingest import Editor
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problems
from semsearch.server.http.edit_requests import in_words
from semsearch.server.http.openapi import JsonLines, answered, lines_of, refusals
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.routes.parameters import ExactId, NoQuery
from semsearch.server.schemas.entries import WireChange, WireVersion
from semsearch.server.serialize import to_json

MAX_CHANGES = 10_000
PAGE = 500
"""Changes read at a time, for a caller who may see only some of them."""

router = APIRouter(prefix="/v1", route_class=StrictRoute, tags=["editing"])


class ChangesQuery(BaseModel):
    """Where to go on, and how far."""

    model_config = ConfigDict(extra="forbid")

    since: int = Field(
        ge=0,
        lt=2**63,
        description="The revision of the last change that is known; 0 for everything.",
        examples=[21],
    )
    limit: int = Field(
        default=1000, ge=1, le=MAX_CHANGES, description="Changes wanted.", examples=[1000]
    )


@router.get(
    "/entries/{id:path}/history",
    operation_id="entryHistory",
    summary="Read the versions of an entry",
    response_model=list[WireVersion],
    response_description="The versions, the oldest first.",
    responses=answered([openapi_examples.VERSION])
    | refusals(
        problems.MALFORMED_URL,
        problems.ENTRY_NOT_FOUND,
        problems.INVALID_REQUEST,
        problems.NOT_EDITABLE,
    ),
)
def history(id: ExactId, _query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Return all versions of an entry, also if it has been deleted: when, by whom, and what it was."""
    if not caller_of(request).may_use(id.partition(":")[0]):
        raise EntryNotFound("there is no entry with this id")
    editor: Editor = request.app.state.editor
    with in_words():
        versions = editor.history(id)
    return Response(to_json(versions), media_type="application/json")


@router.get(
    "/changes",
    operation_id="listChanges",
    summary="Follow the changes",
    response_class=JsonLines,
    response_model=WireChange,
    responses=lines_of(
        "What has become of each changed entry, one a line.", openapi_examples.CHANGE
    )
    | refusals(problems.MALFORMED_URL, problems.INVALID_REQUEST, problems.NOT_EDITABLE),
)
def changes(query: Annotated[ChangesQuery, Query()], request: Request) -> Response:
    """Return what has become of each entry that was changed after a revision: its present state, or that it is gone.

    Each line is a JSON object. Ask again with the `revision` of the last one as `since`; an answer without a line says that
    nothing was changed. An entry changed several times is told once, where it was changed last.
    """
    editor: Editor = request.app.state.editor
    with in_words():
        seen = list(islice(_seen(editor, query.since, caller_of(request)), query.limit))
    content = b"".join(to_json(change) + b"\n" for change in seen)
    return JsonLines(content)


def _seen(editor: Editor, since: int, caller: Caller) -> Iterator[Changed]:
    """Yield the changes that a caller may see."""
    while page := editor.changes_since(since, PAGE):
        since = page[-1].revision
        yield from (change for change in page if caller.may_use(change.id.partition(":")[0]))
