"""HTTP/1.1 with bounds: a client that is silent, slow or endless is disconnected.

The parser in C that uvicorn has takes 0.2 ms less for a question than h11, and bounds nothing: it
waits for ever for the rest of a request and for a client that does not read, and takes heads of any
size. The deadlines here are absolute: one more byte does not extend them. Keep-alive between
requests has its own limit in uvicorn.

When the service has too much to do, questions are refused here: with ten times too many, refusing them in the
application left time for a tenth of the answers (DESIGN.md, decision 27).
"""

from __future__ import annotations

import asyncio
from functools import cache
from http import HTTPStatus

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from semsearch.server.batching import Client
from semsearch.server.http import problems
from semsearch.server.http.middleware import SECURITY_HEADERS

HEAD_S = 10.0
BODY_S = 30.0
WRITE_S = 30.0
"""Seconds for the head of a request, for its body, and for reading a full buffer of a response."""

MAX_FRAMING_BYTES = 16 * 1024
"""Most bytes of a request besides its body: its head, and the sizes and trailers of chunks."""

MAX_FIELDS = 100
"""Most header fields of a request."""

MAX_WAITING = 16
"""Most requests that are sent ahead while one is worked on."""

_PIECE_BYTES = 2048
"""What the parser is fed at once. Framing is counted to within one piece."""

_DETAILS = {
    problems.MALFORMED_REQUEST.slug: "the bytes received are not an HTTP/1.1 request",
    problems.LARGE_HEAD.slug: "the head has more than 16 KiB or 100 fields; send less",
}
IS_FULL = "semsearch.is_full"
"""Name, in the state that the lifespan leaves to connections, of what tells whether more work would be refused."""

_WORK = b"/v1/"
"""What the addresses that need work begin with."""

_BODY_FIELDS = {b"content-length", b"transfer-encoding"}
_ALWAYS = {"Cache-Control": "no-store", **SECURITY_HEADERS}
_CLOSING = {"Connection": "close", **_ALWAYS}


class _Unacceptable(Exception):
    """What a request says is not what HTTP/1.1 lets it say, or too much."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. See `uvicorn.Config.http`."""

    head_s = HEAD_S
    body_s = BODY_S
    write_s = WRITE_S

    _awaited = "head"
    """What the client has not sent yet: the head of a request, the rest of its body, or nothing."""

    _framing = 0
    _is_large = False
    _is_refused = False
    _is_turned_away = False
    _timed = ""
    _deadline: asyncio.TimerHandle | None = None
    _write_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start waiting for a request."""
        super().connection_made(transport)
        self._client = Client()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines; what still waits for a thread need not be done."""
        super().connection_lost(exc)
        self._client.has_left = True
        for handle in (self._deadline, self._write_deadline):
            if handle is not None:
                handle.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what came, and see what is still missing."""
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
        """Read a head."""
        if len(self.pipeline) == MAX_WAITING:
            raise _Unacceptable
        self._is_turned_away = False
        self._unset_keepalive_if_required()  # another request of the same piece may have set it
        self._awaited = "head"
        super().on_message_begin()
        self.scope["extensions"] = {"semsearch.client": {"is": self._client}}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one field of the head; those behind a body are counted and dropped."""
        if self._awaited != "head":
            return
        if len(self.headers) == MAX_FIELDS:
            self._is_large = True
            raise _Unacceptable
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the work, if this is a head we take.

        The parser drops all that follows a head which asks for another protocol (`Upgrade`). Such
        a request is answered in HTTP/1.1 and the connection closed; one with a body is refused.
        """
        _check_head(self.parser.get_http_version(), self.headers)
        is_last = self.parser.should_upgrade()
        if is_last and _BODY_FIELDS.intersection(name for name, _ in self.headers):
            raise _Unacceptable
        if not is_last and self._may_turn_away() and self.app_state[IS_FULL]():
            self._turn_away()
            return
        self._awaited = "body"
        super().on_headers_complete()
        if is_last:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body, which the application counts."""
        self._framing -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Let the client wait for us; the next head is counted from here."""
        self._awaited = ""
        self._framing = 0
        if not self._is_turned_away:
            super().on_message_complete()

    def _may_turn_away(self) -> bool:
        """Whether this is a GET for work, with no other request before it and nothing unread behind it."""
        return (
            self.url.startswith(_WORK)
            and self.parser.get_method() == b"GET"
            and self.parser.should_keep_alive()
            and _BODY_FIELDS.isdisjoint(name for name, _ in self.headers)
            and not self._is_working()
            and not self.flow.write_paused
            and IS_FULL in self.app_state
        )

    def _turn_away(self) -> None:
        """Refuse a request without bothering the application, and wait for the next one anew."""
        self._is_turned_away = True
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
        """Start waiting for the client to read."""
        super().pause_writing()
        self._write_deadline = self.loop.call_later(self.write_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing: the client has read."""
        super().resume_writing()
        if self._write_deadline is not None:
            self._write_deadline.cancel()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not acceptable like every other error, and close the connection.

        Requests that came whole before it are answered first.
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
        kind = problems.LARGE_HEAD if self._is_large else problems.MALFORMED_REQUEST
        self.transport.write(_written(kind))
        self.transport.close()

    def _is_working(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        """Set the deadline that fits what is awaited now, unless it is set already."""
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
    """Refuse what the parser lets pass and HTTP/1.1 does not, or what would hide a request."""
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


def _written(kind: problems.ProblemType) -> bytes:
    """Return a problem as the bytes of a response."""
    return _bytes_of(problems.problem_response(kind, _DETAILS[kind.slug], headers=_CLOSING))


@cache
def _overload() -> bytes:
    """Return the refusal of what is too much as the bytes of a response."""
    response = problems.overload_response()
    response.headers.update(_ALWAYS)
    return _bytes_of(response)


def _bytes_of(response: Response) -> bytes:
    status = response.status_code
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode("ascii")]
    lines += [name + b": " + value for name, value in response.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(response.body)])
