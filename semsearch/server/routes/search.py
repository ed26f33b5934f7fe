"""The routes of questions, names and related entries.

A route that is a plain function is called in a thread, never on the event loop; the JSON is written there
too. Questions are handed to the threads by `asking`, which answers them together. A GET answers 304 without
doing the work when the client already holds the answer of this index.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from semsearch.ranking.confidence import THRESHOLD
from semsearch.search.answer import SearchRequest
from semsearch.search.glossary import MAX_K
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problems
from semsearch.server.http.openapi import answered, ok, refusals
from semsearch.server.http.strict_requests import StrictRoute, client_of
from semsearch.server.request_context import Service
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
from semsearch.server.schemas.glossaries import WireGlossaryInfo
from semsearch.server.schemas.related import WireRelated
from semsearch.server.serialize import to_json

MAX_QUESTIONS = 64
"""Most questions of one batch."""

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


class SearchQuery(BaseModel):
    """Parameters of one question."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        description="The question: plain language, a term or an acronym.",
        examples=["what stops a network from memorising its data?"],
        json_schema_extra=QUESTION_LENGTH,  # checked, and explained, by `check_question`
    )
    limit: _Limit = DEFAULT_LIMIT
    glossary: GlossaryName | None = GLOSSARY
    lang: LanguageName | None = LANGUAGE
    min_confidence: _MinConfidence = THRESHOLD


class SearchBatch(BaseModel):
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


class SuggestQuery(BaseModel):
    """Parameters of names while one types."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        description="What has been typed so far.",
        examples=["drop"],
        json_schema_extra=QUESTION_LENGTH,
    )
    limit: _Limit = DEFAULT_LIMIT
    glossary: GlossaryName | None = GLOSSARY
    lang: LanguageName | None = LANGUAGE


class RelatedQuery(BaseModel):
    """Parameters of related entries; `limit` holds for each group."""

    model_config = ConfigDict(extra="forbid")

    limit: _Limit = DEFAULT_LIMIT


router = APIRouter(prefix="/v1", route_class=StrictRoute)


@router.get(
    "/search",
    operation_id="search",
    summary="Ask one question",
    tags=["search"],
    response_model=WireAnswer,
    responses=ok("The entries that fit, best first.", openapi_examples.ANSWER)
    | refusals(
        problems.MALFORMED_URL,
        problems.GLOSSARY_NOT_FOUND,
        problems.LANGUAGE_NOT_FOUND,
        problems.INVALID_QUESTION,
        problems.INVALID_REQUEST,
    ),
)
async def search(query: Annotated[SearchQuery, Query()], request: Request) -> Response:
    """Answer a question in plain language, a term or an acronym.

    Exact names come first, then other forms of names, then what fits by meaning and words.
    `verdict` and `confidence` say how sure the answer is. Below `min_confidence` nothing fits:
    `no_close_match` is true and the hits are only the nearest entries.
    """
    question = checked(query.q, parameter="q")
    glossary = caller_of(request).within(query.glossary)
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    asked = SearchRequest(question, query.limit, glossary, query.min_confidence, query.lang)
    reply = await request.app.state.asking.ask(asked, client_of(request.scope))
    request.scope["timings"] |= reply.timings
    return service.found(reply.content)


@router.post(
    "/search",
    operation_id="searchBatch",
    summary="Ask up to 64 questions",
    tags=["search"],
    response_model=list[WireAnswer],
    response_description="One answer for each question, in their order.",
    responses=answered([openapi_examples.ANSWER])
    | refusals(
        problems.MALFORMED_URL,
        problems.MALFORMED_BODY,
        problems.GLOSSARY_NOT_FOUND,
        problems.LANGUAGE_NOT_FOUND,
        problems.TOO_LARGE,
        problems.UNSUPPORTED_MEDIA_TYPE,
        problems.INVALID_QUESTION,
        problems.INVALID_REQUEST,
    ),
)
async def search_batch(
    batch: SearchBatch, _query: Annotated[NoQuery, Query()], request: Request
) -> Response:
    """Answer several questions, embedded together; see GET."""
    questions = [
        checked(question, pointer=f"/questions/{i}") for i, question in enumerate(batch.questions)
    ]
    glossary = caller_of(request).within(batch.glossary)
    asked = [
        SearchRequest(q, batch.limit, glossary, batch.min_confidence, batch.lang) for q in questions
    ]
    answers = await request.app.state.asking.ask_all(asked, client_of(request.scope))
    return Response(b"[" + b",".join(answers) + b"]", media_type="application/json")


@router.get(
    "/suggest",
    operation_id="suggest",
    summary="Offer names while one types",
    tags=["search"],
    response_model=list[WireSuggestion],
    responses=ok("Entries by their names, best first.", openapi_examples.SUGGESTIONS)
    | refusals(
        problems.MALFORMED_URL,
        problems.GLOSSARY_NOT_FOUND,
        problems.LANGUAGE_NOT_FOUND,
        problems.INVALID_QUESTION,
        problems.INVALID_REQUEST,
    ),
)
def suggest(query: Annotated[SuggestQuery, Query()], request: Request) -> Response:
    """Return entries of which a name is what was typed, another form of it, or begins with it.

    Nothing is embedded: this is for a box that offers terms at every keystroke.
    """
    typed = checked(query.q, parameter="q")
    glossary = caller_of(request).within(query.glossary)
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    offered = service.glossary.suggest(typed, k=query.limit, glossary=glossary, language=query.lang)
    return service.found(to_json(offered))


@router.get(
    "/entries/{id:path}/related",
    operation_id="relatedEntries",
    summary="Find related entries",
    tags=["entries"],
    response_model=WireRelated,
    responses=ok("The related entries, authored and computed ones apart.", openapi_examples.RELATED)
    | refusals(problems.MALFORMED_URL, problems.ENTRY_NOT_FOUND, problems.INVALID_REQUEST),
)
def related(
    id: EntryId,
    query: Annotated[RelatedQuery, Query()],
    request: Request,
) -> Response:
    """Return the related entries: what authors wrote and what is computed, never mixed.

    `see_also`, `mentions` and `mentioned_by` come from links and from names inside definitions. `similar_meaning`
    is computed, with the two sentences that connect; an entry that is linked is not repeated in it.
    """
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    return service.found(to_json(service.related(id, query.limit)))


@router.get(
    "/glossaries",
    operation_id="listGlossaries",
    summary="List the glossaries",
    tags=["glossaries"],
    response_model=list[WireGlossaryInfo],
    responses=ok("The glossaries of this index, by name.", openapi_examples.GLOSSARIES)
    | refusals(problems.MALFORMED_URL, problems.INVALID_REQUEST),
)
def glossaries(_query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Return each glossary of the index with the number of its entries."""
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    return service.found(to_json(service.glossaries()))
