"""Routes of the Reconciliation API, by which OpenRefine and others match names in tables.

Version 0.2 is one address with forms; version 1.0-draft has a path and a JSON body for each
request. What both do is in `reconciliation/service.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, TypeAdapter
from pydantic_core import to_json
from starlette.responses import Response

from semsearch.server.app_state import state_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import answered, refusals
from semsearch.server.http.paths import DRAFT_PATH, RECONCILE_PATH
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_json import parse_json
from semsearch.server.http.strict_requests import (
    FORM_TYPE,
    StrictRoute,
    client_of,
    read_form,
    validated,
)
from semsearch.server.queueing.admission import ADMISSION, Admission, RequestClass
from semsearch.server.reconciliation import service
from semsearch.server.reconciliation.manifest import draft_manifest, manifest
from semsearch.server.reconciliation.queries import BATCH, MatchBatch
from semsearch.server.request_context import RequestContext, known_base_url
from semsearch.server.schemas.base import Listed
from semsearch.server.schemas.reconciliation import (
    WireCandidates,
    WireExtension,
    WireExtensionById,
    WireResult,
    WireResults,
)
from semsearch.server.serialize import shape_json
from semsearch.text.questions import MAX_QUESTION_CHARS

MAX_ROWS = 100
"""Most ids of one request for properties."""
MAX_PROPERTIES = 50
"""Most properties of one request. There are 17."""
router = APIRouter(route_class=StrictRoute, tags=["reconciliation"])


class ReconcileQuery(BaseModel):
    """What version 0.2 asks for; the manifest without any. Unknown parameters are ignored."""

    queries: str | None = Field(
        None,
        description="JSON of a batch of at most 50 queries, by keys.",
        examples=['{"q0": {"query": "dropouts"}}'],
    )
    extend: str | None = Field(
        None,
        description="JSON of ids, and of properties to fetch.",
        examples=['{"ids": ["deep-learning:dropout"], "properties": [{"id": "definition"}]}'],
    )


class PropertyWanted(BaseModel):
    """A property to fetch. Settings are ignored, since there are none."""

    id: str = Field(max_length=300, examples=["definition"])


class ExtensionQuery(BaseModel):
    """Properties of entries to fetch."""

    ids: Listed[Annotated[str, Field(max_length=MAX_QUESTION_CHARS)]] = Field(
        max_length=MAX_ROWS, description="Of entries.", examples=[["deep-learning:dropout"]]
    )
    properties: Listed[PropertyWanted] = Field(max_length=MAX_PROPERTIES)


_EXTENSION = TypeAdapter(ExtensionQuery)
_RESULTS = TypeAdapter(dict[str, WireResult])
_REFUSED = refusals(
    problem_types.MALFORMED_URL,
    problem_types.MALFORMED_BODY,
    problem_types.TOO_LARGE,
    problem_types.UNSUPPORTED_MEDIA_TYPE,
    problem_types.INVALID_REQUEST,
)


@router.get(
    RECONCILE_PATH,
    operation_id="reconcile",
    summary="Describe the service (Reconciliation API 0.2)",
    response_model=dict[str, Any],
    response_description="The manifest; with `queries` or `extend`, what POST returns.",
    responses=answered(openapi_examples.MANIFEST)
    | _REFUSED
    | refusals(problem_types.MALFORMED_URL, problem_types.NOT_FOUND),
)
async def reconcile(query: Annotated[ReconcileQuery, Query()], request: Request) -> Response:
    """Return the manifest of version 0.2, or answer `queries` or `extend` as POST does."""
    client = client_of(request.scope)
    if query.queries is None and query.extend is None:
        workers = state_of(request).search_service.page_workers
        return _json(await workers.run(partial(_manifest, manifest, request), client))
    # The path says only that it is a GET. What it holds makes it as heavy as a POST.
    admission: Admission = request.scope["state"][ADMISSION]
    with admission.entered(RequestClass.HEAVY, client.party):
        return await _answered(query, request)


@router.post(
    RECONCILE_PATH,
    operation_id="reconcileBatch",
    summary="Match names, or fetch properties (Reconciliation API 0.2)",
    response_model=dict[str, WireResult] | WireExtensionById,
    response_description="The candidates for each query, by its key; for `extend`, rows by id.",
    responses=answered(openapi_examples.RECONCILED) | _REFUSED,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {FORM_TYPE: {"schema": ReconcileQuery.model_json_schema()}},
        }
    },
)
async def reconcile_batch(request: Request) -> Response:
    """Answer a form with `queries` or `extend`.

    `match` is true only if a query is a name of one entry alone. Hits that do not match are no
    candidates. Types are glossaries.
    """
    form = ReconcileQuery.model_validate(dict(await read_form(request)))
    if form.queries is None and form.extend is None:
        detail = "the form has neither `queries` nor `extend`; send one of them"
        raise Refused(problem_types.INVALID_REQUEST, detail)
    return await _answered(form, request)


async def _answered(query: ReconcileQuery, request: Request) -> Response:
    """Return the answer of version 0.2 to `queries` or `extend`, of a URL or a form."""
    if query.queries is not None:
        batch = _parsed("queries", query.queries, BATCH)
        found = await service.match([one.read() for one in batch.values()], request)
        results = {key: WireResult(one) for key, one in zip(batch, found, strict=True)}
        return _json(_RESULTS.dump_json(results, by_alias=True))
    wanted = _parsed("extend", query.extend or "", _EXTENSION)
    search = state_of(request).search_service
    context = await RequestContext.refreshed(request)
    work = partial(_extended, wanted, context)
    extension = await search.run_heavy(work, client_of(request.scope))
    return _json(shape_json(WireExtensionById.of(extension)))


def _parsed(name: str, text: str, model: TypeAdapter[Any]) -> Any:  # noqa: ANN401 - of the model
    """Return the value of a parameter that is JSON.

    Raises:
        Refused: it is not JSON.
        RequestValidationError: it is not of the model.
    """
    try:
        value = parse_json(text.encode("utf-8", "surrogatepass"))
    except Refused as error:
        detail = error.detail.replace("the body", f"`{name}`", 1)
        raise Refused(problem_types.MALFORMED_BODY, detail) from None
    faults: list[Any] = []
    found = validated(model, value, ("body", name), faults)
    if faults:
        raise RequestValidationError(faults)
    return found


@router.get(
    DRAFT_PATH,
    operation_id="reconcileDraft",
    summary="Describe the service (Reconciliation API 1.0-draft)",
    response_model=dict[str, Any],
    response_description="The manifest.",
    responses=answered(openapi_examples.DRAFT_MANIFEST)
    | refusals(problem_types.MALFORMED_URL, problem_types.NOT_FOUND),
)
def reconcile_draft(request: Request) -> Response:
    """Return the manifest of version 1.0-draft, whose other paths begin with this one."""
    return _json(_manifest(draft_manifest, request))


@router.post(
    f"{DRAFT_PATH}/match",
    operation_id="reconcileMatch",
    summary="Match names (Reconciliation API 1.0-draft)",
    response_model=WireResults,
    response_description="The candidates for each query, in their order.",
    responses=answered(openapi_examples.MATCHED) | _REFUSED,
)
async def reconcile_match(batch: MatchBatch, request: Request) -> Response:
    """Return the candidates for at most 50 queries; see the batch of version 0.2.

    Values of properties are compared as whole texts, in any case. A condition that is not met
    lowers the score, and one that is `required` leaves the candidate out.
    """
    found = await service.match([one.read() for one in batch.queries], request)
    return _json(shape_json(WireResults([WireCandidates(one) for one in found])))


@router.post(
    f"{DRAFT_PATH}/extend",
    operation_id="reconcileExtend",
    summary="Fetch properties (Reconciliation API 1.0-draft)",
    response_model=WireExtension,
    response_description="A row for each id.",
    responses=answered(openapi_examples.EXTENSION) | _REFUSED,
)
def reconcile_extend(query: ExtensionQuery, request: Request) -> Response:
    """Return properties of entries, by their ids. Those of unknown ids are empty."""
    return _json(shape_json(_extended(query, RequestContext(request))))


def _extended(wanted: ExtensionQuery, context: RequestContext) -> WireExtension:
    ids = list(dict.fromkeys(wanted.ids))
    properties = list(dict.fromkeys(one.id for one in wanted.properties))
    return service.extend(ids, properties, context)


def _manifest(make: Callable[..., dict[str, Any]], request: Request) -> bytes:
    """Return a manifest as JSON.

    Raises:
        Refused: the address of the service, which manifests need, is not known.
    """
    known_base_url(request)
    site = RequestContext(request).site()
    return to_json(make(site, is_open=state_of(request).is_open))


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")
