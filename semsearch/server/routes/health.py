"""Health checks: `/livez` and `/readyz`."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from semsearch.server.http import problem_types
from semsearch.server.http.openapi import errors
from semsearch.server.http.problems import Refused


class Health(BaseModel):
    """The service is well; when it is not, the status code says so."""

    status: Literal["ok"] = Field(default="ok", examples=["ok"])


router = APIRouter(tags=["health"])


@router.get("/livez", operation_id="livez", summary="Is it alive?", responses=errors())
@router.get("/healthz", include_in_schema=False)
async def livez() -> Health:
    """Say that the process answers; it depends on nothing else."""
    return Health()


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Can it answer questions?",
    responses=errors(problem_types.NOT_READY),
)
async def readyz(request: Request) -> Health:
    """Say that the index is loaded and has answered a first question."""
    if not request.app.state.is_ready:
        raise Refused(
            problem_types.NOT_READY, "the index is still being loaded; ask again in a second"
        )
    return Health()
