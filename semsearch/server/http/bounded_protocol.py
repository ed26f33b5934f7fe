"""HTTP/1.1 with time and size limits for each connection.

uvicorn's httptools parser takes 0.2 ms less for a question than h11, but has no limits: it waits
forever for the rest of a request or for a client that does not read, and accepts heads of any size.
The deadlines here are absolute: another byte does not extend them. uvicorn limits the keep-alive
time between requests.

An overloaded service refuses questions here. At ten times the load that it can serve, refusing them
in the application left time for only a tenth of the answers (docs/decisions/0027).
"""

from __future__ import annotations

import asyncio
from functools import cache
from http import HTTPStatus

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from semsearch.server.batching import Client
from semsearch.server.http import problem_types
from semsearch.server.http.error_responses import TOO_MANY_WAIT, problem_response
from semsearch.server.http.middleware import SECURITY_HEADERS
from semsearch.server.http.paths import API_PREFIX

HEAD_S = 10.0
BODY_S = 30.0
WRITE_S = 30.0
"""Seconds to send a head, to send a body, and to read a full buffer of a response."""

MAX_FRAMING_BYTES = 16 * 1024
"""Most bytes of a request without its body: the head, and the sizes and trailers of chunks."""

MAX_FIELDS = 100
"""Most header fields of a request."""

MAX_WAITING = 16
"""Most pipelined requests behind the one being answered."""

_PIECE_BYTES = 2048
"""Bytes given to the parser at a time, which is the precision of `MAX_FRAMING_BYTES`."""

_DETAILS = {
    problem_types.MALFORMED_REQUEST.slug: "the bytes received are not an HTTP/1.1 request",
    problem_types.LARGE_HEAD.slug: "the head has more than 16 KiB or 100 fields; send less",
}
IS_FULL = "semsearch.is_full"
"""Key, in the lifespan state, of the function that says whether more work would be refused."""

_API_PATH = f"{API_PREFIX}/".encode()

_BODY_FIELDS = {b"content-length", b"transfer-encoding"}
_ALWAYS = {"Cache-Control": "no-store", **SECURITY_HEADERS}
_CLOSING = {"Connection": "close", **_ALWAYS}


