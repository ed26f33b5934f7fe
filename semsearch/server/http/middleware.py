"""ASGI middleware around every request: common headers, and a problem for unexpected errors."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from random import getrandbits
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.server.http import problem_types
from semsearch.server.http.error_responses import refuse
from semsearch.server.http.route_templates import NO_ROUTE
from semsearch.web.assets import assets_path

if TYPE_CHECKING:
    from semsearch.server.telemetry.telemetry import Telemetry

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of all pages without trusted types, which Swagger UI does not support."""
_TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types semsearch"
SECURITY_HEADERS: dict[str, str] = {
    "Content-Security-Policy": f"{CONTENT_POLICY}; {_TRUSTED_TYPES}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_SECURITY_FIELDS = [
    (name.lower().encode("ascii"), value.encode("ascii"))
    for name, value in SECURITY_HEADERS.items()
]

_REQUEST_ID = re.compile(rb"[0-9A-Za-z._:=+/@-]{1,128}")
"""What a client or a proxy may call a request: no blank, so that no text of a question fits."""

_HASHED_ASSETS = f"/{assets_path()}"
_FOREVER = "public, max-age=31536000, immutable"

_log = logging.getLogger("semsearch.server")


class OutermostMiddleware:
    """Outermost middleware: request id, security headers and timing on every response.

    It answers HEAD wherever GET is answered, without the body. An unexpected error becomes a
    problem without details, which are logged under the request id.

    Args:
        app: what answers.
        telemetry: is told of every request, if there is one.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry | None = None) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current = CurrentResponse(scope, send)
        inner = {**scope, "response": current}
        if scope["method"] == "HEAD":
            inner["method"] = "GET"
        if self._telemetry is None:
            await self._serve(inner, receive, current)
            return
        self._telemetry.in_progress += 1
        try:
            await self._serve(inner, receive, current)
        finally:
            self._telemetry.in_progress -= 1
            self._telemetry.finished(current)

    async def _serve(self, inner: Scope, receive: Receive, current: CurrentResponse) -> None:
        scope = current.scope
        try:
            await self._app(inner, receive, current.send)
        except ClientDisconnect:
            return
        except Exception:
            current.problem = problem_types.INTERNAL.slug
            request_id = current.request_id
            _log.exception("request %s failed: %s %s", request_id, scope["method"], current.route)
            if current.has_started:
                raise
            response = refuse(
                scope,
                problem_types.INTERNAL,
                "the service failed; see its log",
                request_id=request_id,
            )
            await response(scope, receive, current.send)


class CurrentResponse:
    """One response under way, in the scope of its request as `response`.

    `timings` are milliseconds by name, or texts, for the header `Server-Timing`. `fields` are
    further headers. `route` is the template of the path, `problem` the type of the problem that is
    the answer, if it is one, and `answered_at` when a question was answered.
    """

    __slots__ = (
        "_send",
        "answered_at",
        "began",
        "fields",
        "problem",
        "request_id",
        "route",
        "scope",
        "sent",
        "status",
        "timings",
    )

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self._send = send
        self.began = perf_counter()
        self.answered_at = self.began
        self.timings: dict[str, float | str] = {}
        self.fields: list[tuple[bytes, bytes]] = []
        self.request_id = _request_id(scope)
        self.route = NO_ROUTE
        self.problem = ""
        self.status = 0
        self.sent = 0

    @property
    def has_started(self) -> bool:
        """Whether the head is sent."""
        return self.status != 0

    def answered(self, timings: Mapping[str, float | str]) -> None:
        """Note the timings of a question that has just been answered."""
        self.timings |= timings
        self.answered_at = perf_counter()

    async def send(self, message: Message) -> None:
        """Send a message of the response; its head gets the common headers."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])  # some frameworks send an `HTTPStatus`
            self.timings["total"] = (perf_counter() - self.began) * 1000
            message = {**message, "headers": self._headers(message)}
        elif message["type"] == "http.response.body":
            if self.scope["method"] == "HEAD":
                message = {**message, "body": b""}
            self.sent += len(message.get("body", b""))
        await self._send(message)

    def _headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        headers = [*message.get("headers", ()), *self.fields]
        stated = {name for name, _ in headers}
        headers += [field for field in _SECURITY_FIELDS if field[0] not in stated]
        if b"cache-control" not in stated:
            caching = _caching(self.scope["path"], message["status"])
            headers.append((b"cache-control", caching.encode("ascii")))
        headers.append((b"x-request-id", self.request_id.encode("ascii")))
        headers.append((b"server-timing", _server_timing(self.timings).encode("latin-1")))
        return headers


def _request_id(scope: Scope) -> str:
    """Return the id that the request states in `X-Request-Id`, or a new one."""
    stated = [value for name, value in scope["headers"] if name == b"x-request-id"]
    if len(stated) == 1 and _REQUEST_ID.fullmatch(stated[0]):
        return str(stated[0], "ascii")
    return f"{getrandbits(128):032x}"


def _server_timing(timings: dict[str, float | str]) -> str:
    """Return the header `Server-Timing`: durations in milliseconds, texts as descriptions."""
    return ", ".join(
        f'{name};desc="{value}"' if isinstance(value, str) else f"{name};dur={value:.2f}"
        for name, value in timings.items()
    )


def _caching(path: str, status: int) -> str:
    """Return `Cache-Control`: hashed assets never expire, other assets are revalidated."""
    if status >= 400 or not path.startswith("/static/"):
        return "no-store"
    return _FOREVER if path.startswith(_HASHED_ASSETS) else "no-cache"
