"""Routes that export a glossary in an interchange format, and list what the format loses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

import mimeparse
from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from semsearch.exporters import TARGETS, Target
from semsearch.server.app_state import state_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import CACHED_HEADERS, JsonLines, lines_of, refusals
from semsearch.server.http.paths import API_PREFIX
from semsearch.server.http.problems import InvalidParam, Refused
from semsearch.server.http.strict_requests import StrictRoute, client_of
from semsearch.server.queueing.waiting_line import Overloaded
from semsearch.server.request_context import RequestContext, base_url
from semsearch.server.routes.parameters import MAX_NAME_CHARS
from semsearch.server.schemas.base import StrictModel
from semsearch.server.schemas.exports import WireExportLoss
from semsearch.server.serialize import to_json

_PIECE_BYTES = 64 * 1024
"""Size of the pieces of an export. Between two of them other heavy requests have their turn."""

_PIECE_COST = 4
"""Cost of a piece, in short questions."""

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["glossaries"])


class ExportQuery(StrictModel):
    """Query parameters of an export."""

    format: str | None = Field(
        default=None,
        max_length=100,
        description=f"One of {', '.join(TARGETS)}; by default what `Accept` asks for, "
        "or JSON Lines.",
        examples=["turtle"],
        json_schema_extra={"enum": [*TARGETS]},
    )


_BY_MEDIA_TYPE = {
    target.media_type.partition(";")[0]: target for target in reversed(TARGETS.values())
}
"""The first format of each media type."""
_PREFERRED_LAST = sorted(_BY_MEDIA_TYPE, key=lambda name: _BY_MEDIA_TYPE[name].name == "jsonl")
"""Media types for `mimeparse`, which breaks a tie in favour of the last one: JSON Lines."""
MAX_ACCEPT = 1_000
"""Most characters of the header `Accept`. `mimeparse` reads them in 2 ms, 15,000 in 50."""
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, an archive where a format is several files.",
        "headers": {
            **CACHED_HEADERS,
            "Semsearch-Losses": {
                "description": "What the format cannot hold, in words.",
                "schema": {"type": "string", "examples": ["names with a semicolon"]},
            },
            "Link": {
                "description": "URL of the list of losses, by entry (`describedby`).",
                "schema": {"type": "string"},
            },
        },
        "content": {
            name: {}
            if name.endswith("json")
            else {"schema": {"type": "string", "format": "binary"}}
            for name in _BY_MEDIA_TYPE
        },
    },
    304: {"description": "The client holds this file already."},
}
_REFUSED = (
    problem_types.MALFORMED_URL,
    problem_types.GLOSSARY_NOT_FOUND,
    problem_types.INVALID_REQUEST,
)
_Name = Annotated[
    str,
    Path(max_length=MAX_NAME_CHARS, description="Of the glossary.", examples=["deep-learning"]),
]


class LossesQuery(StrictModel):
    """Query parameters of the losses of an export."""

    format: str = Field(
        max_length=100,
        description=f"One of {', '.join(TARGETS)}.",
        examples=["turtle"],
        json_schema_extra={"enum": [*TARGETS]},
    )


@router.get(
    "/glossaries/{name}/export",
    operation_id="exportGlossary",
    summary="Export a glossary",
    description="Return all entries of a glossary as they are now. `Semsearch-Losses` says what "
    "the format cannot hold.",
    response_class=Response,
    responses=_FILES | refusals(*_REFUSED, problem_types.NOT_ACCEPTABLE),
)
def export_glossary(
    name: _Name, query: Annotated[ExportQuery, Query()], request: Request
) -> Response:
    """Return a glossary as a file of an interchange format."""
    context = RequestContext(request)
    _check(name, context)
    target = _target(query.format, ",".join(request.headers.getlist("accept")))
    if context.is_not_modified:
        return context.not_modified()
    export = context.glossary.export(name, target.name, address=base_url(request) or None)
    losses = f"{API_PREFIX}/glossaries/{quote(name, safe='')}/export/losses?format={target.name}"
    headers = {
        **context.caching,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(export.name)}",
        "Semsearch-Losses": target.without,
        "Link": f'<{losses}>; rel="describedby"; type="{JsonLines.media_type}"',
    }
    return _streamed(export.content(), request, export.media_type, headers)


@router.get(
    "/glossaries/{name}/export/losses",
    operation_id="exportLosses",
    summary="List what an export would lose",
    response_class=JsonLines,
    response_model=WireExportLoss,
    responses=lines_of(
        "One line for each entry that loses a field.",
        openapi_examples.EXPORT_LOSS,
        CACHED_HEADERS,
    )
    | {304: _FILES[304]}
    | refusals(*_REFUSED),
)
def export_losses(
    name: _Name, query: Annotated[LossesQuery, Query()], request: Request
) -> Response:
    """List, for each entry, the fields that the format cannot hold. Takes as long as an export."""
    context = RequestContext(request)
    _check(name, context)
    target = _named_target(query.format)
    if context.is_not_modified:
        return context.not_modified()
    export = context.glossary.export(name, target.name)
    lines = (to_json(loss) + b"\n" for loss in export.losses())
    return _streamed(lines, request, JsonLines.media_type, context.caching)


def _streamed(
    content: Iterator[bytes], request: Request, media_type: str, headers: Mapping[str, str]
) -> Response:
    """Return content in pieces. The first is made at once, and often is all there is."""
    first = _piece(content)
    if len(first) < _PIECE_BYTES:
        return Response(first, media_type=media_type, headers=headers)
    pieces = _in_turns(first, content, request)
    return StreamingResponse(pieces, media_type=media_type, headers=headers)


async def _in_turns(
    first: bytes, content: Iterator[bytes], request: Request
) -> AsyncIterator[bytes]:
    """Yield content in pieces, for each of which this request waits its turn; see `run_heavy`."""
    service = state_of(request).search_service
    client = client_of(request.scope)
    piece = first
    with suppress(Overloaded):  # the client has left
        while piece:
            yield piece
            piece = await service.run_heavy(partial(_piece, content), client, _PIECE_COST)


def _piece(content: Iterator[bytes]) -> bytes:
    """Return the next piece of content, empty at its end."""
    piece = bytearray()
    while len(piece) < _PIECE_BYTES and (chunk := next(content, None)) is not None:
        piece += chunk
    return bytes(piece)


def _check(name: str, context: RequestContext) -> None:
    if name not in {info.name for info in context.glossaries()}:
        raise Refused(problem_types.GLOSSARY_NOT_FOUND, "there is no glossary of this name")


def _target(format_: str | None, accept: str) -> Target:
    """Return the format that a parameter names, else the one that the header `Accept` prefers.

    A header that is too long is answered with 406, as RFC 9110, 12.4.1 allows.
    """
    if format_ is not None:
        return _named_target(format_)
    if len(accept) > MAX_ACCEPT:
        raise Refused(
            problem_types.NOT_ACCEPTABLE,
            f"Accept has {len(accept):,} characters, and at most {MAX_ACCEPT:,} are read; name fewer "
            f"types, or one format with ?format= ({', '.join(TARGETS)})",
        )
    try:
        media_type = mimeparse.best_match(_PREFERRED_LAST, accept.lower() or "*/*")
    except mimeparse.MimeTypeParseException:
        media_type = ""
    if not media_type:
        raise Refused(
            problem_types.NOT_ACCEPTABLE,
            f"none of the accepted types is available; available are {', '.join(_BY_MEDIA_TYPE)}",
        )
    return _BY_MEDIA_TYPE[media_type]


def _named_target(format_: str) -> Target:
    if format_ not in TARGETS:
        param = InvalidParam(detail=f"there are {', '.join(TARGETS)}", parameter="format")
        raise Refused(
            problem_types.INVALID_REQUEST, "there is no export format of this name", [param]
        )
    return TARGETS[format_]
