"""Routes for mirrors: the whole index, where its entries stand, and how the index stands."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from semsearch.core.errors import NotPermitted
from semsearch.core.temporary_folders import make_temporary_folder, remove_temporary_folders
from semsearch.index.backup import back_up
from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import openapi_examples, problem_types
from semsearch.server.http.openapi import FEED_HEADERS, JsonLines, answered, lines_of, refusals
from semsearch.server.http.paths import API_PREFIX, BACKUP_PATH, PLACES_PATH
from semsearch.server.http.preconditions import position
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import RequestContext
from semsearch.server.routes.parameters import NoQuery
from semsearch.server.schemas.entries import WireEntryPlace
from semsearch.server.schemas.info import WireServiceInfo
from semsearch.server.serialize import shape_json, to_json
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.following import follow_info
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout

MEDIA_TYPE = "application/x-tar"
PIECE_BYTES = 1 << 18

router = APIRouter(prefix=API_PREFIX, route_class=StrictRoute, tags=["mirrors"])


@router.get(
    "/info",
    operation_id="serviceInfo",
    summary="Say which state is shown",
    response_model=WireServiceInfo,
    responses=answered(openapi_examples.SERVICE_INFO)
    | refusals(problem_types.MALFORMED_URL, problem_types.INVALID_REQUEST),
)
def info(_query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Return generation and revision of the index, its encoder, and what it follows."""
    context = RequestContext(request)
    found = context.cached("info", context.glossary.info)
    presentation = context.glossary.presentation.digest
    # when it was in step changes while the index does not
    follows = follow_info(IndexLayout(Path(found.path)))
    may_edit = caller_of(request).may_edit
    shape = WireServiceInfo.of(found, presentation, follows, shows_url=may_edit)
    return Response(shape_json(shape), media_type="application/json")


@router.get(
    PLACES_PATH.removeprefix(API_PREFIX),
    operation_id="listPlaces",
    summary="List where entries stand",
    description="Return the position of each entry within its glossary, in order, and behind them "
    "what was deleted live. A build may move\nentries that it does not change otherwise, which "
    "/v1/changes does not tell.",
    response_class=JsonLines,
    response_model=WireEntryPlace,
    responses=lines_of(
        "The place of each entry, one a line.",
        openapi_examples.ENTRY_PLACE,
        {"Semsearch-Position": FEED_HEADERS["Semsearch-Position"]},
    )
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.INVALID_REQUEST,
        problem_types.NOT_EDITABLE,
    ),
)
def places(_query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Return where the entries of glossaries that the caller may use stand."""
    editor = state_of(request).editor
    may_see = caller_of(request).may_see
    (identity, revision), found = editor.places()
    visible = (place for place in found if may_see(place.id))
    content = b"".join(to_json(place) + b"\n" for place in visible)
    return JsonLines(content, headers={"Semsearch-Position": position(identity, revision)})


_COPY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A tar file, for `semsearch follow`.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    BACKUP_PATH.removeprefix(API_PREFIX),
    operation_id="backUp",
    summary="Copy the whole index",
    description="Return the index as `semsearch backup` writes it, without access keys and without "
    "what readers asked or suggested. It needs\na key that is not restricted to some glossaries, "
    "also where reading is open.",
    response_class=Response,
    responses=_COPY
    | refusals(
        problem_types.MALFORMED_URL,
        problem_types.NOT_PERMITTED,
        problem_types.INVALID_REQUEST,
        problem_types.BUSY,
        problem_types.NOT_WRITABLE,
        problem_types.NOT_EDITABLE,
        problem_types.NO_ROOM,
    ),
)
def backup(_query: Annotated[NoQuery, Query()], request: Request) -> Response:
    """Return a backup of the index, made now; one is made at a time."""
    permitted = caller_of(request).glossaries
    if permitted:
        raise NotPermitted(
            f"a copy has all glossaries, and this key is for {', '.join(permitted)} only; use one "
            "without this restriction"
        )
    if request.scope["response"].scope["method"] == "HEAD":
        # the application sees a GET, of which only the head is sent
        return StreamingResponse(iter(()), media_type=MEDIA_TYPE)
    layout = IndexLayout(Path(state_of(request).glossary.info().path))
    with ExitStack() as made:
        with translate_os_errors(layout.root):
            made.enter_context(file_lock(layout.copying, 0))  # until it is sent
            remove_temporary_folders(layout.root)  # of a process that was killed
            folder = make_temporary_folder(layout.root)
            made.callback(shutil.rmtree, folder, ignore_errors=True)
            file = folder / "backup.tar"
            back_up(layout.root, file, for_mirror=True)
            stream = made.enter_context(file.open("rb"))
        size = file.stat().st_size
        shutil.rmtree(folder, ignore_errors=True)  # an open file can still be read
        return CopyResponse(stream, size, made.pop_all())


class CopyResponse(StreamingResponse):
    """A copy that is sent from a file; whatever becomes of the client, the file is closed.

    It is closed before its last piece is sent: a client that has it may ask for another at once.
    """

    def __init__(self, stream: IO[bytes], size: int, opened: ExitStack) -> None:
        """Take an open file of `size` bytes, and what is to be closed with it."""
        pieces = iter(partial(stream.read, PIECE_BYTES), b"")
        sent = _closing_before_the_last(pieces, size, opened)
        super().__init__(sent, media_type=MEDIA_TYPE, headers={"Content-Length": str(size)})
        self._opened = opened
        weakref.finalize(self, opened.close)  # of a response that nobody waits for any more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._opened:
            await super().__call__(scope, receive, send)


def _closing_before_the_last(
    pieces: Iterator[bytes], size: int, opened: ExitStack
) -> Iterator[bytes]:
    """Yield the pieces of `size` bytes; what is opened is closed when the last one is read."""
    left = size
    for piece in pieces:
        left -= len(piece)
        if left <= 0:
            opened.close()
        yield piece
        if left <= 0:
            return
