"""The routes that give a glossary away, in the formats that others read, and say what these cannot hold."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from semsearch.exporters import TARGETS, Target
from semsearch.server.http import problems
from semsearch.server.http.openapi import JsonLines, lines_of, refusals
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import Service
from semsearch.server.routes.pages import address_of
from semsearch.server.routes.parameters import MAX_NAME_CHARS

router = APIRouter(prefix="/v1", route_class=StrictRoute, tags=["glossaries"])


class ExportQuery(BaseModel):
    """Which format is wanted."""

    model_config = ConfigDict(extra="forbid")

    format: str | None = Field(
        default=None,
        max_length=100,
        description=f"One of {', '.join(TARGETS)}; by default what `Accept` asks for, or JSON Lines.",
        examples=["turtle"],
        json_schema_extra={"enum": [*TARGETS]},
    )


_TYPES = {target.media_type.partition(";")[0]: target for target in reversed(TARGETS.values())}
"""What each media type stands for; the first format of it."""
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, an archive where a format is several files.",
        "headers": {
            "Semsearch-Losses": {
                "description": "What the format cannot hold, in words.",
                "schema": {"type": "string", "examples": ["names with a semicolon"]},
            },
            "Link": {
                "description": "Where each entry is named of which something is lost (`describedby`).",
                "schema": {"type": "string"},
            },
        },
        "content": {name: {"schema": {"type": "string", "format": "binary"}} for name in _TYPES},
    },
    304: {"description": "The client holds this file already."},
}
_REFUSED = (problems.MALFORMED_URL, problems.GLOSSARY_NOT_FOUND, problems.INVALID_REQUEST)
_Name = Annotated[
    str,
    Path(max_length=MAX_NAME_CHARS, description="Of the glossary.", examples=["deep-learning"]),
]


class LossesQuery(BaseModel):
    """Of which format."""

    model_config = ConfigDict(extra="forbid")

    format: str = Field(
        max_length=100,
        description=f"One of {', '.join(TARGETS)}.",
        examples=["turtle"],
        json_schema_extra={"enum": [*TARGETS]},
    )


class ExportLoss(BaseModel):
    """What a format cannot hold of an entry, or not as it is."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="Of the entry.", examples=["deep-learning:dropout"])
    lost: list[str] = Field(
        description="The parts, by the names that an entry has for them; `entry` is all of it.",
        examples=[["see_also", "notation"]],
    )


@router.get(
    "/glossaries/{name}/export",
    operation_id="exportGlossary",
    summary="Take a glossary away",
    response_class=Response,
    responses=_FILES | refusals(*_REFUSED, problems.NOT_ACCEPTABLE),
)
def export_glossary(
    name: _Name, query: Annotated[ExportQuery, Query()], request: Request
) -> Response:
    """Return all entries of a glossary as they are now. `Semsearch-Losses` says what the format cannot hold."""
    service = Service(request)
    _check(name, service)
    target = _wanted(query.format, request.headers.getlist("accept"))
    if service.is_not_modified:
        return service.not_modified()
    made = service.glossary.export(name, target.name, address=address_of(request) or None)
    losses = f"/v1/glossaries/{quote(name, safe='')}/export/losses?format={target.name}"
    sent = {
        **service.caching,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}",
        "Semsearch-Losses": target.without,
        "Link": f'<{losses}>; rel="describedby"; type="{JsonLines.media_type}"',
    }
    return StreamingResponse(made.content(), media_type=made.media_type, headers=sent)


@router.get(
    "/glossaries/{name}/export/losses",
    operation_id="exportLosses",
    summary="Ask what an export would lose",
    response_class=JsonLines,
    response_model=ExportLoss,
    responses=lines_of(
        "An entry a line, those alone of which something is lost.",
        {"id": "deep-learning:dropout", "lost": ["see_also"]},
    )
    | refusals(*_REFUSED),
)
def export_losses(
    name: _Name, query: Annotated[LossesQuery, Query()], request: Request
) -> Response:
    """Return what a format cannot hold of which entry; it takes as long as an export."""
    service = Service(request)
    _check(name, service)
    target = _wanted(query.format, [])
    if service.is_not_modified:
        return service.not_modified()
    made = service.glossary.export(name, target.name)
    lines = (f"{json.dumps({'id': one.id, 'lost': one.parts})}\n" for one in made.losses())
    return StreamingResponse(lines, media_type=JsonLines.media_type, headers=service.caching)


def _check(name: str, service: Service) -> None:
    if name not in {info.name for info in service.glossaries()}:
        raise Refused(problems.GLOSSARY_NOT_FOUND, "there is no glossary of this name")


def _wanted(format_: str | None, accepted: list[str]) -> Target:
    """Return the format that is asked for by name, else the one that is accepted most gladly."""
    if format_ is not None:
        if format_ not in TARGETS:
            part = problems.InvalidParam(
                detail=f"there are {', '.join(TARGETS)}", parameter="format"
            )
            raise Refused(problems.INVALID_REQUEST, "no such format is written", [part])
        return TARGETS[format_]
    for kind in _by_weight(accepted):
        if kind in ("*/*", "application/*"):
            return TARGETS["jsonl"]
        if found := next((t for name, t in _TYPES.items() if _matches(name, kind)), None):
            return found
    raise Refused(problems.NOT_ACCEPTABLE, f"there are {', '.join(_TYPES)}")


def _by_weight(accepted: list[str]) -> list[str]:
    """Return the media ranges of a header, those asked for most first (RFC 9110, 12.5.1); none stands for any."""
    weighed = []
    for one in ",".join(accepted).split(",") if accepted else ("*/*",):
        kind, *parameters = (part.strip().lower() for part in one.split(";"))
        weight = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        try:
            weighed.append((float(weight), kind))
        except ValueError:
            continue
    ordered = sorted(weighed, key=lambda one: -one[0])
    return [kind for weight, kind in ordered if weight > 0]


def _matches(name: str, kind: str) -> bool:
    return name == kind or (kind.endswith("/*") and name.startswith(kind[:-1]))
