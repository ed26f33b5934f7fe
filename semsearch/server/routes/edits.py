"""Routes that edit entries.

An edit states the revision of the entry that it was made from. It is answered when the edit is on
disk. All of them need a key of scope `edit` that permits the glossary of the entry.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

import pydantic_core
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from semsearch.core.entries import DETAILS, NO_DETAILS, Changed, Details
from semsearch.core.errors import EntryConflict
from semsearch.ingest import Editor, ImportReport
from semsearch.ingest.drafts import Draft, glossary_id
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.edit_requests import StoredReply, conditional, run_edit
from semsearch.server.http.openapi import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    edited,
    failures,
    headers,
)
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.preconditions import etag, expected_revision
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import LINES_TYPES, StrictRoute, read_lines
from semsearch.server.routes.parameters import ExactId, NoQuery
from semsearch.server.schemas.entries import WireDeletedEntry, WireStoredEntry
from semsearch.server.schemas.imports import WireImportReport
from semsearch.server.serialize import deleted_entry, stored_entry, to_json

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["editing"])

_Names = list[str]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class EntryContent(_Body):
    """All that an entry says; what is left out, it does not say."""

    term: str = Field(examples=["Dropout"])
    definition: str = Field(examples=["Random neurons are ignored during training."])
    aliases: _Names = Field(default=[], examples=[["dropout regularization"]])
    language: str = Field(default="en", examples=["en"])
    see_also: _Names = Field(
        default=[],
        description="Entries it links to, by id or name.",
        examples=[["deep-learning:overfitting"]],
    )

    category: str = Field(default="", examples=["training"])
    notation: str = Field(default="", description="A code of it.", examples=["DL-07"])
    status: str = Field(default="", examples=["approved"])
    examples: _Names = Field(default=[], description="Of its use.", examples=[[]])
    sources: _Names = Field(default=[], description="Of the definition.", examples=[[]])
    broader: _Names = Field(default=[], description="By id or name, as `see_also`.", examples=[[]])
    narrower: _Names = Field(default=[], description="By id or name.", examples=[[]])
    related: _Names = Field(default=[], description="By id or name.", examples=[[]])
    hidden_labels: _Names = Field(
        default=[], description="Names that find it and are not shown.", examples=[[]]
    )
    asked_as: _Names = Field(
        default=[],
        description="Phrases by which people ask for it, at most 64 of 300 characters.",
        examples=[["what stops a network from memorising its data?"]],
    )

    def draft(self) -> Draft:
        """Return the draft of the entry."""
        aliases, see_also = tuple(self.aliases), tuple(self.see_also)
        details = Details.of({name: getattr(self, name) for name in DETAILS})
        return Draft(self.term, self.definition, aliases, self.language, see_also, details)


class NewEntry(EntryContent):
    """An entry to be added."""

    glossary: str = Field(description="Made if it is new.", examples=["deep-learning"])
    id: str | None = Field(
        default=None,
        description="Its id behind the glossary; made of the term by default.",
        examples=["dropout"],
    )


class EntryPatch(_Body):
    """What is to change of an entry (JSON Merge Patch, RFC 7396): null removes a member."""

    term: str | None = Field(default=None, examples=["Dropout"])
    definition: str | None = Field(default=None, examples=["Random neurons are ignored."])
    aliases: _Names | None = Field(default=None, examples=[[]])
    language: str | None = Field(default=None, examples=["en"])
    see_also: _Names | None = Field(default=None, examples=[[]])
    category: str | None = Field(default=None, examples=["training"])
    notation: str | None = Field(default=None, examples=["DL-07"])
    status: str | None = Field(default=None, examples=["approved"])
    examples: _Names | None = Field(default=None, examples=[[]])
    sources: _Names | None = Field(default=None, examples=[[]])
    broader: _Names | None = Field(default=None, examples=[[]])
    narrower: _Names | None = Field(default=None, examples=[[]])
    related: _Names | None = Field(default=None, examples=[[]])
    hidden_labels: _Names | None = Field(default=None, examples=[[]])
    asked_as: _Names | None = Field(default=None, examples=[[]])

    @model_validator(mode="after")
    def _require_term_and_definition(self) -> EntryPatch:
        for name in ("term", "definition"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise pydantic_core.PydanticCustomError(
                    "needed", f"an entry has a {name}, which cannot be removed"
                )
        return self

    def changes(self) -> dict[str, Any]:
        """Return the new values of the given members; null becomes the value of an empty one."""
        if_removed = {"aliases": (), "language": "en", "see_also": ()}
        given = {name: getattr(self, name) for name in self.model_fields_set}
        details = {name: given.pop(name) for name in DETAILS if name in given}
        return {
            **{name: if_removed[name] if v is None else v for name, v in given.items()},
            "details": {
                name: getattr(NO_DETAILS, name) if v is None else _detail(v)
                for name, v in details.items()
            },
        }


def _detail(value: str | _Names) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else tuple(value)


class RestoredRevision(_Body):
    """The version that is wanted."""

    revision: int = Field(
        ge=1, lt=2**63, description="One that the history lists, or any since.", examples=[21]
    )


class ImportQuery(BaseModel):
    """Parameters of an import."""

    model_config = ConfigDict(extra="forbid")

    glossary: str = Field(
        min_length=1, max_length=300, description="Its entries.", examples=["deep-learning"]
    )
    dry_run: bool = Field(
        default=False, description="Only report what would be done.", examples=[True]
    )
    strict: bool = Field(
        default=False, description="Take nothing when a record is refused.", examples=[True]
    )


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
    """Add an entry behind the others of its glossary; its id is that of an importer."""
    glossary = glossary_id(body.glossary)
    caller_of(request).check(glossary)

    def edit(editor: Editor) -> Changed:
        try:
            return editor.add(glossary, body.draft(), id_=body.id)
        except EntryConflict as error:
            raise Refused(problem_types.ENTRY_EXISTS, str(error)) from None

    return await run_edit(request, _content(body), edit, partial(_reply, request, status=201))


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
    """Give an entry this content, all of it. Where it is there, `If-Match` is needed."""

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
    """Change what is given; what is not given stays, and null removes (RFC 7396)."""

    def edit(editor: Editor, expected: int) -> Changed:
        return editor.change(id, **body.changes(), expected=expected)

    return await _edit(request, id, _content(body), edit)


@router.delete(
    "/entries/{id:path}",
    operation_id="deleteEntry",
    summary="Delete an entry",
    response_model=WireDeletedEntry,
    responses=edited(200, "The entry is gone.", openapi_examples.DELETED_ENTRY)
    | failures(problem_types.INVALID_ENTRY, problem_types.ENTRY_NOT_FOUND, *_CONDITIONS),
    openapi_extra=headers(IF_MATCH, IDEMPOTENCY_KEY),
)
async def delete(id: ExactId, _query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Delete an entry. Its history stays, and it can be restored."""

    def edit(editor: Editor, expected: int) -> Changed:
        return editor.delete(id, expected=expected)

    return await _edit(request, id, b"", edit)


