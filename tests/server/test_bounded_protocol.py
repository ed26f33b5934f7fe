"""Refusals of an overloaded service; `test_serve` has the deadlines."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.http.bounded_protocol import BoundedProtocol
from semsearch.server.http.middleware import SECURITY_HEADERS
from semsearch.server.search_service import THREADS

_SEARCH = b"GET /v1/search?q=GPS HTTP/1.1\r\nHost: test\r\n\r\n"
_ALIVE = b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n"
_BATCH = (
    b"POST /v1/search HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
    b'Content-Length: 21\r\n\r\n{"questions":["GPS"]}'
)


class _ShortHeadDeadline(BoundedProtocol):
    head_s = 0.4


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
        self.writer.write(sent)
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
    config = uvicorn.Config(app, http=_ShortHeadDeadline, ws="none", log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        caller = _RawConnection(*await asyncio.open_connection(*listener.getsockname()))
        try:
            yield caller
        finally:
            caller.writer.close()
            server.should_exit = True
            await served


@asynccontextmanager
async def _too_much_to_do(app: FastAPI) -> AsyncIterator[None]:
    """Keep all threads busy, and something waiting."""
    end = threading.Event()
    workers = app.state.search_service.workers
    tasks = [asyncio.create_task(workers.run(end.wait)) for _ in range(THREADS + 1)]
    await asyncio.sleep(0)
    assert workers.is_full()
    try:
        yield
    finally:
        end.set()
        await asyncio.gather(*tasks)


def test_work_is_refused_and_the_connection_stays(narrow: FastAPI) -> None:
    """With the full problem; static files are served, and questions too when the load is gone."""

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
                assert (await caller.ask(_BATCH)).status == 503
            assert (await caller.ask(_BATCH)).status == 200
            found = await caller.ask(_SEARCH)
            assert json.loads(found.body)["hits"][0]["id"] == "ships:gps"

    asyncio.run(scenario())


def test_pages_stand_in_the_same_line(narrow: FastAPI) -> None:
    """One that is read is refused like a question, as a page to who takes pages."""

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
    """Also those that are refused on the way."""

    async def scenario() -> list[int]:
        async with _called(narrow) as caller, _too_much_to_do(narrow):
            first = await caller.ask(_SEARCH + _SEARCH + _ALIVE + _SEARCH + _ALIVE)
            return [first.status, *[(await caller.ask(b"")).status for _ in range(4)]]

    assert asyncio.run(scenario()) == [503, 503, 200, 503, 200]


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


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
