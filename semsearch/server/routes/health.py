"""Health checks: `/livez` and `/readyz`."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from semsearch.server.app_state import state_of
from semsearch.server.http import problem_types
from semsearch.server.http.openapi import errors
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.queueing.waiting_line import Overloaded


class Health(BaseModel):
    """The service is well; when it is not, the status code says so."""

    status: Literal["ok"] = Field(default="ok", examples=["ok"])


router = APIRouter(tags=["health"], route_class=StrictRoute)


@router.get(
    "/livez",
    operation_id="livez",
    summary="Is it alive?",
    response_model=Health,
    responses=errors(),
)
async def livez() -> Response:
    """Say that the process answers; it depends on nothing else."""
    return _well()


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Can it answer questions?",
    response_model=Health,
    responses=errors(problem_types.NOT_READY, problem_types.OVERLOADED),
)
async def readyz(request: Request) -> Response:
    """Say that a question would be answered: the index is loaded, and not too many wait."""
    if not state_of(request).is_ready:
        raise Refused(
            problem_types.NOT_READY, "the index is still being loaded; ask again in a second"
        )
    if state_of(request).search_service.question_line.is_full():
        raise Overloaded
    return _well()


def _well() -> Response:
    return Response(Health().model_dump_json(), media_type="application/json")
