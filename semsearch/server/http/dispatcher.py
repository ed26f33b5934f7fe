"""Passes requests to their routes, and turns errors into responses, in one pass.

FastAPI puts five middlewares around its router, which compares a request with one route after the
other. That took more processor time than the rest of HTTP (docs/measurements.md).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from semsearch.server.http.middleware import OutermostMiddleware
from semsearch.server.http.paths import API_PREFIX

if TYPE_CHECKING:
    from semsearch.server.telemetry.telemetry import Telemetry

DIRECT_PATHS = frozenset(("/", f"{API_PREFIX}/search", f"{API_PREFIX}/suggest"))
"""Paths without parameters that most requests ask for."""


class Application(FastAPI):
    """FastAPI whose layers are `OutermostMiddleware`, added middlewares, and `Dispatcher`.

    Args:
        direct_paths: see `Dispatcher`.
        telemetry: is told of every request, if there is one. FastAPI's own is off, since its spans
            have the questions.
        options: of FastAPI.
    """

    def __init__(
        self,
        *,
        direct_paths: Collection[str] = DIRECT_PATHS,
        telemetry: Telemetry | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        off = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
        super().__init__(telemetry=off, **options)
        self._direct_paths = direct_paths
        self._observer = telemetry

    def build_middleware_stack(self) -> ASGIApp:
        """Return what answers requests; Starlette calls this once."""
        app: ASGIApp = Dispatcher(self, self._direct_paths)
        for middleware, args, kwargs in reversed(self.user_middleware):
            app = middleware(app, *args, **kwargs)
        return OutermostMiddleware(app, self._observer)


class Dispatcher:
    """Answers requests by the routes of an application, and errors by its exception handlers.

    Args:
        app: the application, with all of its routes.
        direct_paths: paths whose routes are found without the router, by method and path.
    """

    def __init__(self, app: FastAPI, direct_paths: Collection[str]) -> None:
        self._router = app.router
        self._handlers: dict[Any, Any] = app.exception_handlers
        self._direct = {
            (method, route.path): route.app
            for route in app.routes
            if isinstance(route, Route) and route.path in direct_paths
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._router(scope, receive, send)
            return
        app = self._direct.get((scope["method"], scope["path"]), self._router)
        try:
            await app(scope, receive, send)
        except Exception as error:
            found = (self._handlers.get(ancestor) for ancestor in type(error).__mro__)
            handler = next(filter(None, found), None)
            if handler is None or scope["response"].has_started:
                raise
            response = await handler(Request(scope, receive), error)
            await response(scope, receive, send)