class _Unacceptable(Exception):
    """The request is not valid HTTP/1.1, or too large."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. See `uvicorn.Config.http`."""

    head_s = HEAD_S
    body_s = BODY_S
    write_s = WRITE_S

    _awaited = "head"
    """What the client has yet to send: the head of a request, the rest of its body, or nothing."""

    _framing = 0
    _is_large = False
    _is_refused = False
    _is_overload_refused = False
    _timed = ""
    _deadline: asyncio.TimerHandle | None = None
    _write_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self._client = Client()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the deadlines and the tasks that still wait for a thread."""
        super().connection_lost(exc)
        self._client.has_left = True
        for handle in (self._deadline, self._write_deadline):
            if handle is not None:
                handle.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse received bytes, and set the next deadline."""
        for start in range(0, len(data), _PIECE_BYTES):
            if self._is_refused or self.transport.is_closing():
                return
            piece = data[start : start + _PIECE_BYTES]
            self._framing += len(piece)
            super().data_received(piece)
            if self._framing > MAX_FRAMING_BYTES and not self._is_refused:
                self._is_large = True
                self.send_400_response("")
        self._watch()

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        if len(self.pipeline) == MAX_WAITING:
            raise _Unacceptable
        self._is_overload_refused = False
        self._unset_keepalive_if_required()  # another request of the same piece may have set it
        self._awaited = "head"
        super().on_message_begin()
        self.scope["extensions"] = {"semsearch.client": {"is": self._client}}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add one field of the head. Trailers are counted and dropped."""
        if self._awaited != "head":
            return
        if len(self.headers) == MAX_FIELDS:
            self._is_large = True
            raise _Unacceptable
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Check the head, and start the application.

        The parser drops everything behind a head that asks for another protocol (`Upgrade`). Such a
        request is answered in HTTP/1.1, and the connection is closed. One with a body is refused.
        """
        _check_head(self.parser.get_http_version(), self.headers)
        is_last = self.parser.should_upgrade()
        if is_last and _BODY_FIELDS.intersection(name for name, _ in self.headers):
            raise _Unacceptable
        if not is_last and self._may_refuse_overload() and self.app_state[IS_FULL]():
            self._refuse_overload()
            return
        self._awaited = "body"
        super().on_headers_complete()
        if is_last:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body to the application, which limits its size."""
        self._framing -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting for the client, and count the next head from zero."""
        self._awaited = ""
        self._framing = 0
        if not self._is_overload_refused:
            super().on_message_complete()

    def _may_refuse_overload(self) -> bool:
        """Whether this is a GET of the HTTP interface that no other request precedes or follows."""
        return (
            self.url.startswith(_API_PATH)
            and self.parser.get_method() == b"GET"
            and self.parser.should_keep_alive()
            and _BODY_FIELDS.isdisjoint(name for name, _ in self.headers)
            and not self._is_working()
            and not self.flow.write_paused
            and IS_FULL in self.app_state
        )

    def _refuse_overload(self) -> None:
        """Refuse a request without the application, and wait for the next one."""
        self._is_overload_refused = True
        self._awaited = self._timed = ""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self.transport.write(_overload())
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Set the deadline for the client to read."""
        super().pause_writing()
        self._write_deadline = self.loop.call_later(self.write_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Cancel the deadline, since the client has read."""
        super().resume_writing()
        if self._write_deadline is not None:
            self._write_deadline.cancel()

    def send_400_response(self, msg: str) -> None:
        """Answer an invalid request with a problem, and close the connection.

        Complete requests before it are answered first.
        """
        self._is_refused = True
        if self._is_working():
            if self._awaited != "body":
                self.cycle.keep_alive = False
                return
            if self.pipeline or self.cycle.response_started:
                self.transport.close()
                return
            self.cycle.disconnected = True  # the application waits for the rest of a body
            self.cycle.message_event.set()
        kind = problem_types.LARGE_HEAD if self._is_large else problem_types.MALFORMED_REQUEST
        self.transport.write(_problem_bytes(kind))
        self.transport.close()

    def _is_working(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        """Set the deadline for what the client has yet to send, unless it is set."""
        if self.transport.is_closing():
            return
        awaited = self._awaited
        if awaited != "body":
            awaited = "" if self._is_working() else "head"
        if awaited == self._timed:
            return
        self._timed = awaited
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if awaited:
            seconds = self.head_s if awaited == "head" else self.body_s
            self._deadline = self.loop.call_later(seconds, self.transport.abort)


def _check_head(version: str, fields: list[tuple[bytes, bytes]]) -> None:
    """Refuse heads that the parser accepts although they are invalid or could smuggle a request."""
    hosts = codings = lengths = 0
    for name, value in fields:
        if name == b"host":
            hosts += 1
        elif name == b"content-length":
            lengths += 1
        elif name == b"transfer-encoding":
            codings += 1
            if version != "1.1" or value.lower() != b"chunked":
                raise _Unacceptable
    if version not in ("1.0", "1.1") or hosts > 1 or hosts < (version == "1.1"):
        raise _Unacceptable
    if codings + lengths > 1:
        raise _Unacceptable


def _problem_bytes(kind: problem_types.ProblemType) -> bytes:
    """Return the response of a problem as bytes."""
    return _bytes_of(problem_response(kind, _DETAILS[kind.slug], headers=_CLOSING))


@cache
def _overload() -> bytes:
    """Return the response of an overloaded service as bytes."""
    response = problem_response(problem_types.OVERLOADED, TOO_MANY_WAIT)
    response.headers.update(_ALWAYS)
    return _bytes_of(response)


def _bytes_of(response: Response) -> bytes:
    status = response.status_code
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode("ascii")]
    lines += [name + b": " + value for name, value in response.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(response.body)])
