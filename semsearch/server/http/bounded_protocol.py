"""HTTP/1.1 with time and size limits for each connection.

uvicorn's httptools parser takes 0.2 ms less for a question than h11, but has no limits: it waits
forever for the rest of a request or for a client that does not read, and accepts heads of any size.
The deadline of a head is absolute: another byte does not extend it. Those of bodies and of reading
an answer are extended by progress, so that who is slow but steady is not cut off. uvicorn limits
the keep-alive time between requests.

An overloaded service refuses requests here. At ten times the load that it can serve, refusing them
in the application left time for only a tenth of the answers (docs/decisions/0027).
"""

from __future__ import annotations

import asyncio
from collections import deque

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from semsearch.server.http import problem_types
from semsearch.server.http.connection_limits import (
    CONNECTION_LIMITS,
    ConnectionLimits,
    is_reset,
    unread_bytes,
)
from semsearch.server.http.paths import HEALTH_PATHS, is_api
from semsearch.server.http.raw_responses import overload_bytes, problem_bytes
from semsearch.server.http.reading_pause import read_later
from semsearch.server.http.route_templates import OTHER
from semsearch.server.http.strict_heads import Unacceptable, check_head
from semsearch.server.queueing.admission import ADMISSION, Admission, class_of
from semsearch.server.queueing.batching import Client
from semsearch.server.telemetry.telemetry import TELEMETRY, Telemetry
from semsearch.web.render import root_of

HEAD_S = 10.0
BODY_S = 30.0
WRITE_S = 30.0
"""Seconds to send a head, and after which the sending of a body and the reading of an answer must
have made progress."""

PROBE_S = 0.5
"""Seconds between two probes of a client that has ended its side."""

LOOK_S = 0.02
"""Seconds after a probe in which a client nearby that is gone has answered with a reset."""

MIN_BYTES_PER_S = 2_000
"""Progress that extends the deadline of a body or an answer, on average since it was set."""

MAX_FRAMING_BYTES = 16 * 1024
"""Most bytes of a request without its body: the head, and the sizes and trailers of chunks."""

MAX_FIELDS = 100
"""Most header fields of a request."""

MAX_WAITING = 16
"""Most pipelined requests behind the one being answered."""

_PIECE_BYTES = 2048
"""Bytes given to the parser at a time, which is the precision of `MAX_FRAMING_BYTES`."""

_BODY_FIELDS = {b"content-length", b"transfer-encoding"}


