"""Routes of the report of gaps, for holders of a key to edit: as JSON, and as a page."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, Response

from semsearch.core.entries import MARKDOWN
from semsearch.core.errors import InvalidSetting
from semsearch.insights.periods import beginning_of
from semsearch.insights.report import MAX_LISTED
from semsearch.server.app_state import state_of
from semsearch.server.auth.keys import utc_now
from semsearch.server.auth.permissions import caller_of
from semsearch.server.feedback.gap_page import ShownSuggestion, gap_page
from semsearch.server.feedback.gap_reports import questions_file, report_for
from semsearch.server.feedback.open_suggestions import open_suggestions
from semsearch.server.feedback.question_recorder import RECORDS_NOTHING
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import answered, refusals
from semsearch.server.http.paths import API_PREFIX, GAPS_PATH
from semsearch.server.http.preconditions import etag
from semsearch.server.http.problems import InvalidParam, Refused
from semsearch.server.http.strict_requests import StrictRoute, client_of
from semsearch.server.request_context import VARY, RequestContext
from semsearch.server.routes.parameters import QUESTION_LENGTH, GlossaryName, NoQuery
from semsearch.server.schemas.base import BodyModel, StrictModel
from semsearch.server.schemas.gaps import WireGapReport
from semsearch.server.serialize import to_json
from semsearch.storage.feedback import question_log
from semsearch.storage.feedback.inbox import ReaderSuggestion

MAX_IGNORED = 1_000
"""Most questions that are ignored at once."""
MAX_SHOWN = 60
"""Most characters of a question in a message."""

_UNCACHED = {"Cache-Control": "no-store", "Vary": VARY}

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["gaps"])
pages = APIRouter(include_in_schema=False, route_class=StrictRoute)


class GapsQuery(StrictModel):
    """Parameters of the report."""

    since: str | None = Field(
        default=None,
        description="Only questions of the last days (`7d`) or from a date on (`2027-03-01`); all "
        "of them by default.",
        examples=["30d"],
    )


class GapsPageQuery(BaseModel):
    """Parameters of the page, which ignores unknown ones as every page does."""

    since: str = ""


class IgnoredQuestion(BodyModel):
    """A question that shows no gap."""

    question: str = Field(
        description="As the report has it.",
        examples=["which paint is best for a wooden boat?"],
        json_schema_extra=QUESTION_LENGTH,
    )
    glossary: GlossaryName | None = Field(
        default=None, description="The glossary that was asked, null for all.", examples=[None]
    )


class IgnoredQuestions(BodyModel):
    """Questions that show no gap."""

    questions: list[IgnoredQuestion] = Field(min_length=1, max_length=MAX_IGNORED)


@router.get(
    GAPS_PATH.removeprefix(API_PREFIX),
    operation_id="getGaps",
    summary="Report what people ask and do not find",
    response_model=WireGapReport,
    response_description="Gaps, the most frequent first, and what else the questions show.",
    responses=answered(openapi_examples.GAPS)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.INVALID_REQUEST,
        problem_types.BUSY,
        problem_types.NOT_WRITABLE,
        problem_types.NOT_EDITABLE,
        problem_types.NO_ROOM,
    ),
)
async def gaps(query: Annotated[GapsQuery, Query()], request: Request) -> Response:
    """Group recorded questions that are not answered well by meaning.

    They are asked again, so what is answered by now is left out. A key for some glossaries sees
    what was asked of these. Empty unless the service records questions (`serve
    --record-questions`).
    """
    report = await report_for(request, _beginning(query.since))
    return Response(to_json(report), media_type="application/json", headers=_UNCACHED)


@router.post(
    f"{GAPS_PATH.removeprefix(API_PREFIX)}:ignore",
    operation_id="ignoreQuestions",
    summary="Leave questions out of the report",
    status_code=204,
    response_description="They are left out from now on.",
    responses=refusals(
        problem_types.MALFORMED_URL,
        problem_types.MALFORMED_BODY,
        problem_types.NOT_FOUND,
        problem_types.TOO_LARGE,
        problem_types.UNSUPPORTED_MEDIA_TYPE,
        problem_types.INVALID_REQUEST,
        problem_types.BUSY,
        problem_types.NOT_WRITABLE,
        problem_types.NOT_EDITABLE,
        problem_types.NO_ROOM,
    ),
)
def ignore_questions(
    body: IgnoredQuestions, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Leave recorded questions out of all reports, whoever asks them again.

    They are ignored for as long as they are recorded. All of them are, or none if one of them is
    not recorded. 404 where the service records no questions.
    """
    caller = caller_of(request)
    for one in body.questions:
        caller.searchable_glossary(one.glossary)
    if state_of(request).question_recorder is None:
        raise Refused(problem_types.NOT_FOUND, RECORDS_NOTHING)
    pairs = [(one.question, one.glossary or "") for one in body.questions]
    unknown = question_log.ignore(questions_file(request), pairs)
    if unknown:
        raise _not_recorded(pairs, unknown)
    return Response(status_code=204)


def _not_recorded(asked: list[tuple[str, str]], unknown: list[tuple[str, str]]) -> Refused:
    detail = "is not recorded; GET /v1/gaps lists the questions that can be ignored"
    params = [
        InvalidParam(detail=detail, pointer=f"/questions/{asked.index(one)}/question")
        for one in unknown
    ]
    first = unknown[0][0]
    shown = repr(first if len(first) <= MAX_SHOWN else f"{first[:MAX_SHOWN]}…")
    return Refused(problem_types.INVALID_REQUEST, f"the question {shown} {detail}", params)


@pages.get("/gaps")
async def gaps_page(query: Annotated[GapsPageQuery, Query()], request: Request) -> Response:
    """Return the page of the report, on which gaps are closed."""
    report = await report_for(request, _beginning(query.since or None))
    context = await RequestContext.refreshed(request)
    service = state_of(request).search_service
    page = await service.page_workers.run(
        lambda: gap_page(context.site(), report, query.since, _suggestions(request, context)),
        client_of(request.scope),
    )
    return HTMLResponse(page, headers=_UNCACHED)


def _suggestions(request: Request, context: RequestContext) -> list[ShownSuggestion]:
    """Return the latest open suggestions, without those about an entry that is gone."""
    if not context.site().takes_suggestions:
        return []
    shown = (_shown(request, context, one) for one in open_suggestions(request))
    return list(islice((one for one in shown if one is not None), MAX_LISTED))


def _shown(
    request: Request, context: RequestContext, one: ReaderSuggestion
) -> ShownSuggestion | None:
    if not one.entry:
        return ShownSuggestion(one, one.text)
    if context.entry_or_none(one.entry) is None:
        return None
    editor = state_of(request).editor
    stored = editor.find(one.entry)
    if stored is None:
        return None
    tag = etag(editor, stored.revision)
    if markdown := stored.entry.details.markdown:
        return ShownSuggestion(one, markdown, MARKDOWN, tag)
    return ShownSuggestion(one, stored.entry.definition, etag=tag)


def _beginning(since: str | None) -> datetime | None:
    try:
        return beginning_of(since, utc_now()) if since else None
    except InvalidSetting as error:
        param = InvalidParam(detail=str(error), parameter="since")
        raise Refused(problem_types.INVALID_REQUEST, f"since: {error}", [param]) from None
