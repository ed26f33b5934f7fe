"""The route by which the search page says that a hit was opened, if questions are recorded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.feedback.question_recorder import PAGE_LOAD, RECORDS_NOTHING
from semsearch.server.http import problem_types
from semsearch.server.http.openapi import refusals
from semsearch.server.http.paths import API_PREFIX, OPENED_PATH
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.routes.parameters import QUESTION_LENGTH, GlossaryName, NoQuery, checked
from semsearch.server.schemas.base import BodyModel

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["search"])

MAX_ID_CHARS = 1_000


class OpenedBody(BodyModel):
    """A hit that was opened."""

    question: str = Field(
        description="The question that was asked.",
        examples=["what stops a network from memorising its data?"],
        json_schema_extra=QUESTION_LENGTH,
    )
    id: str = Field(
        min_length=1,
        max_length=MAX_ID_CHARS,
        description="The id of the hit.",
        examples=["deep-learning:dropout"],
    )
    glossary: GlossaryName | None = Field(
        default=None, description="The glossary that was asked, null for all.", examples=[None]
    )


@router.post(
    OPENED_PATH.removeprefix(API_PREFIX),
    operation_id="hitOpened",
    summary="Say that a hit was opened",
    status_code=204,
    response_description="It is noted.",
    responses=refusals(
        problem_types.MALFORMED_URL,
        problem_types.MALFORMED_BODY,
        problem_types.NOT_FOUND,
        problem_types.TOO_LARGE,
        problem_types.UNSUPPORTED_MEDIA_TYPE,
        problem_types.INVALID_QUESTION,
        problem_types.INVALID_REQUEST,
    ),
)
async def opened(
    body: OpenedBody, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Note that the reader of an answer has opened a hit, for the report of gaps.

    It counts if the search page asked this question within the hour and the hit was in its answer.
    Nothing says who opened it. 404 where the service records no questions.
    """
    question = checked(body.question, pointer="/question")
    glossary = caller_of(request).searchable_glossary(body.glossary)
    recorder = state_of(request).question_recorder
    if recorder is None:
        raise Refused(problem_types.NOT_FOUND, RECORDS_NOTHING)
    recorder.opened(question, glossary, body.id, request.headers.get(PAGE_LOAD, ""))
    return Response(status_code=204)
