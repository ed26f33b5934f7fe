"""HTTP Strict Transport Security (RFC 6797): tells browsers to ask a host by HTTPS alone.

A browser that has seen the header asks no service of that host by HTTP for a year, on any port. So
it is sent only where the operator has said that people reach the service by HTTPS, and only for
that host. A proxy that speaks TLS sends a header of its own.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.core.settings import Settings
from semsearch.server.auth.exposure import is_local
from semsearch.server.http.host_check import host_of

_FIELD = (b"strict-transport-security", b"max-age=31536000")


def promised_host(settings: Settings) -> str:
    """Return the host of a public URL that is HTTPS and not of this machine; else nothing."""
    url = urlsplit(settings.public_url)
    host = url.hostname or ""
    return host if url.scheme == "https" and not is_local(host) else ""


class StrictTransport:
    """ASGI middleware that adds the header to answers for one host, of a server that speaks TLS.

    Args:
        app: what answers.
        host: by which requests must ask, in lower case.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        stated = [value for name, value in scope.get("headers", ()) if name == b"host"]
        if not stated or host_of(stated[0].decode("latin-1")) != self._host:
            await self._app(scope, receive, send)
            return

        async def send_with_field(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), _FIELD]}
            await send(message)

        await self._app(scope, receive, send_with_field)
