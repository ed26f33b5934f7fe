"""Routes of the map: positions of entries and questions, similarity of two texts, and the page."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from semsearch.core.entries import Entry
from semsearch.search.glossary import Glossary
from semsearch.search.semantic_map import Atlas
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import ok, refusals
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.page_cache import PageCache
from semsearch.server.request_context import RequestContext
from semsearch.server.routes.parameters import GLOSSARY, QUESTION_LENGTH, GlossaryName, checked
from semsearch.server.schemas.base import StrictModel
from semsearch.server.schemas.maps import WireComparison, WireMapPart, WirePlace
from semsearch.server.serialize import to_json
from semsearch.web import Site, render

MAX_POINTS = 10_000
"""Most points of one answer. A larger map is read in parts."""
FIRST_POINTS = 5_000
_ROWS = 20
"""Rows of the table on the page."""

_TEXT: dict[str, Any] = {**QUESTION_LENGTH}


class MapQuery(StrictModel):
    """Parameters of a part of the map."""

    glossary: GlossaryName | None = GLOSSARY
    start: Annotated[
        int,
        Field(
            ge=0,
            le=1 << 40,
            description="Where to begin: `next` of the part before.",
            examples=[0],
        ),
    ] = 0
    limit: Annotated[
        int,
        Field(ge=1, le=MAX_POINTS, description="Points wanted.", examples=[FIRST_POINTS]),
    ] = FIRST_POINTS


class PlaceQuery(StrictModel):
    """Parameters of the place of a question."""

    q: str = Field(
        description="The question.",
        examples=["what stops a network from memorising its data?"],
        json_schema_extra=_TEXT,
    )
    glossary: GlossaryName | None = GLOSSARY


class CompareQuery(StrictModel):
    """Two texts."""

    a: str = Field(description="One text.", examples=["king"], json_schema_extra=_TEXT)
    b: str = Field(description="The other.", examples=["queen"], json_schema_extra=_TEXT)


router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["map"])


@router.get(
    "/map",
    operation_id="map",
    summary="Read the map",
    description="Return where entries stand: near in meaning is near on the map, as far as two "
    "dimensions can hold that.\n\n"
    "Places change only for entries that change, until most have. Points come in an order that "
    "spreads them, so that the\nfirst part shows the shape of the whole.",
    response_model=WireMapPart,
    responses=ok("A part of the map.", openapi_examples.MAP)
    | refusals(
        problem_types.MALFORMED_URL, problem_types.GLOSSARY_NOT_FOUND, problem_types.INVALID_REQUEST
    ),
)
def map_part(query: Annotated[MapQuery, Query()], request: Request) -> Response:
    """Return the positions of entries on the map."""
    glossary = caller_of(request).searchable_glossary(query.glossary)
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    part = context.glossary.atlas().part(glossary=glossary, start=query.start, k=query.limit)
    return context.ok(to_json(part))


@router.get(
    "/map/question",
    operation_id="mapQuestion",
    summary="Place a question on the map",
    response_model=WirePlace,
    responses=ok("Its place.", openapi_examples.PLACE)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.GLOSSARY_NOT_FOUND,
        problem_types.INVALID_QUESTION,
        problem_types.INVALID_REQUEST,
    ),
)
def map_question(query: Annotated[PlaceQuery, Query()], request: Request) -> Response:
    """Return where a question stands: between the entries nearest to it in meaning."""
    question = checked(query.q, parameter="q")
    glossary = caller_of(request).searchable_glossary(query.glossary)
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    return context.ok(to_json(context.glossary.atlas().locate(question, glossary=glossary)))


@router.get(
    "/similarity",
    operation_id="similarity",
    summary="Compare two texts",
    response_model=WireComparison,
    responses=ok("How near they are.", openapi_examples.COMPARISON)
    | refusals(
        problem_types.MALFORMED_URL, problem_types.INVALID_QUESTION, problem_types.INVALID_REQUEST
    ),
)
def similarity(query: Annotated[CompareQuery, Query()], request: Request) -> Response:
    """Return how near two texts are in meaning, held against the entries of the index."""
    a, b = checked(query.a, parameter="a"), checked(query.b, parameter="b")
    _check_whole(request)
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    return context.ok(to_json(context.glossary.atlas().compare(a, b)))


def _check_whole(request: Request) -> None:
    """Refuse a caller who may not see every entry, since the texts are compared with all entries.

    Raises:
        Refused: the key is restricted to some glossaries.
    """
    if caller_of(request).glossaries:
        raise Refused(problem_types.NOT_PERMITTED, "this needs a key for all glossaries")


pages = APIRouter(include_in_schema=False, route_class=StrictRoute)


class MapPageQuery(BaseModel):
    """Parameters of the map page, which ignores unknown ones as every page does."""

    q: str = ""
    glossary: str = ""
    a: str = ""
    b: str = ""
    after: str = ""


@pages.get("/map")
def map_page(query: Annotated[MapPageQuery, Query()], request: Request) -> Response:
    """Return the map page, with the question or the two texts of the URL and a table of terms."""
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    site = context.site()
    chosen = caller_of(request).searchable_glossary(query.glossary or None)
    question = query.q.strip()
    atlas = context.glossary.atlas()
    place = atlas.locate(checked(question, parameter="q"), glossary=chosen) if question else None
    page = render(
        "map",
        site,
        question=question,
        glossary=query.glossary,
        place=place,
        **_comparison(query, request, atlas),
        **_table(request.app.state.page_cache, query, context, site, chosen),
    )
    return context.page(page)


def _comparison(query: MapPageQuery, request: Request, atlas: Atlas) -> dict[str, Any]:
    """Return the variables of the template about two texts."""
    a, b = query.a.strip(), query.b.strip()
    may_compare = not caller_of(request).glossaries
    comparison = atlas.compare(a, b) if a and b and may_compare else None
    return {"a": a, "b": b, "comparison": comparison, "may_compare": may_compare}


def _table(
    cache: PageCache, query: MapPageQuery, context: RequestContext, site: Site, chosen: str | None
) -> dict[str, Any]:
    """Return the variables of the template about the terms of the chosen or first glossary."""
    info = next((one for one in site.glossaries if chosen in {None, one.name}), None)
    if info is None:
        return {"rows": [], "total": 0, "table_of": "", "next": None}
    after = context.entry_or_none(query.after)
    glossary = context.glossary
    rows, last = cache.get(
        glossary.tag,
        ("map", info.name, after and after.id),
        lambda: _rows(glossary, info.name, after),
    )
    parameters = urlencode({"glossary": query.glossary, "after": last.id}) if last else ""
    next_page = parameters and f"{site.root}map?{parameters}"
    return {"rows": rows, "total": info.entries, "table_of": info.name, "next": next_page}


def _rows(
    glossary: Glossary, name: str, after: Entry | None
) -> tuple[list[dict[str, Any]], Entry | None]:
    """Return the rows of one page of the table, and the entry after which the next page begins."""
    page = glossary.alphabet(name).page(after=after, limit=_ROWS)
    near = glossary.atlas().near(page.entries, glossary=name)
    rows = [{"entry": e, "near": own} for e, own in zip(page.entries, near, strict=True)]
    return rows, page.next
