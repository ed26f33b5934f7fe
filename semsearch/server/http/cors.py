"""Which pages of other sites may read what (CORS). None of them may edit.

The HTTP interface and the address of assistants are shared with the origins of the settings.
Reconciliation is shared with all, as its specification demands, unless only this machine reaches
the service and it needs no key: then any page in the browser of its owner could read it, so only
pages of this machine may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from semsearch.core.settings import Settings
from semsearch.server.auth.exposure import Exposure
from semsearch.server.http.min_revision import REVISION_HEADER
from semsearch.server.http.paths import is_api, is_mcp, is_reconciliation

_LOCAL_SITES = tuple(
    f"{scheme}://{host}"
    for scheme in ("http", "https")
    for host in ("localhost", "127.0.0.1", "[::1]")
)
"""Pages of this machine, on any port, may read and frame."""
_LOCAL_ORIGIN = rf"({'|'.join(map(re.escape, _LOCAL_SITES))})(:\d+)?"
_READING = ["GET", "HEAD"]
_MESSAGE_HEADERS = ["Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"]
"""Headers of messages of assistants, beside those that any request may have."""


def origins_of(settings: Settings) -> list[str]:
    """Return the origins that the settings name."""
    return [one for one in re.split(r"\s*,\s*", settings.origins.strip()) if one]


def share(app: FastAPI, settings: Settings, exposure: Exposure) -> None:
    """Add the middlewares by which pages of other origins may read, with a key too."""
    named = origins_of(settings)
    if named:
        app.add_middleware(_CorsFor, covers=is_api, origins=named, methods=_READING)
        app.add_middleware(
            _CorsFor,
            covers=is_mcp,
            origins=named,
            methods=["POST"],
            headers=_MESSAGE_HEADERS,
        )
    app.add_middleware(
        _CorsFor,
        covers=is_reconciliation,
        origins=named if exposure.is_private else ["*"],
        methods=[*_READING, "POST"],
        pattern=_LOCAL_ORIGIN if exposure.is_private else None,
    )


def frame_ancestors(settings: Settings, exposure: Exposure) -> str:
    """Return the pages that may frame a preview, as in a Content-Security-Policy."""
    if not exposure.is_private:
        return "*"
    # A policy cannot name an IPv6 address: browsers ignore it and warn.
    local = (f"{site}:*" for site in _LOCAL_SITES if "[" not in site)
    return " ".join(("'self'", *local, *origins_of(settings)))


class _CorsFor(CORSMiddleware):
    """CORS for some paths.

    Args:
        app: what answers.
        covers: whether a path is shared.
        origins: with which; `*` means all.
        methods: that may be used.
        headers: that requests may have beside those of all paths.
        pattern: of further origins.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        covers: Callable[[str], bool],
        origins: Sequence[str],
        methods: Sequence[str],
        headers: Sequence[str] = (),
        pattern: str | None = None,
    ) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=methods,
            allow_headers=["Authorization", "If-None-Match", *headers],
            allow_origin_regex=pattern,
            expose_headers=["ETag", REVISION_HEADER, "Server-Timing", "X-Request-Id"],
            max_age=3600,
        )
        self._covers = covers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self._covers(scope["path"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)
