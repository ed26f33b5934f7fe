"""The routes that edit entries.

An edit says which revision of the entry it was made from, and is answered when it is on the disk. All of them need a
key of scope `edit` (`access`), and who may not use a glossary cannot edit it.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

import pydantic_core
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from semsearch.core.entries import DETAILS, Changed, Details
from semsearch.core.errors import EntryConflict
from semsearch.ingest import Editor, ImportReport
from semsearch.ingest.drafts import Draft, glossary_id
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problems
from semsearch.server.http.edit_requests import StoredReply, conditional, run_edit
from semsearch.server.http.openapi import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    edited,
    failures,
    headers,
)
from semsearch.server.http.preconditions import etag, expected
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import LINES_TYPES, StrictRoute, read_lines
from semsearch.server.routes.parameters import ExactId, NoQuery
from semsearch.server.schemas.entries import WireDeletedEntry, WireStoredEntry
from semsearch.server.schemas.imports import WireImportReport
from semsearch.server.serialize import deleted_entry, stored_entry, to_json

router = APIRouter(prefix="/v1", route_class=StrictRoute, tags=["editing"])

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
        """Return what the entry is to say."""
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
    def _keeps_what_an_entry_needs(self) -> EntryPatch:
        for name in ("term", "definition"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise pydantic_core.PydanticCustomError(
                    "needed", f"an entry has a {name}, which cannot be removed"
                )
        return self

    def changes(self) -> dict[str, Any]:
        """Return the parts that change, those that are removed as an entry without them has them."""
        removed = {"aliases": (), "language": "en", "see_also": ()}
        given = {name: getattr(self, name) for name in self.model_fields_set}
        details = {n: given.pop(n) for n in DETAILS if n in given}
        none = Details()
        return {n: removed[n] if value is None else value for n, value in given.items()} | {
            "details": {n: getattr(none, n) if v is None else _part(v) for n, v in details.items()}
        }


def _part(stated: str | _Names) -> str | tuple[str, ...]:
    return stated if isinstance(stated, str) else tuple(stated)


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
    problems.MALFORMED_BODY,
    problems.TOO_LARGE,
    problems.UNSUPPORTED_MEDIA_TYPE,
    problems.INVALID_ENTRY,
)
_CONDITIONS = (problems.CONDITION_FAILED, problems.CONDITION_NEEDED)


@router.post(
    "/entries",
    operation_id="addEntry",
    summary="Add an entry",
    status_code=201,
    response_model=WireStoredEntry,
    responses=edited(201, "The entry, at the address of `Location`.", openapi_examples.STORED_ENTRY)
    | failures(*_REFUSED, problems.ENTRY_EXISTS),
    openapi_extra=headers(IDEMPOTENCY_KEY),
)
async def add(body: NewEntry, _query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Add an entry behind the others of its glossary; its id is that of an importer."""
    glossary = glossary_id(body.glossary)
    caller_of(request).check(glossary)

    def act(editor: Editor) -> Changed:
        try:
            return editor.add(glossary, body.draft(), id_=body.id)
        except EntryConflict as error:
            raise Refused(problems.ENTRY_EXISTS, str(error)) from None

    return await run_edit(request, _content(body), act, partial(_reply, request, status=201))