class BoundedProtocol(HttpToolsProtocol):
    """One connection. See `uvicorn.Config.http`."""

    head_s = HEAD_S
    body_s = BODY_S
    write_s = WRITE_S
    probe_s = PROBE_S

    _awaited = "head"
    """What the client has yet to send: the head of a request, the rest of its body, or nothing."""

    _framing = 0
    _is_large = False
    _is_refused = False
    _is_overload_refused = False
    _has_ended = False
    _timed = ""
    _received = 0
    _is_surplus = False
    _answered: RequestResponseCycle | None = None
    _deadline: asyncio.TimerHandle | None = None
    _write_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self.address = (self.client or ("", 0))[0]
        self._clients: deque[Client] = deque(maxlen=MAX_WAITING + 1)
        self._limits: ConnectionLimits | None = self.app_state.get(CONNECTION_LIMITS)
        self._admission: Admission | None = self.app_state.get(ADMISSION)
        self._telemetry: Telemetry | None = self.app_state.get(TELEMETRY)
        if self._limits is not None:
            self._is_surplus = self._limits.opened(self)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the deadlines and the tasks that still wait for a thread."""
        super().connection_lost(exc)
        if self._answered is not None:  # uvicorn tells the last request, others may wait before it
            self._answered.disconnected = True
        for client in self._clients:
            client.has_left = True
        if self._limits is not None:
            self._limits.closed(self)
        for handle in (self._deadline, self._write_deadline):
            if handle is not None:
                handle.cancel()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer a client that has ended its side, other than of TLS, behind complete requests."""
        self._has_ended = True
        is_answered = not self.is_idle() and self._awaited != "body" and self.scheme == "http"
        if is_answered:
            self._probe()
        return is_answered

    def _probe(self) -> None:
        """Send 100 (Continue) now and then to a client that has ended its side; look for a reset.

        Whoever still reads skips it (RFC 9110, 15.2). One that is gone answers with a reset. The
        transport does not read any more, so nothing else would tell before the answer is written.
        """
        if self.scope["http_version"] != "1.1" or self.transport.is_closing() or self.is_idle():
            return
        if not self.pipeline and not self.cycle.response_started:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        for after_s in (LOOK_S, self.probe_s):
            self.loop.call_later(after_s, self._end_if_reset)
        self.loop.call_later(self.probe_s, self._probe)

    def _end_if_reset(self) -> None:
        if is_reset(self.transport):
            self.transport.abort()

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
            raise Unacceptable
        self._is_overload_refused = False
        self._unset_keepalive_if_required()  # another request of the same piece may have set it
        self._awaited = "head"
        super().on_message_begin()
        self._clients.append(Client())
        self.scope["extensions"] = {"semsearch.client": {"is": self._clients[-1]}}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add one field of the head. Trailers are counted and dropped."""
        if self._awaited != "head":
            return
        if len(self.headers) == MAX_FIELDS:
            self._is_large = True
            raise Unacceptable
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Check the head, and start the application.

        The parser drops everything behind a head that asks for another protocol (`Upgrade`). Such a
        request is answered in HTTP/1.1, and the connection is closed. One with a body is refused.
        """
        check_head(self.parser.get_http_version(), self.headers)
        is_last = self.parser.should_upgrade()
        if is_last and _BODY_FIELDS.intersection(name for name, _ in self.headers):
            raise Unacceptable
        if self._admission is not None:
            self._clients[-1].party = self._admission.proxies.party_of(self.address, self.headers)
        if self._is_surplus and self._path() not in HEALTH_PATHS:
            raise Unacceptable
        if not is_last and self._may_refuse_overload() and self._is_overloaded():
            self._refuse_overload()
            return
        self._awaited = "body"
        super().on_headers_complete()
        if is_last:
            self.cycle.keep_alive = False

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body to the application, which limits its size."""
        self._framing -= len(body)
        self._received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting for the client, and count the next head from zero."""
        self._awaited = ""
        self._framing = 0
        if not self._is_overload_refused:
            super().on_message_complete()

    def _may_refuse_overload(self) -> bool:
        """Whether this is a GET that no other request precedes or follows."""
        return (
            self.parser.get_method() == b"GET"
            and self.parser.should_keep_alive()
            and _BODY_FIELDS.isdisjoint(name for name, _ in self.headers)
            and self.is_idle()
            and not self.flow.write_paused
        )

    def _is_overloaded(self) -> bool:
        """Whether the application would refuse this GET; see `AdmissionGuard`."""
        if self._admission is None:
            return False
        kind = class_of("GET", self._path())
        return self._admission.is_full(kind, self._clients[-1].party, self.headers)

    def _path(self) -> str:
        return self.url.partition(b"?")[0].decode("latin-1")

    def _refuse_overload(self) -> None:
        """Refuse a request without the application, and wait for the next one."""
        self._is_overload_refused = True
        self._awaited = self._timed = ""
        path = self._path()
        self._tell_refusal(problem_types.OVERLOADED, "GET")
        accepted = b",".join(value for name, value in self.headers if name == b"accept")
        wants_page = not is_api(path) and b"text/html" in accepted
        self.transport.write(overload_bytes(root_of(path) if wants_page else None))
        self._clients[-1].is_refused = True
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request. A client that leaves from now on has its answer."""
        client = self._clients.popleft()
        super().on_response_complete()
        if client.is_refused:
            read_later(self, self._admission)
        if self._has_ended and self.is_idle():
            self.transport.close()
        self._watch()

    def pause_writing(self) -> None:
        """Set the deadline for the client to read."""
        super().pause_writing()
        self._expect_reading()
        if self._limits is not None:
            self._limits.unread(self)

    def resume_writing(self) -> None:
        """Cancel the deadline, since the client has read."""
        super().resume_writing()
        if self._write_deadline is not None:
            self._write_deadline.cancel()
        if self._limits is not None:
            self._limits.is_read(self)

    def _expect_reading(self) -> None:
        """End the connection unless the client reads at `MIN_BYTES_PER_S`."""
        before = unread_bytes(self.transport)

        def check() -> None:
            read = before - unread_bytes(self.transport)
            if read < MIN_BYTES_PER_S * self.write_s:
                self.transport.abort()
            else:
                self._expect_reading()

        self._write_deadline = self.loop.call_later(self.write_s, check)

    def _expect_body(self) -> None:
        """End the connection unless the client sends its body at `MIN_BYTES_PER_S`."""
        before = self._received

        def check() -> None:
            if self._received - before < MIN_BYTES_PER_S * self.body_s:
                self.transport.abort()
            else:
                self._expect_body()

        self._deadline = self.loop.call_later(self.body_s, check)

    def _end_silent(self) -> None:
        """End a connection without a request, unless the client still reads the last answer."""
        if self.flow.write_paused:  # that has a deadline of its own
            self._deadline = self.loop.call_later(self.head_s, self._end_silent)
        else:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answer an invalid request with a problem, and close the connection.

        Complete requests before it are answered first.
        """
        self._is_refused = True
        if not self.is_idle():
            if self._awaited != "body":
                self.cycle.keep_alive = False
                return
            if self.pipeline or self.cycle.response_started:
                self.transport.close()
                return
            self.cycle.disconnected = True  # the application waits for the rest of a body
            self.cycle.message_event.set()
        kind = problem_types.LARGE_HEAD if self._is_large else problem_types.MALFORMED_REQUEST
        if self._is_surplus:
            kind = problem_types.TOO_MANY_CONNECTIONS
        self.transport.write(problem_bytes(kind))
        self._tell_refusal(kind, OTHER)
        self.transport.close()

    def _tell_refusal(self, kind: problem_types.ProblemType, method: str) -> None:
        if self._telemetry is not None:
            party = self._clients[-1].party if self._clients else ""
            self._telemetry.refused(kind, method, party or self.address)

    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or bool(self.cycle.response_complete)

    def _watch(self) -> None:
        """Set the deadline for what the client has yet to send, unless it is set."""
        if self.transport.is_closing():
            return
        awaited = self._awaited
        if awaited != "body":
            awaited = "head" if self.is_idle() else ""
        if awaited == self._timed:
            return
        self._timed = awaited
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if awaited == "head":
            self._deadline = self.loop.call_later(self.head_s, self._end_silent)
        elif awaited:
            self._expect_body()
