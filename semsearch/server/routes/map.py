"""The map: places of entries and questions, the similarity of two texts, and the page that shows them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from semsearch.core.entries import Entry
from semsearch.search.glossary import Glossary
from semsearch.search.semantic_map import Atlas
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problems
from semsearch.server.http.openapi import ok, refusals
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.page_cache import PageCache
from semsearch.server.request_context import Service
from semsearch.server.routes.entry_pages import found_entry
from semsearch.server.routes.pages import HTML, site_of
from semsearch.server.routes.parameters import GLOSSARY, QUESTION_LENGTH, GlossaryName, checked
from semsearch.server.schemas.maps import WireComparison, WireMapPart, WirePlace
from semsearch.server.serialize import to_json
from semsearch.web import Site, render

MOST_POINTS = 10_000
"""Most points of one part of the map; a map of more is read in parts."""
FIRST_POINTS = 5_000
_ROWS = 20
"""Of the table on a page."""

_TEXT: dict[str, Any] = {**QUESTION_LENGTH}


class MapQuery(BaseModel):
    """Parameters of a part of the map."""

    model_config = ConfigDict(extra="forbid")

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
        Field(ge=1, le=MOST_POINTS, description="Points wanted.", examples=[FIRST_POINTS]),
    ] = FIRST_POINTS


class PlaceQuery(BaseModel):
    """Parameters of the place of a question."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        description="The question.",
        examples=["what stops a network from memorising its data?"],
        json_schema_extra=_TEXT,
    )
    glossary: GlossaryName | None = GLOSSARY


class CompareQuery(BaseModel):
    """Two texts."""

    model_config = ConfigDict(extra="forbid")

    a: str = Field(description="One text.", examples=["king"], json_schema_extra=_TEXT)
    b: str = Field(description="The other.", examples=["queen"], json_schema_extra=_TEXT)


router = APIRouter(prefix="/v1", route_class=StrictRoute, tags=["map"])


@router.get(
    "/map",
    operation_id="map",
    summary="Read the map",
    response_model=WireMapPart,
    responses=ok("A part of the map.", openapi_examples.MAP)
    | refusals(problems.MALFORMED_URL, problems.GLOSSARY_NOT_FOUND, problems.INVALID_REQUEST),
)
def map_part(query: Annotated[MapQuery, Query()], request: Request) -> Response:
    """Return where entries stand: near in meaning is near on the map, as far as two dimensions can hold that.

    Places change only for entries that change, until most have. Points come in an order that spreads them, so that the
    first part shows the shape of the whole.
    """
    glossary = caller_of(request).within(query.glossary)
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    part = service.glossary.atlas().part(glossary=glossary, start=query.start, k=query.limit)
    return service.found(to_json(part))


@router.get(
    "/map/question",
    operation_id="mapQuestion",
    summary="Place a question on the map",
    response_model=WirePlace,
    responses=ok("Its place.", openapi_examples.PLACE)
    | refusals(
        problems.MALFORMED_URL,
        problems.GLOSSARY_NOT_FOUND,
        problems.INVALID_QUESTION,
        problems.INVALID_REQUEST,
    ),
)
def map_question(query: Annotated[PlaceQuery, Query()], request: Request) -> Response:
    """Return where a question stands: between the entries nearest to it in meaning."""
    question = checked(query.q, parameter="q")
    glossary = caller_of(request).within(query.glossary)
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    return service.found(to_json(service.glossary.atlas().locate(question, glossary=glossary)))


@router.get(
    "/similarity",
    operation_id="similarity",
    summary="Compare two texts",
    response_model=WireComparison,
    responses=ok("How near they are.", openapi_examples.COMPARISON)
    | refusals(problems.MALFORMED_URL, problems.INVALID_QUESTION, problems.INVALID_REQUEST),
)
def similarity(query: Annotated[CompareQuery, Query()], request: Request) -> Response:
    """Return how near two texts are in meaning, held against the entries of the index."""
    a, b = checked(query.a, parameter="a"), checked(query.b, parameter="b")
    _check_whole(request)
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    return service.found(to_json(service.glossary.atlas().compare(a, b)))


def _check_whole(request: Request) -> None:
    """Refuse a caller who may not see every entry: they are what the texts are held against.

    Raises:
        Refused: their key is restricted to some glossaries.
    """
    if caller_of(request).glossaries:
        raise Refused(problems.NOT_PERMITTED, "this needs a key for all glossaries")


pages = APIRouter(include_in_schema=False, route_class=StrictRoute)


class MapPageQuery(BaseModel):
    """Parameters of the page; what is unknown is left alone, as on every page."""

    q: str = ""
    glossary: str = ""
    a: str = ""
    b: str = ""
    after: str = ""


@pages.get("/map")
def map_page(query: Annotated[MapPageQuery, Query()], request: Request) -> Response:
    """Return the page with the map, what a question or two texts in its address say, and the terms as a table."""
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    site = site_of(request, service)
    chosen = caller_of(request).within(query.glossary or None)
    question = query.q.strip()
    atlas = service.glossary.atlas()
    place = atlas.locate(checked(question, parameter="q"), glossary=chosen) if question else None
    page = render(
        "map",
        site,
        question=question,
        glossary=query.glossary,
        place=place,
        **_compared(query, request, atlas),
        **_table(request.app.state.kept, query, service, site, chosen),
    )
    return service.found(page, HTML)


def _compared(query: MapPageQuery, request: Request, atlas: Atlas) -> dict[str, Any]:
    """Return what the template says of two texts."""
    a, b = query.a.strip(), query.b.strip()
    may_compare = not caller_of(request).glossaries
    comparison = atlas.compare(a, b) if a and b and may_compare else None
    return {"a": a, "b": b, "comparison": comparison, "may_compare": may_compare}


def _table(
    kept: PageCache, query: MapPageQuery, service: Service, site: Site, chosen: str | None
) -> dict[str, Any]:
    """Return what the template says of the terms of a glossary, the first one unless one is chosen."""
    info = next((one for one in site.glossaries if chosen in {None, one.name}), None)
    if info is None:
        return {"rows": [], "total": 0, "table_of": "", "next": None}
    after = found_entry(service, query.after)
    glossary = service.glossary
    rows, last = kept.get(
        glossary.tag,
        ("map", info.name, after and after.id),
        lambda: _rows(glossary, info.name, after),
    )
    asked = urlencode({"glossary": query.glossary, "after": last.id}) if last else ""
    going_on = asked and f"{site.root}map?{asked}"
    return {"rows": rows, "total": info.entries, "table_of": info.name, "next": going_on}


def _rows(
    glossary: Glossary, name: str, after: Entry | None
) -> tuple[list[dict[str, Any]], Entry | None]:
    """Return the rows of a page of the table, and the entry that it goes on behind."""
    page = glossary.alphabet(name).page(after=after, limit=_ROWS)
    near = glossary.atlas().near(page.entries, glossary=name)
    rows = [{"entry": one, "near": own} for one, own in zip(page.entries, near, strict=True)]
    return rows, page.next
