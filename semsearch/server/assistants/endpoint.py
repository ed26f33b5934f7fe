"""The address `/mcp`: streamable HTTP without sessions.

Each request is answered by itself with JSON, never with a stream, so that any worker can answer it
and an answer ends. The guard of the route has found the caller before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from semsearch.core.errors import MissingExtra
from semsearch.server.app_state import state_of
from semsearch.server.assistants.protocol import is_installed, make_server
from semsearch.server.assistants.readers import RequestReader
from semsearch.server.http.cors import origins_of
from semsearch.server.http.paths import MCP_PATH
from semsearch.server.http.problem_types import NOT_FOUND, NOT_PERMITTED
from semsearch.server.http.problems import Refused

if TYPE_CHECKING:
    from mcp.server import Server

MAX_MESSAGE_BYTES = 32 * 1024
"""Most bytes of a message; the longest arguments are a question of 1,000 characters. Each argument
that a tool lacks is an error: 22,000 of them took half a second."""


class McpEndpoint:
    """ASGI application of the address. The first request loads the SDK in a thread."""

    def __init__(self) -> None:
        self._server: Server[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message.

        Raises:
            Refused: the SDK is not installed, or a page of another site sent the message.
        """
        _refuse_other_origins(Request(scope))
        if self._server is None:
            try:
                self._server = await run_in_threadpool(make_server, RequestReader.of)
            except MissingExtra as error:
                raise Refused(NOT_FOUND, str(error)) from None
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        # Without sessions a manager holds nothing between requests, and can be run only once.
        manager = StreamableHTTPSessionManager(
            self._server,
            json_response=True,
            stateless=True,
            max_request_body_size=MAX_MESSAGE_BYTES,
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def _refuse_other_origins(request: Request) -> None:
    """Refuse messages from pages of sites that the settings do not name, as the protocol demands.

    Raises:
        Refused: the header `Origin` names another site.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return
    host = request.headers.get("host", "")
    own = (f"http://{host}", f"https://{host}")
    if origin not in (*own, *origins_of(state_of(request).settings)):
        raise Refused(
            NOT_PERMITTED,
            "pages of other sites may not send messages here; SEMSEARCH_ORIGINS names those that may",
        )


def mcp_route() -> Route:
    """Return the route of the address.

    Without the SDK it also takes GET, so that a browser shows what to install and not a 405.
    """
    methods = ["POST"] if is_installed() else ["GET", "POST"]
    return Route(
        MCP_PATH, McpEndpoint(), methods=methods, name="mcp_endpoint", include_in_schema=False
    )
