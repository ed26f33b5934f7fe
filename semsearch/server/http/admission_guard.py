"""Refuses requests for which there is no room, before their body is parsed."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from semsearch.server.http import problem_types
from semsearch.server.http.error_responses import TOO_MANY_WAIT, refuse
from semsearch.server.queueing.admission import Admission, class_of
from semsearch.server.queueing.batching import Client


class AdmissionGuard:
    """ASGI middleware that refuses requests before they are parsed.

    A request with a key is refused here only if the whole line is full. `RouteGuard` applies the
    share of the key, once the key is known to be valid.

    Args:
        app: what answers the others.
        admission: the lines.
    """

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            kind = class_of(scope["method"], scope["path"])
            client = self._client(scope)
            if self._admission.is_full(kind, client.party, scope["headers"]):
                client.is_refused = True
                response = refuse(scope, problem_types.OVERLOADED, TOO_MANY_WAIT)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _client(self, scope: Scope) -> Client:
        """Return the client, which is made here if another server than ours has the connection."""
        extensions = scope.setdefault("extensions", {})
        if "semsearch.client" not in extensions:
            peer = (scope.get("client") or ("", 0))[0]
            party = self._admission.proxies.party_of(peer, scope["headers"])
            extensions["semsearch.client"] = {"is": Client(party=party)}
        client: Client = extensions["semsearch.client"]["is"]
        return client