@router.post(
    "/entries/{id:path}/restore",
    operation_id="restoreEntry",
    summary="Make an entry what it was",
    **_changes_entry(),
)
async def restore(
    id: ExactId, body: RestoredRevision, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Make an entry what it was at a revision. Where it is there, `If-Match` is needed."""

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
    responses=edited(200, "What became of each record.", openapi_examples.IMPORT_REPORT)
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
        return StoredReply(200, to_json(report), {})

    return await run_edit(request, lines.encode(), edit, reply)


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
    caller_of(request).check(id_.partition(":")[0])
    status = 200

    def edit_if_expected(editor: Editor) -> Changed:
        nonlocal status
        with conditional(request):
            revision = expected_revision(request, editor, id_, may_be_absent=may_be_absent)
            status = 200 if revision else status_if_absent
            return edit(editor, revision)

    def reply(changed: Changed) -> StoredReply:
        return _reply(request, changed, status=status)

    return await run_edit(request, content, edit_if_expected, reply)


def _content(body: BaseModel) -> bytes:
    return body.model_dump_json(exclude_unset=True).encode()


def _reply(request: Request, changed: Changed, *, status: int) -> StoredReply:
    """Return the new state of an entry with its ETag, and with its address if it was added."""
    if changed.entry is None:
        return StoredReply(status, deleted_entry(changed), {})
    reply_headers = {"ETag": etag(request.app.state.editor, changed.revision)}
    if status == 201:
        reply_headers["Location"] = f"{API_PREFIX}/entries/{quote(changed.id, safe=':')}"
    return StoredReply(status, stored_entry(changed.entry, changed.revision), reply_headers)
