"""Routes of questions, names and related entries.

A route that is a plain function runs in a worker thread, never on the event loop, and serializes
its JSON there too. Coroutines hand questions to `SearchService`, which answers them in batches. A
GET answers 304 without any work if the client already has the answer of this revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from semsearch.ranking.confidence import THRESHOLD
from semsearch.search.answer import SearchRequest
from semsearch.search.index_view import MAX_K
from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.feedback.question_recorder import note_question
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.min_revision import RevisionQuery
from semsearch.server.http.openapi import SHOWN_HEADER, answered, ok, refusals
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.problems import InvalidParam, Refused
from semsearch.server.http.strict_requests import StrictRoute, client_of
from semsearch.server.request_context import RequestContext
from semsearch.server.routes.parameters import (
    GLOSSARY,
    LANGUAGE,
    QUESTION_LENGTH,
    EntryId,
    GlossaryName,
    LanguageName,
    NoQuery,
    checked,
)
from semsearch.server.schemas.answers import WireAnswer, WireSuggestion
from semsearch.server.schemas.base import BodyModel, Listed
from semsearch.server.schemas.glossaries import WireGlossaryInfo
from semsearch.server.schemas.related import WireRelated

MAX_QUESTIONS = 64
"""Most questions in one batch."""

MAX_HITS = 2_000
"""Most hits that a batch may ask for in sum: 64 questions with 31 each. A small request for all of
a large glossary 64 times would be answered with megabytes."""

DEFAULT_LIMIT = 10

_Limit = Annotated[
    int, Field(ge=1, le=MAX_K, description="Entries wanted.", examples=[DEFAULT_LIMIT])
]
_MinConfidence = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        allow_inf_nan=False,
        description='Below this confidence an answer says "no close match". It decides what is '
        "called a match, and never the order.",
        examples=[THRESHOLD],
    ),
]


class SearchQuery(RevisionQuery):
    """Parameters of one question."""

    q: str = Field(
        description="The question: plain language, a term or an acronym.",
        examples=["what stops a network from memorising its data?"],
        json_schema_extra=QUESTION_LENGTH,  # checked, and explained, by `check_question`
    )
    limit: _Limit = DEFAULT_LIMIT
    glossary: GlossaryName | None = GLOSSARY
    lang: LanguageName | None = LANGUAGE
    min_confidence: _MinConfidence = THRESHOLD


class SearchBatch(BodyModel):
    """Several questions."""

    model_config = ConfigDict(extra="forbid", strict=True)

    questions: Listed[Annotated[str, Field(json_schema_extra=QUESTION_LENGTH)]] = Field(
        min_length=1,
        max_length=MAX_QUESTIONS,
        description="The questions, each as `q` of GET.",
        examples=[["what stops a network from memorising its data?", "CNN"]],
    )
    limit: _Limit = DEFAULT_LIMIT
    glossary: GlossaryName | None = GLOSSARY
    lang: LanguageName | None = LANGUAGE
    min_confidence: _MinConfidence = THRESHOLD


class SuggestQuery(RevisionQuery):
    """Parameters of names while one types."""

    q: str = Field(
        description="What has been typed so far.",
        examples=["drop"],
        json_schema_extra=QUESTION_LENGTH,
    )
    limit: _Limit = DEFAULT_LIMIT
    glossary: GlossaryName | None = GLOSSARY
    lang: LanguageName | None = LANGUAGE


class RelatedQuery(RevisionQuery):
    """Parameters of related entries; `limit` holds for each group."""

    limit: _Limit = DEFAULT_LIMIT


router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute)

_REFUSED = refusals(
    problem_types.MALFORMED_URL,
    problem_types.GLOSSARY_NOT_FOUND,
    problem_types.LANGUAGE_NOT_FOUND,
    problem_types.INVALID_QUESTION,
    problem_types.INVALID_REQUEST,
    problem_types.NOT_SHOWN_YET,
)
"""Declarations of the errors of one question."""


@router.get(
    "/search",
    operation_id="search",
    summary="Ask one question",
    tags=["search"],
    response_model=WireAnswer,
    responses=ok("The entries that fit, best first.", openapi_examples.ANSWER) | _REFUSED,
)
async def search(query: Annotated[SearchQuery, Query()], request: Request) -> Response:
    """Answer a question in plain language, a term or an acronym.

    Exact names come first, then other forms of names, names of which the question is a part, and
    matches by meaning and words. `verdict` and `confidence` say how sure the answer is. Below
    `min_confidence` nothing fits: `no_close_match` is true and the hits are only the nearest
    entries.
    """
    question = checked(query.q, parameter="q")
    glossary = caller_of(request).searchable_glossary(query.glossary)
    context = await RequestContext.refreshed(request)
    if context.is_not_modified:
        return context.not_modified()
    search = SearchRequest(question, query.limit, glossary, query.min_confidence, query.lang)
    reply = await state_of(request).search_service.ask(search, client_of(request.scope))
    request.scope["response"].answered(reply.timings)
    note_question(request, search, reply.content, "api")
    return context.passing(reply.content) if reply.is_passing else context.ok(reply.content)


@router.post(
    "/search",
    operation_id="searchBatch",
    summary="Ask up to 64 questions",
    tags=["search"],
    response_model=list[WireAnswer],
    response_description="One answer for each question, in their order.",
    responses=answered([openapi_examples.ANSWER], headers=SHOWN_HEADER)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.MALFORMED_BODY,
        problem_types.GLOSSARY_NOT_FOUND,
        problem_types.LANGUAGE_NOT_FOUND,
        problem_types.TOO_LARGE,
        problem_types.UNSUPPORTED_MEDIA_TYPE,
        problem_types.INVALID_QUESTION,
        problem_types.INVALID_REQUEST,
    ),
)
async def search_batch(
    batch: SearchBatch, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Answer several questions; see GET. The hits asked for are 2,000 at most in sum.

    A batch is answered in parts, between which others are answered. One that is not done after
    30 seconds is refused with 503.
    """
    questions = [
        checked(question, pointer=f"/questions/{i}") for i, question in enumerate(batch.questions)
    ]
    if (wanted := len(questions) * batch.limit) > MAX_HITS:
        detail = f"{wanted:,} hits are asked for in sum; ask for {MAX_HITS:,} at most"
        param = InvalidParam(detail=detail, pointer="/limit")
        raise Refused(problem_types.INVALID_REQUEST, f"limit: {detail}", [param])
    glossary = caller_of(request).searchable_glossary(batch.glossary)
    searches = [
        SearchRequest(q, batch.limit, glossary, batch.min_confidence, batch.lang) for q in questions
    ]
    search_service = state_of(request).search_service
    context = await RequestContext.refreshed(request)
    client = client_of(request.scope)
    async with search_service.answering(searches, client, further=1) as (answers, place):
        for search, answer in zip(searches, answers, strict=True):
            note_question(request, search, answer, "api")
        # megabytes, and all the work there is if the cache has every answer: it takes a turn, too
        content = await search_service.run_heavy(partial(_listed, answers), client, batch=place)
    return Response(content, media_type="application/json", headers=context.shown)


