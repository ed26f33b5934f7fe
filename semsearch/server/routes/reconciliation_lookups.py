"""Routes of the Reconciliation API that look something up: suggestions, properties, previews.

Both versions have them, at paths below their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import ok, refusals
from semsearch.server.http.paths import DRAFT_PATH, RECONCILE_PATH
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.reconciliation.properties import EntryProperty, beginning_with
from semsearch.server.reconciliation.service import suggest_entities
from semsearch.server.request_context import RequestContext
from semsearch.server.schemas.base import Wire
from semsearch.server.schemas.reconciliation import (
    WireEntitySuggestions,
    WireProperty,
    WirePropertyProposal,
    WirePropertySuggestions,
)
from semsearch.server.serialize import shape_json
from semsearch.web import render
from semsearch.web.entry_view import facts, names

PREVIEW_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors "
)

router = APIRouter(route_class=StrictRoute, tags=["reconciliation"])


class SuggestEntityQuery(BaseModel):
    """Parameters of suggestions. Unknown ones are ignored, as clients send more."""

    prefix: str = Field("", description="What was typed.", examples=["drop"])
    limit: int = Field(10, ge=1, le=100, description="Suggestions wanted.", examples=[10])
    offset: int = Field(0, ge=0, le=100, description="Suggestions to skip (1.0).", examples=[0])
    cursor: int = Field(0, ge=0, le=100, description="The same in version 0.2.", examples=[0])

    @property
    def start(self) -> int:
        """How many suggestions to skip."""
        return self.offset or self.cursor


class ProposeQuery(BaseModel):
    """Parameters of proposed properties."""

    type: str = Field("", description="A glossary.", examples=["deep-learning"])
    limit: int = Field(50, ge=1, le=100, description="Properties wanted.", examples=[50])


class PreviewQuery(BaseModel):
    """Whose preview."""

    id: str = Field(description="Of an entry.", examples=["deep-learning:dropout"])


_REFUSED = refusals(problem_types.MALFORMED_URL, problem_types.INVALID_REQUEST)
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Response])


def _in_both_versions(
    path: str,
    *,
    operation_id: str,
    summary: str,
    response_model: type[Wire],
    responses: dict[int | str, dict[str, Any]],
) -> Callable[[_Endpoint], _Endpoint]:
    """Declare a route at its path below those of both versions."""

    def declare(endpoint: _Endpoint) -> _Endpoint:
        for base, version, suffix in (
            (RECONCILE_PATH, "0.2", ""),
            (DRAFT_PATH, "1.0-draft", "Draft"),
        ):
            router.get(
                f"{base}{path}",
                operation_id=operation_id + suffix,
                summary=f"{summary} (Reconciliation API {version})",
                response_model=response_model,
                responses=responses,
            )(endpoint)
        return endpoint

    return declare


@_in_both_versions(
    "/extend/propose",
    operation_id="proposeProperties",
    summary="List the properties to fetch",
    response_model=WirePropertyProposal,
    responses=ok("The properties, the same for every type.", openapi_examples.PROPOSAL) | _REFUSED,
)
def propose_properties(query: Annotated[ProposeQuery, Query()], request: Request) -> Response:
    """Return the properties that entries may have."""
    found = [_shown(one) for one in beginning_with("")[: query.limit]]
    proposal = WirePropertyProposal(query.type, query.limit, found)
    return RequestContext(request).respond_with(lambda: shape_json(proposal))


def _shown(one: EntryProperty) -> WireProperty:
    return WireProperty(one.id, one.name, one.about)


@_in_both_versions(
    "/suggest/entity",
    operation_id="suggestEntities",
    summary="Autocomplete entries",
    response_model=WireEntitySuggestions,
    responses=ok("Entries by their names.", openapi_examples.ENTITY_SUGGESTIONS) | _REFUSED,
)
def suggest_entity(query: Annotated[SuggestEntityQuery, Query()], request: Request) -> Response:
    """Return entries with this id, or with a name that begins with what was typed."""
    context = RequestContext(request)
    caller = caller_of(request)
    return context.respond_with(
        lambda: shape_json(
            WireEntitySuggestions(
                suggest_entities(query.prefix, query.start, query.limit, context, caller)
            )
        )
    )


@_in_both_versions(
    "/suggest/property",
    operation_id="suggestProperties",
    summary="Autocomplete properties",
    response_model=WirePropertySuggestions,
    responses=ok("Properties by their names.", openapi_examples.PROPERTY_SUGGESTIONS) | _REFUSED,
)
def suggest_property(query: Annotated[SuggestEntityQuery, Query()], request: Request) -> Response:
    """Return properties of whose id or name a word begins with what was typed."""
    found = beginning_with(query.prefix)[query.start : query.start + query.limit]
    shape = WirePropertySuggestions([_shown(one) for one in found])
    return RequestContext(request).respond_with(lambda: shape_json(shape))


@router.get(f"{DRAFT_PATH}/preview", include_in_schema=False)
@router.get(f"{RECONCILE_PATH}/preview", include_in_schema=False)
def preview(query: Annotated[PreviewQuery, Query()], request: Request) -> Response:
    """Return a small page of an entry, which pages of other sites may frame."""
    context = RequestContext(request)
    entry = context.entry(query.id)
    site = context.site()
    response = context.respond_page(
        lambda: render("preview", site, entry=entry, names=names(entry), facts=facts(entry))
    )
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY + state_of(request).frame_ancestors
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
