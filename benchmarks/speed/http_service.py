"""The service, and in the same process a bare FastAPI route to compare with.

Command: `python -m benchmarks.speed.http_service INDEX PORT`.
"""

from __future__ import annotations

import sys
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Query
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

import semsearch
from benchmarks.speed import services
from semsearch.core.settings import load_settings
from semsearch.server.app import create_app
from semsearch.server.http.bounded_protocol import BoundedProtocol

BARE = "/bare"
_BODY = b"[" + b"0," * 10_000 + b"0]"  # as long as an answer


bare = FastAPI(openapi_url=None)


@bare.get(BARE)
async def route(q: Annotated[str, Query()], limit: Annotated[int, Query()] = 10) -> Response:
    """Answer with bytes that are there already."""
    return Response(_BODY, media_type="application/json")


def main() -> None:
    """Serve on the loopback address until told to stop."""
    index, port = sys.argv[1:]
    with semsearch.open(index) as glossary:
        service = create_app(glossary, load_settings(index=index))

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            chosen = bare if scope.get("path") == BARE else service
            await chosen(scope, receive, send)

        config = uvicorn.Config(
            app,
            host=services.HOST,
            port=int(port),
            http=BoundedProtocol,
            ws="none",
            lifespan="on",
            timeout_keep_alive=120,
            log_config=None,
            access_log=False,
            server_header=False,
        )
        uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
