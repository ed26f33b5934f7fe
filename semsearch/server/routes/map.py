"""Routes of the map: positions of entries and questions, similarity of two texts, and the page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from semsearch.core.entries import Entry
from semsearch.search.glossary import Glossary
from semsearch.search.semantic_map import Atlas, Place
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import ok, refusals
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import RequestContext
from semsearch.server.routes.parameters import GLOSSARY, QUESTION_LENGTH, GlossaryName, checked
from semsearch.server.schemas.base import StrictModel
from semsearch.server.schemas.maps import WireComparison, WireMapPart, WirePlace
from semsearch.server.serialize import shape_json
from semsearch.web import Site, render
from semsearch.web.listings import MapRow, MapTable, map_rows

MAX_POINTS = 10_000
"""Most points of one answer. A larger map is read in parts."""
FIRST_POINTS = 5_000
_ROWS = 20
"""Rows of the table on the page."""
_ROWS_OF_SEVERAL = 6
"""Rows of each table if the map shows several glossaries."""
_MAX_TABLES = 6

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
    description="Return the positions of entries on the map; entries of similar meaning lie near each "
    "other, as far as two dimensions allow.\n\n"
    "An entry keeps its position until it changes, or most entries have changed. The first points "
    "are spread\nover the map, so that they show its shape.",
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
    return context.respond_with(lambda: shape_json(_part(context, query, glossary)))


def _part(context: RequestContext, query: MapQuery, glossary: str | None) -> WireMapPart:
    atlas = context.glossary.atlas()
    part = atlas.part(glossary=glossary, start=query.start, k=query.limit)
    if query.start:
        return WireMapPart.of(part)
    topics = context.cached(("topics", glossary), lambda: atlas.topics(glossary=glossary))
    return WireMapPart.of(part, topics)


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
        problem_types.ENCODER_AWAY,
    ),
)
def map_question(query: Annotated[PlaceQuery, Query()], request: Request) -> Response:
    """Return where a question stands: between the entries nearest to it in meaning."""
    question = checked(query.q, parameter="q")
    glossary = caller_of(request).searchable_glossary(query.glossary)
    context = RequestContext(request)
    return context.respond(lambda: context.glossary.atlas().locate(question, glossary=glossary))


@router.get(
    "/similarity",
    operation_id="similarity",
    summary="Compare two texts",
    response_model=WireComparison,
    responses=ok("How near they are.", openapi_examples.COMPARISON)
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.INVALID_QUESTION,
        problem_types.INVALID_REQUEST,
        problem_types.ENCODER_AWAY,
    ),
)
def similarity(query: Annotated[CompareQuery, Query()], request: Request) -> Response:
    """Return how near two texts are in meaning, held against the entries of the index."""
    a, b = checked(query.a, parameter="a"), checked(query.b, parameter="b")
    _check_whole(request)
    context = RequestContext(request)
    return context.respond(lambda: context.glossary.atlas().compare(a, b))


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
    return context.respond_page(lambda: _map_page(query, request, context))


def _map_page(query: MapPageQuery, request: Request, context: RequestContext) -> bytes:
    site = context.site()
    chosen = caller_of(request).searchable_glossary(query.glossary or None)
    question = query.q.strip()
    atlas = context.glossary.atlas()
    place = atlas.locate(checked(question, parameter="q"), glossary=chosen) if question else None
    return render(
        "map",
        site,
        question=question,
        glossary=query.glossary,
        nearest=_nearest(context, place) if place else [],
        chosen=chosen or "",
        **_comparison(query, request, atlas),
        **_table(context, site, query, chosen),
    )


def _comparison(query: MapPageQuery, request: Request, atlas: Atlas) -> dict[str, Any]:
    """Return the variables of the template about two texts."""
    a, b = query.a.strip(), query.b.strip()
    may_compare = not caller_of(request).glossaries
    comparison = atlas.compare(a, b) if a and b and may_compare else None
    return {"a": a, "b": b, "comparison": comparison, "may_compare": may_compare}


def _table(
    context: RequestContext, site: Site, query: MapPageQuery, chosen: str | None
) -> dict[str, Any]:
    """Return the variables of the template about the terms of the chosen or first glossary."""
    shown = [one for one in site.glossaries if chosen in {None, one.name}][:_MAX_TABLES]
    after = context.entry_or_none(query.after) if len(shown) == 1 else None
    limit = _ROWS if len(shown) == 1 else _ROWS_OF_SEVERAL
    tables: list[MapTable] = []
    for info in shown:
        rows, last = context.cached(
            ("map", info.name, after and after.id, limit),
            partial(_rows, context.glossary, info.name, after, limit),
        )
        parameters = urlencode({"glossary": info.name, "after": last.id}) if last else ""
        tables.append(
            MapTable(info.name, rows, info.entries, parameters and f"{site.root}map?{parameters}")
        )
    return {"tables": tables, "pair": _pair(tables)}


def _nearest(context: RequestContext, place: Place) -> list[dict[str, Any]]:
    """Return the entries nearest to a question, those that still exist."""
    found = [(context.entry_or_none(one.label.id), one.similarity) for one in place.nearest]
    return [{"entry": entry, "similarity": near} for entry, near in found if entry]


def _pair(tables: Iterable[MapTable]) -> tuple[str, str] | None:
    """Return two terms that lie near each other, as an example to compare."""
    rows = (row for table in tables for row in table.rows if row.near)
    row = next(rows, None)
    return (row.entry.term, row.near[0].term) if row else None


def _rows(
    glossary: Glossary, name: str, after: Entry | None, limit: int
) -> tuple[list[MapRow], Entry | None]:
    """Return the rows of one page of the table, and the entry after which the next page begins."""
    page = glossary.alphabet(name).page(after=after, limit=limit)
    near = glossary.atlas().near(page.entries, glossary=name)
    return map_rows(page.entries, near), page.next
