"""Refusals of an overloaded service, and what clients that do not read get.

Covers `server/http/raw_responses`, `server/http/connection_limits`,
`server/http/reading_pause` and `server/http/strict_heads`.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import resource
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, cast

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.client_address import Proxies
from semsearch.server.http import connection_limits
from semsearch.server.http.bounded_protocol import BoundedProtocol
from semsearch.server.http.connection_limits import SPARE, ConnectionLimits, allow_files
from semsearch.server.http.middleware import SECURITY_HEADERS
from semsearch.server.http.reading_pause import PAUSE_S
from semsearch.server.search_service import THREADS
from semsearch.server.telemetry.line_writer import LineWriter
from semsearch.server.telemetry.logs import RequestLog
from semsearch.server.telemetry.sampling import LineSampler
from semsearch.server.telemetry.telemetry import Telemetry

_SEARCH = b"GET /v1/search?q=GPS HTTP/1.1\r\nHost: test\r\n\r\n"
_NAMES = b"GET /v1/suggest?q=GPS HTTP/1.1\r\nHost: test\r\n\r\n"
_ALIVE = b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n"
_BATCH = (
    b"POST /v1/search HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
    b'Content-Length: 21\r\n\r\n{"questions":["GPS"]}'
)


class _ImpatientProtocol(BoundedProtocol):
    head_s = 0.4
    body_s = 0.4
    write_s = 0.4
    probe_s = 0.1
    made: ClassVar[list[BoundedProtocol]] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.made.append(self)


@dataclass(frozen=True, slots=True)
class _RawAnswer:
    """One answer, as it came."""

    status: int
    headers: Message
    body: bytes


class _RawConnection:
    """One connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def ask(self, sent: bytes) -> _RawAnswer:
        """Send something and wait for an answer."""
        if sent:
            self.writer.write(sent)
        line, _, fields = (await self._reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
        while line.split()[1] == b"100":
            line, _, fields = (await self._reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
        headers = message_from_bytes(fields)
        body = await self._reader.readexactly(int(headers["content-length"]))
        return _RawAnswer(int(line.split()[1]), headers, body)


@pytest.fixture
def narrow(glossary: Glossary, index: Path) -> FastAPI:
    """Return an application in which one request may wait."""
    return create_app(glossary, load_settings(index=index, queue=1, patience=60, cache=0))


@asynccontextmanager
async def _called(app: FastAPI) -> AsyncIterator[_RawConnection]:
    """Serve an application in this loop and connect to it."""
    async with _served(app) as address:
        caller = _RawConnection(*await asyncio.open_connection(*address))
        yield caller
        caller.writer.close()


@asynccontextmanager
async def _served(app: FastAPI) -> AsyncIterator[tuple[str, int]]:
    """Serve an application in this loop, and yield its address."""
    config = uvicorn.Config(app, http=_ImpatientProtocol, ws="none", log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            await served


@asynccontextmanager
async def _too_much_to_do(app: FastAPI, waiting: int = 1) -> AsyncIterator[None]:
    """Keep all threads busy, and something waiting, also in the line of questions."""
    end = threading.Event()
    asked = app.state.search_service.question_line
    workers = app.state.search_service.page_workers
    tasks = [asyncio.create_task(workers.run(end.wait)) for _ in range(THREADS + waiting)]
    await asyncio.sleep(0)
    assert workers.line.is_full() == (waiting > 0)
    try:
        with ExitStack() as stack:
            while waiting and not asked.is_full():
                stack.enter_context(asked.entered(f"party {asked.count}", timed=False))
            yield
    finally:
        end.set()
        await asyncio.gather(*tasks)


def test_work_is_refused_and_the_connection_stays(narrow: FastAPI) -> None:
    """The refusal is a full problem; static files are served, and later questions too."""

    async def scenario() -> None:
        async with _called(narrow) as caller:
            async with _too_much_to_do(narrow):
                for _ in range(3):
                    refused = await caller.ask(_SEARCH)
                    assert refused.status == 503
                    assert refused.headers["retry-after"] == "1"
                    assert refused.headers["cache-control"] == "no-store"
                    assert refused.headers["content-type"] == "application/problem+json"
                    assert dict(refused.headers).items() >= _lower(SECURITY_HEADERS).items()
                    assert json.loads(refused.body)["type"] == "/problems/overloaded"
                assert (await caller.ask(_ALIVE)).status == 200
            assert (await caller.ask(_BATCH)).status == 200
            found = await caller.ask(_SEARCH)
            assert json.loads(found.body)["hits"][0]["id"] == "ships:gps"

    asyncio.run(scenario())


def test_pages_are_refused_as_pages(narrow: FastAPI) -> None:
    """To who takes pages."""

    async def scenario() -> None:
        async with _called(narrow) as caller:
            for path in ("entry/ships:gps", "glossary/ships", "llms.txt", "?q=GPS"):
                asked = f"GET /{path} HTTP/1.1\r\nHost: test\r\nAccept: text/html\r\n\r\n"
                async with _too_much_to_do(narrow):
                    refused = await caller.ask(asked.encode())
                    assert refused.status == 503
                    assert refused.headers["retry-after"] == "1"
                    assert b'data-status="503"' in refused.body
                assert (await caller.ask(asked.encode())).status == 200

    asyncio.run(scenario())


def test_requests_sent_ahead_are_answered_in_their_order(narrow: FastAPI) -> None:
    """Refused requests keep their place in the order."""

    async def scenario() -> list[int]:
        async with _called(narrow) as caller, _too_much_to_do(narrow):
            first = await caller.ask(_SEARCH + _SEARCH + _ALIVE + _SEARCH + _ALIVE)
            return [first.status, *[(await caller.ask(b"")).status for _ in range(4)]]

    assert asyncio.run(scenario()) == [503, 503, 200, 503, 200]


@pytest.mark.parametrize("asked", [_SEARCH, _BATCH], ids=["question", "batch"])
def test_a_client_that_asks_again_at_once_is_read_later(narrow: FastAPI, asked: bytes) -> None:
    """After the pause, during which nothing is done for it; the first refusal comes at once."""
    heavy = narrow.state.search_service.heavy_line

    async def times(app: FastAPI) -> list[float]:
        async with _called(app) as caller, _too_much_to_do(app):
            moments = [asyncio.get_running_loop().time()]
            for _ in range(3):
                with ExitStack() as stack:
                    while not heavy.is_full():
                        stack.enter_context(heavy.entered(f"party {heavy.count}", timed=False))
                    assert (await caller.ask(asked)).status == 503
                moments.append(asyncio.get_running_loop().time())
            return [after - before for before, after in pairwise(moments)]

    assert min(asyncio.run(times(narrow))[1:]) >= PAUSE_S - 0.02


def test_proxies_are_read_on(glossary: Glossary, index: Path) -> None:
    """Since others ask over the same connection."""
    app = create_app(
        glossary,
        load_settings(index=index, queue=1, patience=60, cache=0, proxies="127.0.0.1", read="open"),
    )

    async def scenario() -> None:
        async with _called(app) as caller, _too_much_to_do(app):
            for _ in range(3):
                assert (await caller.ask(_SEARCH)).status == 503
                assert not _ImpatientProtocol.made[-1].flow.read_paused

    asyncio.run(scenario())


def test_a_refusal_gives_time_for_the_next_request(narrow: FastAPI) -> None:
    """A client that asks again is not silent; a silent one is still disconnected."""

    async def scenario() -> None:
        async with _called(narrow) as caller, _too_much_to_do(narrow):
            for _ in range(4):
                assert (await caller.ask(_SEARCH)).status == 503
                await asyncio.sleep(0.25)
            with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
                await asyncio.wait_for(caller.ask(b""), 5)

    asyncio.run(scenario())


def _large(app: FastAPI) -> str:
    """Add a route with an answer of 8 MB, and return its path."""

    async def large(request: Request) -> Response:
        return Response(bytes(8_000_000))

    app.router.routes.insert(0, Route("/large", large))
    return "/large"


def _in_pieces(app: FastAPI) -> None:
    """Add a route with an answer of 8 MB in pieces."""

    async def pieces(request: Request) -> Response:
        return StreamingResponse(bytes(80_000) for _ in range(100))

    app.router.routes.insert(0, Route("/pieces", pieces))


def test_a_client_that_has_ended_its_side_gets_its_answer(narrow: FastAPI) -> None:
    """Probes that it must skip do not end the waiting, and one that is gone is noticed by them."""

    async def scenario() -> None:
        workers = narrow.state.search_service.page_workers
        async with _called(narrow) as caller:
            async with _too_much_to_do(narrow, waiting=0):
                caller.writer.write(_BATCH)
                caller.writer.write_eof()
                await asyncio.sleep(0.3)
            assert (await caller.ask(b"")).status == 200
        async with _called(narrow) as caller:
            async with _too_much_to_do(narrow, waiting=0):
                caller.writer.write(_NAMES)
                await asyncio.sleep(0.05)
                before = workers.line.count
                caller.writer.close()
                await asyncio.sleep(0.6)
                assert _ImpatientProtocol.made[-1].parser is None  # the connection is lost
            assert before == THREADS + 1

    asyncio.run(scenario())


def test_a_client_that_is_gone_is_noticed_at_once(
    narrow: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only by the second probe, so that a batch ends within one of its parts."""
    monkeypatch.setattr(_ImpatientProtocol, "probe_s", 60)

    async def scenario() -> None:
        async with _called(narrow) as caller, _too_much_to_do(narrow, waiting=0):
            caller.writer.write(_BATCH)
            await asyncio.sleep(0.05)
            caller.writer.close()
            await asyncio.sleep(0.3)
            assert _ImpatientProtocol.made[-1].parser is None  # the connection is lost

    asyncio.run(scenario())


@pytest.mark.parametrize("path", ["/large", "/pieces"])
def test_who_leaves_without_reading_is_no_failure_of_the_service(
    narrow: FastAPI, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """The requests behind are dropped too; uvloop refuses to write to a connection that is lost."""
    uvloop = pytest.importorskip("uvloop")
    _large(narrow)
    _in_pieces(narrow)
    ask = f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode()

    async def scenario() -> None:
        async with _served(narrow) as address:
            _, writer = await asyncio.open_connection(*address, limit=1000)
            writer.write(16 * ask)
            await asyncio.sleep(0.2)
            writer.transport.abort()
            await asyncio.sleep(0.2)
            caller = _RawConnection(*await asyncio.open_connection(*address))
            assert (await caller.ask(_ALIVE)).status == 200
            caller.writer.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scenario())
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


@pytest.mark.process
def test_a_steady_reader_is_not_cut_off(narrow: FastAPI) -> None:
    """It takes several times as long as the deadline; one that stops is cut off."""
    path = _large(narrow)
    ask = f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode()

    async def read(address: tuple[str, int], until: int) -> int:
        with socket.create_connection(address) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64_000)
            client.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(client, ask)
            got = 0
            while got < until and (part := await loop.sock_recv(client, 400_000)):
                got += len(part)
                await asyncio.sleep(0.03)
            await asyncio.sleep(0 if got >= 8_000_000 else 2)
            with suppress(ConnectionError):
                while part := await asyncio.wait_for(loop.sock_recv(client, 1_000_000), 5):
                    got += len(part)
            return got

    async def scenario() -> None:
        async with _served(narrow) as address:
            assert await read(address, 8_000_000) > 8_000_000
            assert await read(address, 100_000) < 8_000_000

    asyncio.run(scenario())


@pytest.mark.parametrize("field", [b"Connection: close\r\n", b""])
def test_who_leaves_with_an_answer_has_not_left(
    glossary: Glossary, index: Path, field: bytes
) -> None:
    """What an application does behind its answer, as that of assistants does, is of no account."""
    stream = io.StringIO()
    writer = LineWriter(stream)
    log = RequestLog(writer, "json", logging.INFO, LineSampler())
    app = create_app(glossary, load_settings(index=index), telemetry=Telemetry(log=log))

    async def slow(request: Request) -> Response:
        return _SlowEnd(b"{}")

    app.router.routes.insert(0, Route("/slow", slow))
    message = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
    post = (
        b"POST /mcp HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nAccept: "
        b"application/json, text/event-stream\r\nContent-Length: %d\r\n%b\r\n%b"
    )

    async def scenario() -> None:
        async with _served(app) as address:
            ask = b"GET /slow HTTP/1.1\r\nHost: test\r\n%b\r\n"
            for sent in (post % (len(message), field, message), ask % field, _SEARCH + ask % field):
                caller = _RawConnection(*await asyncio.open_connection(*address))
                assert (await caller.ask(sent)).status == 200
                if sent.startswith(_SEARCH):
                    assert (await caller.ask(b"")).status == 200
                caller.writer.transport.abort()
                await asyncio.sleep(0.4)

    asyncio.run(scenario())
    writer.flush()
    statuses = [json.loads(line)["status"] for line in stream.getvalue().splitlines()]
    assert statuses == [200, 200, 200, 200]


class _SlowEnd(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and do something else."""
        await super().__call__(scope, receive, send)
        await asyncio.sleep(0.2)


def test_unread_output_is_bounded(narrow: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that do not read lose their connections, and others do not."""
    monkeypatch.setattr(connection_limits, "MAX_UNREAD_BYTES", 20_000_000)
    path = _large(narrow)
    ask = f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode()
    _ImpatientProtocol.made.clear()

    async def scenario() -> None:
        async with _served(narrow) as address:
            silent = [await asyncio.open_connection(*address, limit=1000) for _ in range(10)]
            for _, writer in silent:
                writer.write(ask)
            await asyncio.sleep(0.2)
            held = [one.transport.get_write_buffer_size() for one in _ImpatientProtocol.made]
            assert 0 < sum(held) <= 20_000_000
            caller = _RawConnection(*await asyncio.open_connection(*address))
            assert (await caller.ask(_SEARCH)).status == 200
            for _, writer in [*silent, (None, caller.writer)]:
                writer.close()

    asyncio.run(scenario())


def test_connections_are_bounded(glossary: Glossary, index: Path) -> None:
    """Those beyond the share of an address may ask for health alone; a named proxy has no share."""
    settings = load_settings(index=index, connections=8)
    proxied = settings.model_copy(update={"proxies": "127.0.0.0/8", "read": "open"})

    async def statuses(app: FastAPI, sent: bytes) -> list[int]:
        async with _served(app) as address:
            callers = [_RawConnection(*await asyncio.open_connection(*address)) for _ in range(10)]
            found = [await caller.ask(sent) for caller in callers]
            for caller in callers:
                caller.writer.close()
            for refused in (one for one in found if one.status == 503):
                assert json.loads(refused.body)["type"] == "/problems/too-many-connections"
                headers = _lower(dict(refused.headers.items()))
                assert (headers["retry-after"], headers["connection"]) == ("1", "close")
            return [one.status for one in found]

    assert asyncio.run(statuses(create_app(glossary, settings), _SEARCH)) == 4 * [200] + 6 * [503]
    assert asyncio.run(statuses(create_app(glossary, settings), _ALIVE)) == 10 * [200]
    assert asyncio.run(statuses(create_app(glossary, proxied), _SEARCH)) == 8 * [200] + 2 * [503]


def test_who_opens_thousands_keeps_nobody_out(glossary: Glossary, index: Path) -> None:
    """The surplus of one address ends, so that others, and its own health checks, get in."""
    settings = load_settings(index=index, connections=8)

    async def scenario() -> None:
        async with _served(create_app(glossary, settings)) as address:
            silent = [await asyncio.open_connection(*address) for _ in range(8 + 2 * SPARE)]
            await asyncio.sleep(0.05)
            alive = _RawConnection(*await asyncio.open_connection(*address))
            assert (await alive.ask(_ALIVE)).status == 200
            other = await asyncio.open_connection(*address, local_addr=("127.0.0.2", 0))
            caller = _RawConnection(*other)
            assert (await caller.ask(_SEARCH)).status == 200
            limits = _ImpatientProtocol.made[-1]._limits
            assert limits is not None
            assert limits.total <= 4 + SPARE + 1
            for _, writer in [*silent, (None, alive.writer), other]:
                writer.close()

    asyncio.run(scenario())


class _Connection:
    """A connection of an address, which may be busy."""

    def __init__(self, address: str, *, is_busy: bool = False) -> None:
        self.address = address
        self.transport = cast(asyncio.Transport, self)
        self.is_open = True
        self._is_busy = is_busy

    def is_idle(self) -> bool:
        return not self._is_busy

    def abort(self) -> None:
        self.is_open = False


def test_a_new_address_gets_a_place_of_the_one_with_most() -> None:
    """All places are taken. Idle connections end first, and those of proxies never."""
    limits = ConnectionLimits(8, Proxies("192.0.2.9"))
    proxied = [_Connection("192.0.2.9") for _ in range(4)]
    first, second = _Connection("192.0.2.1"), _Connection("192.0.2.1")
    busy = _Connection("192.0.2.1", is_busy=True)
    other = _Connection("192.0.2.2")
    assert not any(limits.opened(one) for one in (*proxied, first, second, busy, other))
    assert not limits.opened(_Connection("192.0.2.3"))
    assert (first.is_open, second.is_open, busy.is_open) == (True, False, True)
    limits.closed(second)  # as its protocol does when the transport has ended
    assert limits.total == 8
    assert not limits.opened(_Connection("192.0.2.4"))
    assert (first.is_open, busy.is_open) == (False, True)
    assert limits.opened(_Connection("192.0.2.5"))  # nobody has more than one but the proxy
    assert all(one.is_open for one in (*proxied, busy, other))
    assert limits.total == 9


def test_an_owner_of_ipv6_has_one_share() -> None:
    """A customer has more addresses than anybody has connections."""
    limits = ConnectionLimits(8, Proxies())
    opened = [_Connection(f"2001:db8::{number}") for number in range(6)]
    assert [limits.opened(one) for one in opened] == 4 * [False] + 2 * [True]


def test_a_process_may_open_a_file_for_each_connection(caplog: pytest.LogCaptureFixture) -> None:
    """The limit that many systems begin with is below the connections of the settings."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1_000, before[1]))
        allow_files(1_000)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1_000 + SPARE + 256, before[1])
        assert not caplog.messages
        if before[1] == resource.RLIM_INFINITY:
            return
        allow_files(2**40)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
        (message,) = caplog.messages
        assert f"may open {before[1]}; raise `ulimit -Hn`" in message
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
