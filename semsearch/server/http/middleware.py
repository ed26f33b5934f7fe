"""ASGI middleware around every request: common headers, and a problem for unexpected errors."""

from __future__ import annotations

import logging
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.server.http import problem_types
from semsearch.server.http.error_responses import refuse
from semsearch.web.assets import assets_path

SECURITY_HEADERS: dict[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types semsearch"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_HASHED_ASSETS = f"/{assets_path()}"
_FOREVER = "public, max-age=31536000, immutable"

_log = logging.getLogger("semsearch.server")


class Envelope:
    """Outermost middleware: request id, security headers and timing on every response.

    It answers HEAD wherever GET is answered, without the body. An unexpected error becomes a
    problem without details, which are logged under the request id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        timings: dict[str, float | str] = {}
        scope = {**scope, "timings": timings}
        request_id = uuid4().hex
        is_head = scope["method"] == "HEAD"
        has_started = False

        async def send_enveloped(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                headers = MutableHeaders(raw=list(message.get("headers", [])))
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", _caching(scope, message["status"]))
                headers["X-Request-Id"] = request_id
                timings["total"] = (perf_counter() - began) * 1000
                headers["Server-Timing"] = _server_timing(timings)
                message = {**message, "headers": headers.raw}
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        inner = {**scope, "method": "GET"} if is_head else scope
        try:
            await self._app(inner, receive, send_enveloped)
        except ClientDisconnect:
            return
        except Exception:
            _log.exception("request %s failed: %s %r", request_id, scope["method"], scope["path"])
            if has_started:
                raise
            response = refuse(
                scope,
                problem_types.INTERNAL,
                "the service failed; see its log",
                request_id=request_id,
            )
            await response(scope, receive, send_enveloped)


def _server_timing(timings: dict[str, float | str]) -> str:
    """Return the header `Server-Timing`: durations in milliseconds, texts as descriptions."""
    return ", ".join(
        f'{name};desc="{value}"' if isinstance(value, str) else f"{name};dur={value:.2f}"
        for name, value in timings.items()
    )


def _caching(scope: Scope, status: int) -> str:
    """Return `Cache-Control`: hashed assets never expire, other assets are revalidated."""
    path = scope["path"]
    if status >= 400 or not path.startswith("/static/"):
        return "no-store"
    return _FOREVER if path.startswith(_HASHED_ASSETS) else "no-cache"
