"""Routes of the inbox: readers suggest a missing term or a change, owners decide.

They answer 404 unless the service takes suggestions (`serve --suggestions`).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, Response

from semsearch.core.errors import EntryNotFound, InvalidSetting, TooManySuggestions
from semsearch.importers.clean_text import clean_name, clean_text
from semsearch.server.app_state import state_of
from semsearch.server.auth.keys import Caller, utc_now
from semsearch.server.auth.permissions import caller_of
from semsearch.server.auth.rate_limits import exceeded
from semsearch.server.feedback.open_suggestions import check_taken, inbox_file, open_suggestions
from semsearch.server.feedback.suggestion_decisions import accept_by_edit, decide_in_turn
from semsearch.server.feedback.suggestion_senders import sender_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import (
    EDITED_HEADER,
    IF_MATCH,
    answered,
    failures,
    headers,
    refusals,
)
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.problems import InvalidParam, Refused
from semsearch.server.http.strict_requests import StrictRoute, client_of
from semsearch.server.queueing.batching import Client
from semsearch.server.request_context import VARY, RequestContext
from semsearch.server.routes.parameters import NoQuery
from semsearch.server.schemas.inbox import Decision, InboxQuery, NewSuggestion, WireInboxItem
from semsearch.server.serialize import to_json
from semsearch.storage.feedback import inbox
from semsearch.storage.feedback.inbox import ReaderSuggestion
from semsearch.text.questions import is_blank
from semsearch.web import render

_UNCACHED = {"Cache-Control": "no-store", "Vary": VARY}
_STORE = (
    problem_types.BUSY,
    problem_types.NOT_WRITABLE,
    problem_types.NOT_EDITABLE,
    problem_types.NO_ROOM,
)
_BODY = (
    problem_types.MALFORMED_BODY,
    problem_types.TOO_LARGE,
    problem_types.UNSUPPORTED_MEDIA_TYPE,
)

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["inbox"])
pages = APIRouter(include_in_schema=False, route_class=StrictRoute)

InboxId = Annotated[
    str, Path(description="The id of a suggestion.", examples=["0a1b2c3d4e5f60718293a4b5c6d7e8f9"])
]


@router.post(
    "/inbox",
    operation_id="suggestToOwner",
    summary="Suggest a missing term or a change",
    status_code=201,
    response_model=WireInboxItem,
    response_description="The suggestion. Its id leads to what becomes of it.",
    responses=answered(openapi_examples.INBOX_ITEM, 201)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.NOT_FOUND,
        problem_types.ENTRY_NOT_FOUND,
        problem_types.GLOSSARY_NOT_FOUND,
        problem_types.INVALID_REQUEST,
        *_BODY,
        *_STORE,
    ),
)
async def suggest_to_owner(
    body: NewSuggestion, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Suggest something to whoever keeps the glossary.

    Five are taken an hour from a key, or without one from an address, and 20 from a network.
    Nothing says who suggested it. 404 where the service takes no suggestions.
    """
    check_taken(request)
    client = client_of(request.scope)
    service = state_of(request).search_service
    made = await service.page_workers.run(lambda: _suggest(request, body, client), client)
    return Response(to_json(made), 201, media_type="application/json", headers=_UNCACHED)


def _suggest(request: Request, body: NewSuggestion, client: Client) -> ReaderSuggestion:
    context = RequestContext(request)
    text = clean_text(body.text)
    if body.entry is not None:
        entry = context.entry(body.entry)
        glossary, term, id_ = entry.glossary, entry.term, entry.id
    else:
        glossary, term, id_ = body.glossary or "", clean_name(body.term or ""), ""
        if glossary not in [info.name for info in context.glossaries()]:
            raise Refused(problem_types.GLOSSARY_NOT_FOUND, "there is no glossary of this name")
        if is_blank(term):
            raise _invalid("the term has no letter, digit or sign; name what is missing", "/term")
    if is_blank(text):
        raise _invalid("the text has no letter, digit or sign; say what it means", "/text")
    try:
        made = inbox.suggest(
            inbox_file(request),
            glossary,
            term,
            text,
            utc_now(),
            id_,
            sender=sender_of(client.party, caller_of(request)),
        )
    except TooManySuggestions as error:
        raise exceeded(error.retry_after_s, str(error)) from None
    if made is None:
        raise Refused(
            problem_types.NO_ROOM,
            "too many suggestions wait for a decision already; try again later",
        )
    return made


@router.get(
    "/inbox",
    operation_id="listSuggestions",
    summary="List what readers suggest",
    response_model=list[WireInboxItem],
    response_description="The suggestions, the latest first.",
    responses=answered([openapi_examples.INBOX_ITEM])
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.NOT_FOUND,
        problem_types.INVALID_REQUEST,
        *_STORE,
    ),
)
def list_suggestions(query: Annotated[InboxQuery, Query()], request: Request) -> Response:
    """List the suggestions for the glossaries of the key, open ones by default."""
    found = open_suggestions(request, query.state)
    return Response(to_json(found), media_type="application/json", headers=_UNCACHED)


@router.post(
    "/inbox/{id}/decision",
    operation_id="decideSuggestion",
    summary="Accept or refuse a suggestion",
    response_model=WireInboxItem,
    response_description="The suggestion as it is now.",
    responses=answered(openapi_examples.INBOX_ITEM, headers=EDITED_HEADER)
    | failures(
        problem_types.NOT_FOUND,
        problem_types.ENTRY_NOT_FOUND,
        problem_types.CONDITION_FAILED,
        problem_types.CONDITION_NEEDED,
        problem_types.INVALID_ENTRY,
        *_BODY,
    ),
    openapi_extra=headers(IF_MATCH),
)
async def decide_suggestion(
    id: InboxId, body: Decision, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Decide on a suggestion. Accepting edits its entry if `add` or `change` is given.

    Edit and decision are made once, whoever sends them: the first one counts. `change` needs
    `If-Match`. Refusing needs a reason, which whoever suggested it may read. The same decision of
    the same key may be sent again, which changes nothing.
    """
    caller = caller_of(request)
    workers = state_of(request).search_service.page_workers
    found = await workers.run(lambda: _found(request, id, caller), client_of(request.scope))
    caller.check(found.glossary)
    if body.add is not None or body.change is not None:
        return await accept_by_edit(request, found, body, _UNCACHED)
    try:
        decided = await decide_in_turn(request, found, body)
    except InvalidSetting as error:
        raise _invalid(str(error), "/reason") from None
    return Response(decided, media_type="application/json", headers=_UNCACHED)


@pages.get("/suggestion/{id}")
def suggestion_page(id: InboxId, request: Request) -> Response:
    """Return the page that says what became of a suggestion."""
    found = _found(request, id, caller_of(request))
    context = RequestContext(request)
    try:
        entry = context.entry(found.entry) if found.entry else None
    except EntryNotFound:
        entry = None
    page = render("suggestion", context.site(), suggestion=found, entry=entry)
    return HTMLResponse(page, headers=_UNCACHED)


def _found(request: Request, id_: str, caller: Caller) -> ReaderSuggestion:
    """Return a suggestion that the caller may see.

    Raises:
        Refused: there is none.
    """
    check_taken(request)
    found = inbox.find(inbox_file(request), id_)
    if found is None or not caller.may_use(found.glossary):
        raise Refused(problem_types.NOT_FOUND, "there is no suggestion with this id")
    return found


def _invalid(detail: str, pointer: str) -> Refused:
    param = InvalidParam(detail=detail, pointer=pointer)
    return Refused(problem_types.INVALID_REQUEST, detail, [param])