@router.put(
    "/entries/{id:path}",
    operation_id="putEntry",
    summary="Replace an entry, or add it under this id",
    response_model=WireStoredEntry,
    responses=edited(200, "The entry as it is now.", openapi_examples.STORED_ENTRY)
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
    _check(request, id)
    is_new = False

    def act(editor: Editor) -> Changed:
        nonlocal is_new
        with conditional(request):
            revision = expected(request, editor, id, may_be_absent=True)
            is_new = revision == 0
            return editor.put(id, body.draft(), expected=revision)

    def reply(changed: Changed) -> StoredReply:
        return _reply(request, changed, status=201 if is_new else 200)

    return await run_edit(request, _content(body), act, reply)


@router.patch(
    "/entries/{id:path}",
    operation_id="changeEntry",
    summary="Change parts of an entry",
    response_model=WireStoredEntry,
    responses=edited(200, "The entry as it is now.", openapi_examples.STORED_ENTRY)
    | failures(*_REFUSED, problems.ENTRY_NOT_FOUND, *_CONDITIONS),
    openapi_extra=headers(IF_MATCH, IDEMPOTENCY_KEY),
)
async def change(
    id: ExactId, body: EntryPatch, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Change what is given; what is not given stays, and null removes (RFC 7396)."""
    _check(request, id)

    def act(editor: Editor) -> Changed:
        with conditional(request):
            revision = expected(request, editor, id)
            return editor.change(id, **body.changes(), expected=revision)

    return await run_edit(request, _content(body), act, partial(_reply, request))


@router.delete(
    "/entries/{id:path}",
    operation_id="deleteEntry",
    summary="Delete an entry",
    response_model=WireDeletedEntry,
    responses=edited(200, "The entry is gone.", openapi_examples.DELETED_ENTRY)
    | failures(problems.INVALID_ENTRY, problems.ENTRY_NOT_FOUND, *_CONDITIONS),
    openapi_extra=headers(IF_MATCH, IDEMPOTENCY_KEY),
)
async def delete(id: ExactId, _query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Delete an entry. Its history stays, and it can be restored."""
    _check(request, id)

    def act(editor: Editor) -> Changed:
        with conditional(request):
            return editor.delete(id, expected=expected(request, editor, id))

    return await run_edit(request, b"", act, partial(_reply, request))


@router.post(
    "/entries/{id:path}/restore",
    operation_id="restoreEntry",
    summary="Make an entry what it was",
    response_model=WireStoredEntry,
    responses=edited(200, "The entry as it is now.", openapi_examples.STORED_ENTRY)
    | failures(*_REFUSED, problems.ENTRY_NOT_FOUND, *_CONDITIONS),
    openapi_extra=headers(IF_MATCH, IDEMPOTENCY_KEY),
)
async def restore(
    id: ExactId, body: RestoredRevision, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Make an entry what it was at a revision. Where it is there, `If-Match` is needed."""
    _check(request, id)

    def act(editor: Editor) -> Changed:
        with conditional(request):
            revision = expected(request, editor, id, may_be_absent=True)
            return editor.restore(id, body.revision, expected=revision)

    return await run_edit(request, _content(body), act, partial(_reply, request))


@router.post(
    "/entries:import",
    operation_id="importEntries",
    summary="Add and change many entries",
    response_model=WireImportReport,
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
    """Take JSON Lines as an importer takes them: objects with `term` and `definition`, one a line.

    A record with the id of an entry, or without one and with its term, gives that entry its content. What can be taken is
    taken, all at once; with `strict` nothing is when one record is refused.
    """
    glossary = glossary_id(query.glossary)
    caller_of(request).check(glossary)
    lines = await read_lines(request)

    def act(editor: Editor) -> ImportReport:
        return editor.take(lines, glossary, dry_run=query.dry_run, strict=query.strict)

    def reply(report: ImportReport) -> StoredReply:
        return StoredReply(200, to_json(report), {})

    return await run_edit(request, lines.encode(), act, reply)


def _check(request: Request, id_: str) -> None:
    """Refuse the id of an entry of a glossary that the key is not for."""
    caller_of(request).check(id_.partition(":")[0])


def _content(body: BaseModel) -> bytes:
    return body.model_dump_json(exclude_unset=True).encode()


def _reply(request: Request, changed: Changed, *, status: int = 200) -> StoredReply:
    """Answer with the new state of an entry, its ETag, and its address when it was added."""
    if changed.entry is None:
        return StoredReply(status, deleted_entry(changed), {})
    stated = {"ETag": etag(request.app.state.editor, changed.revision)}
    if status == 201:
        stated["Location"] = f"/v1/entries/{quote(changed.id, safe=':')}"
    return StoredReply(status, stored_entry(changed.entry, changed.revision), stated)
