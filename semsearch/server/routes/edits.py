"""Routes that edit entries.

An edit states the revision of the entry that it was made from. It is answered when the edit is on
disk. All of them need a key of scope `edit` that permits the glossary of the entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from semsearch.core.entries import Changed, glossary_of
from semsearch.core.errors import EntryConflict
from semsearch.ingest import Editor, ImportReport, Outcome
from semsearch.ingest.drafts import glossary_id
from semsearch.server.app_state import state_of
from semsearch.server.auth.edit_quotas import EditSize
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.edit_requests import StoredReply, conditional, run_edit
from semsearch.server.http.min_revision import REVISION_HEADER
from semsearch.server.http.openapi import (
    EDITED_HEADER,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    SHOWN_HEADER,
    answered,
    edited,
    failures,
    headers,
)
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.preconditions import etag, expected_revision
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import LINES_TYPES, StrictRoute, read_lines
from semsearch.server.routes.parameters import ExactId, NoQuery
from semsearch.server.schemas.edits import (
    DeletionQuery,
    EntryContent,
    EntryPatch,
    ImportQuery,
    NewEntry,
    RestoredRevision,
)
from semsearch.server.schemas.entries import WireDeletedEntry, WireStoredEntry
from semsearch.server.schemas.imports import WireImportReport
from semsearch.server.serialize import deleted_entry, stored_entry, to_json

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["editing"])

_REFUSED = (
    problem_types.MALFORMED_BODY,
    problem_types.TOO_LARGE,
    problem_types.UNSUPPORTED_MEDIA_TYPE,
    problem_types.INVALID_ENTRY,
)
_CONDITIONS = (problem_types.CONDITION_FAILED, problem_types.CONDITION_NEEDED)


def _entry_now() -> dict[int | str, dict[str, Any]]:
    return edited(200, "The entry as it is now.", openapi_examples.STORED_ENTRY)


def _changes_entry() -> dict[str, Any]:
    """Return the declarations of a route that changes an existing entry."""
    return {
        "response_model": WireStoredEntry,
        "responses": _entry_now()
        | failures(*_REFUSED, problem_types.ENTRY_NOT_FOUND, *_CONDITIONS),
        "openapi_extra": headers(IF_MATCH, IDEMPOTENCY_KEY),
    }


@router.post(
    "/entries",
    operation_id="addEntry",
    summary="Add an entry",
    status_code=201,
    response_model=WireStoredEntry,
    responses=edited(201, "The entry, at the address of `Location`.", openapi_examples.STORED_ENTRY)
    | failures(*_REFUSED, problem_types.ENTRY_EXISTS),
    openapi_extra=headers(IDEMPOTENCY_KEY),
)
async def add(body: NewEntry, _query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Add an entry at the end of its glossary; its id is made as an importer would make it."""
    glossary = glossary_id(body.glossary)
    caller_of(request).check(glossary)

    def edit(editor: Editor) -> Changed:
        try:
            return editor.add(glossary, body.draft(), id_=body.id)
        except EntryConflict as error:
            raise Refused(problem_types.ENTRY_EXISTS, str(error)) from None

    content = _content(body)
    size = EditSize(entries=1, bytes=len(content))
    return await run_edit(
        request, content, edit, partial(_reply, request, status=201), lambda _: size
    )


