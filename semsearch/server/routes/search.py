"""Routes of questions, names and related entries.

A route that is a plain function runs in a worker thread, never on the event loop, and serializes
its JSON there too. Coroutines hand questions to `SearchService`, which answers them in batches. A
GET answers 304 without any work if the client already has the answer of this revision.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from semsearch.ranking.confidence import THRESHOLD
from semsearch.search.answer import SearchRequest
from semsearch.search.index_view import MAX_K
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import answered, ok, refusals
from semsearch.server.http.paths import API_PREFIX
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
from semsearch.server.schemas.base import BodyModel, StrictModel
from semsearch.server.schemas.glossaries import WireGlossaryInfo
from semsearch.server.schemas.related import WireRelated
from semsearch.server.serialize import to_json

MAX_QUESTIONS = 64
"""Most questions in one batch."""

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


class SearchQuery(StrictModel):
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
    """Several questions, embedded together."""

    model_config = ConfigDict(extra="forbid", strict=True)

    questions: list[Annotated[str, Field(json_schema_extra=QUESTION_LENGTH)]] = Field(
        min_length=1,
        max_length=MAX_QUESTIONS,
        description="The questions, each as `q` of GET.",
        examples=[["what stops a network from memorising its data?", "CNN"]],
    )
    limit: _Limit = DEFAULT_LIMIT
    glossary: GlossaryName | None = GLOSSARY
    lang: LanguageName | None = LANGUAGE
    min_confidence: _MinConfidence = THRESHOLD


class SuggestQuery(StrictModel):
    """Parameters of names while one types."""

    q: str = Field(
        description="What has been typed so far.",
        examples=["drop"],
        json_schema_extra=QUESTION_LENGTH,
    )
    limit: _Limit = DEFAULT_LIMIT
    glossary: GlossaryName | None = GLOSSARY
    lang: LanguageName | None = LANGUAGE


class RelatedQuery(StrictModel):
    """Parameters of related entries; `limit` holds for each group."""

    limit: _Limit = DEFAULT_LIMIT


router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute)


@router.get(
    "/search",
    operation_id="search",
    summary="Ask one question",
    tags=["search"],
    response_model=WireAnswer,
    responses=ok("The entries that fit, best first.", openapi_examples.ANSWER)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.GLOSSARY_NOT_FOUND,
        problem_types.LANGUAGE_NOT_FOUND,
        problem_types.INVALID_QUESTION,
        problem_types.INVALID_REQUEST,
    ),
)
async def search(query: Annotated[SearchQuery, Query()], request: Request) -> Response:
    """Answer a question in plain language, a term or an acronym.

    Exact names come first, then other forms of names, then what fits by meaning and words.
    `verdict` and `confidence` say how sure the answer is. Below `min_confidence` nothing fits:
    `no_close_match` is true and the hits are only the nearest entries.
    """
    question = checked(query.q, parameter="q")
    glossary = caller_of(request).searchable_glossary(query.glossary)
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    search = SearchRequest(question, query.limit, glossary, query.min_confidence, query.lang)
    reply = await request.app.state.search_service.ask(search, client_of(request.scope))
    request.scope["timings"] |= reply.timings
    return context.ok(reply.content)


@router.post(
    "/search",
    operation_id="searchBatch",
    summary="Ask up to 64 questions",
    tags=["search"],
    response_model=list[WireAnswer],
    response_description="One answer for each question, in their order.",
    responses=answered([openapi_examples.ANSWER])
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
    """Answer several questions, embedded together; see GET."""
    questions = [
        checked(question, pointer=f"/questions/{i}") for i, question in enumerate(batch.questions)
    ]
    glossary = caller_of(request).searchable_glossary(batch.glossary)
    searches = [
        SearchRequest(q, batch.limit, glossary, batch.min_confidence, batch.lang) for q in questions
    ]
    answers = await request.app.state.search_service.ask_all(searches, client_of(request.scope))
    return Response(b"[" + b",".join(answers) + b"]", media_type="application/json")


@router.get(
    "/suggest",
    operation_id="suggest",
    summary="Autocomplete names",
    tags=["search"],
    response_model=list[WireSuggestion],
    responses=ok("Entries by their names, best first.", openapi_examples.SUGGESTIONS)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.GLOSSARY_NOT_FOUND,
        problem_types.LANGUAGE_NOT_FOUND,
        problem_types.INVALID_QUESTION,
        problem_types.INVALID_REQUEST,
    ),
)
def suggest(query: Annotated[SuggestQuery, Query()], request: Request) -> Response:
    """Return entries with a name that equals, is a form of, or begins with the typed text.

    Nothing is embedded, so a search box can ask at every keystroke.
    """
    typed = checked(query.q, parameter="q")
    glossary = caller_of(request).searchable_glossary(query.glossary)
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    suggestions = context.glossary.suggest(
        typed, k=query.limit, glossary=glossary, language=query.lang
    )
    return context.ok(to_json(suggestions))


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
        problem_types.MALFORMED_URL, problem_types.ENTRY_NOT_FOUND, problem_types.INVALID_REQUEST
    ),
)
def related(
    id: EntryId,
    query: Annotated[RelatedQuery, Query()],
    request: Request,
) -> Response:
    """Return the entries related to one."""
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    return context.ok(to_json(context.related(id, query.limit)))


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
    if context.is_not_modified:
        return context.not_modified()
    return context.ok(to_json(context.glossaries()))
