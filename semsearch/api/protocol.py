"""HTTP/1.1 with deadlines: a client that is silent or slow is disconnected.

uvicorn waits for ever for the rest of a request and for a client that does not read. The deadlines
here are absolute: one more byte does not extend them. Keep-alive between requests has its own
limit in uvicorn.
"""

from __future__ import annotations

import asyncio
import contextlib

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from semsearch.api import problems
from semsearch.api.middleware import SECURITY_HEADERS

HEAD_S = 10.0
BODY_S = 30.0
WRITE_S = 30.0
"""Seconds for the head of a request, for its body, and for reading a full buffer of a response."""


class DeadlineProtocol(H11Protocol):
    """One connection. See `uvicorn.Config.http`."""

    head_s = HEAD_S
    body_s = BODY_S
    write_s = WRITE_S

    _waiting_for: str = ""
    _deadline: asyncio.TimerHandle | None = None
    _write_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start waiting for a request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what came, and see what is still missing."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines."""
        super().connection_lost(exc)
        for handle in (self._deadline, self._write_deadline):
            if handle is not None:
                handle.cancel()

    def pause_writing(self) -> None:
        """Start waiting for the client to read."""
        super().pause_writing()
        self._write_deadline = self.loop.call_later(self.write_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing: the client has read."""
        super().resume_writing()
        if self._write_deadline is not None:
            self._write_deadline.cancel()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP like every other error."""
        response = problems.problem_response(
            problems.MALFORMED_REQUEST,
            "the bytes received are not an HTTP/1.1 request",
            headers={"Connection": "close", "Cache-Control": "no-store", **SECURITY_HEADERS},
        )
        with contextlib.suppress(h11.LocalProtocolError):  # a response is already under way
            for event in (
                h11.Response(status_code=400, headers=response.raw_headers, reason=b"Bad Request"),
                h11.Data(data=bytes(response.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        """Set the deadline that fits what is awaited now, unless it is set already."""
        state = self.conn.their_state
        wanted = {h11.IDLE: "head", h11.SEND_BODY: "body"}.get(state, "")
        if wanted == self._waiting_for or self.transport.is_closing():
            return
        self._waiting_for = wanted
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if wanted:
            seconds = self.head_s if wanted == "head" else self.body_s
            self._deadline = self.loop.call_later(seconds, self.transport.abort)