@router.put(
    "/entries/{id:path}",
    operation_id="putEntry",
    summary="Replace an entry, or add it under this id",
    response_model=WireStoredEntry,
    responses=_entry_now()
    | {
        201: {
            "model": WireStoredEntry,
            **edited(201, "The entry was added.", openapi_examples.STORED_ENTRY)[201],
        }
    }
    | failures(*_REFUSED, *_CONDITIONS),
    openapi_extra=headers(IF_MATCH, IF_NONE_MATCH, IDEMPOTENCY_KEY),
)
async def put(
    id: ExactId, body: EntryContent, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Set the complete content of an entry. `If-Match` is required if the entry exists."""

    def edit(editor: Editor, expected: int) -> Changed:
        return editor.put(id, body.draft(), expected=expected)

    return await _edit(request, id, _content(body), edit, may_be_absent=True, status_if_absent=201)


@router.patch(
    "/entries/{id:path}",
    operation_id="changeEntry",
    summary="Change parts of an entry",
    **_changes_entry(),
)
async def change(
    id: ExactId, body: EntryPatch, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Change the given members; omitted members stay, and null removes one (RFC 7396)."""

    def edit(editor: Editor, expected: int) -> Changed:
        return editor.change(id, **body.changes(), expected=expected)

    return await _edit(request, id, _content(body), edit)


@router.delete(
    "/entries/{id:path}",
    operation_id="deleteEntry",
    summary="Delete an entry",
    response_model=WireDeletedEntry,
    responses=answered(
        openapi_examples.DELETED_ENTRY, description="The entry is gone.", headers=SHOWN_HEADER
    )
    | failures(problem_types.INVALID_ENTRY, problem_types.ENTRY_NOT_FOUND, *_CONDITIONS),
    openapi_extra=headers(IF_MATCH, IDEMPOTENCY_KEY),
)
async def delete(
    id: ExactId, query: Annotated[DeletionQuery, Query()], request: Request
) -> Response:
    """Delete an entry. Its history stays, and it can be restored.

    With `successor` its address leads to that entry from now on.
    """

    def edit(editor: Editor, expected: int) -> Changed:
        return editor.delete(id, expected=expected, successor=query.successor)

    return await _edit(request, id, b"", edit)


@router.post(
    "/entries/{id:path}/restore",
    operation_id="restoreEntry",
    summary="Restore an entry to an earlier revision",
    **_changes_entry(),
)
async def restore(
    id: ExactId, body: RestoredRevision, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Restore an entry as of a revision. `If-Match` is required if the entry exists."""

    def edit(editor: Editor, expected: int) -> Changed:
        return editor.restore(id, body.revision, expected=expected)

    return await _edit(request, id, _content(body), edit, may_be_absent=True)


@router.post(
    "/entries:import",
    operation_id="importEntries",
    summary="Add and change many entries",
    response_model=WireImportReport,
    description="Take JSON Lines as an importer takes them: objects with `term` and `definition`, "
    "one a line.\n\n"
    "A record with the id of an entry, or without one and with its term, gives that entry its "
    "content. What can be taken is\ntaken, all at once; with `strict` nothing is when one record "
    "is refused.",
    responses=answered(
        openapi_examples.IMPORT_REPORT,
        description="What became of each record.",
        headers=EDITED_HEADER,
    )
    | failures(*_REFUSED),
    openapi_extra={
        **headers(IDEMPOTENCY_KEY),
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string"}} for kind in LINES_TYPES},
        },
    },
)
async def import_records(query: Annotated[ImportQuery, Query()], request: Request) -> Response:
    """Import JSON Lines: each record adds an entry or changes the one with its id or term."""
    glossary = glossary_id(query.glossary)
    caller_of(request).check(glossary)
    lines = await read_lines(request)

    def edit(editor: Editor) -> ImportReport:
        return editor.take(lines, glossary, dry_run=query.dry_run, strict=query.strict)

    def reply(report: ImportReport) -> StoredReply:
        last = max((one.revision or 0 for one in report.records), default=0)
        return StoredReply(200, to_json(report), {REVISION_HEADER: str(last)} if last else {})

    content = lines.encode()

    def size(editor: Editor) -> EditSize:
        if query.dry_run:
            return EditSize(0)
        planned = editor.take(lines, glossary, dry_run=True, strict=query.strict)
        counts = Counter(record.outcome for record in planned.records)
        added, changed = counts[Outcome.ADDED], counts[Outcome.CHANGED]
        return EditSize(added + changed, added, len(content))

    return await run_edit(request, content, edit, reply, size)


async def _edit(
    request: Request,
    id_: str,
    content: bytes,
    edit: Callable[[Editor, int], Changed],
    *,
    may_be_absent: bool = False,
    status_if_absent: int = 200,
) -> Response:
    """Make an edit of one entry under the conditions of its request.

    Args:
        request: the request.
        id_: of the entry.
        content: of the body.
        edit: makes the edit, given the revision that the entry must have.
        may_be_absent: whether the entry need not exist.
        status_if_absent: the status of the answer if the entry did not exist.
    """
    caller_of(request).check(glossary_of(id_))
    status = 200

    def edit_if_expected(editor: Editor) -> Changed:
        nonlocal status
        with conditional(request):
            revision = expected_revision(request, editor, id_, may_be_absent=may_be_absent)
            status = 200 if revision else status_if_absent
            return edit(editor, revision)

    def reply(changed: Changed) -> StoredReply:
        return _reply(request, changed, status=status)

    def size(editor: Editor) -> EditSize:
        is_new = may_be_absent and editor.find(id_) is None
        return EditSize(entries=int(is_new), bytes=len(content))

    return await run_edit(request, content, edit_if_expected, reply, size)


def _content(body: BaseModel) -> bytes:
    return body.model_dump_json(exclude_unset=True).encode()


def _reply(request: Request, changed: Changed, *, status: int) -> StoredReply:
    """Return the new state of an entry with its ETag, and with its address if it was added."""
    shown = {REVISION_HEADER: str(changed.revision)}
    if changed.entry is None:
        return StoredReply(status, deleted_entry(changed), shown)
    reply_headers = {"ETag": etag(state_of(request).editor, changed.revision), **shown}
    if status == 201:
        reply_headers["Location"] = f"{API_PREFIX}/entries/{quote(changed.id, safe=':')}"
    return StoredReply(status, stored_entry(changed.entry, changed.revision), reply_headers)