def _listed(answers: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(answers) + b"]"


@router.get(
    "/suggest",
    operation_id="suggest",
    summary="Autocomplete names",
    tags=["search"],
    response_model=list[WireSuggestion],
    responses=ok("Entries by their names, best first.", openapi_examples.SUGGESTIONS) | _REFUSED,
)
def suggest(query: Annotated[SuggestQuery, Query()], request: Request) -> Response:
    """Return entries with a name that equals, is a form of, or begins with the typed text.

    Nothing is embedded, so a search box can ask at every keystroke.
    """
    typed = checked(query.q, parameter="q")
    glossary = caller_of(request).searchable_glossary(query.glossary)
    context = RequestContext(request)
    return context.respond(
        lambda: context.glossary.suggest(
            typed, k=query.limit, glossary=glossary, language=query.lang
        )
    )


@router.get(
    "/entries/{id:path}/related",
    operation_id="relatedEntries",
    summary="Find related entries",
    tags=["entries"],
    description="Return the related entries: what authors wrote and what is computed, never "
    "mixed.\n\n"
    "`see_also`, `mentions` and `mentioned_by` come from links and from names inside definitions. "
    "`similar_meaning`\nis computed, with the two sentences that connect; an entry that is linked "
    "is not repeated in it.",
    response_model=WireRelated,
    responses=ok("The related entries, authored and computed ones apart.", openapi_examples.RELATED)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.ENTRY_NOT_FOUND,
        problem_types.INVALID_REQUEST,
        problem_types.NOT_SHOWN_YET,
    ),
)
def related(
    id: EntryId,
    query: Annotated[RelatedQuery, Query()],
    request: Request,
) -> Response:
    """Return the entries related to one."""
    context = RequestContext(request)
    return context.respond(lambda: context.related(id, query.limit))


@router.get(
    "/glossaries",
    operation_id="listGlossaries",
    summary="List the glossaries",
    tags=["glossaries"],
    response_model=list[WireGlossaryInfo],
    responses=ok("The glossaries of this index, by name.", openapi_examples.GLOSSARIES)
    | refusals(problem_types.MALFORMED_URL, problem_types.INVALID_REQUEST),
)
def glossaries(_query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Return each glossary of the index with the number of its entries."""
    context = RequestContext(request)
    return context.respond(context.glossaries)
