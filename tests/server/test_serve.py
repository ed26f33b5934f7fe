"""The real server: `serve`, `process`, `http.bounded_protocol`.

Covers `server/workers/process`.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from semsearch.core.errors import IndexMissing, InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.server.http.bounded_protocol import (
    MAX_FIELDS,
    MAX_FRAMING_BYTES,
    MAX_WAITING,
    BoundedProtocol,
)
from semsearch.server.workers.process import Listening, serve_on
from semsearch.server.workers.serve import serve
from tests.own_indexes import being_edited, key_header
from tests.server.conftest import check_common_headers, problem_of
from tests.server.service_process import serving


@pytest.mark.process
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_real_server(index: Path, stop: signal.Signals) -> None:
    """It says where it listens, answers at once, loads no torch, and ends with code 0."""
    with serving(index, workers=1) as service:
        assert service.heavy == []
        with httpx2.Client(base_url=service.url, trust_env=False) as http:
            assert http.get("/readyz").json() == {"status": "ok"}
            answer = http.get("/v1/search", params={"q": "GPS"})
            assert answer.json()["hits"][0]["id"] == "ships:gps"
            check_common_headers(answer.headers)
            assert "server" not in answer.headers
            batch = http.post("/v1/search", json={"questions": ["Whisk"]})
            assert batch.json()[0]["hits"][0]["id"] == "kitchen:whisk"
            problem_of(http.delete("/v1/search"), 405, "method-not-allowed")
            problem_of(http.get("/v1/search?q=%FF"), 400, "malformed-url")
            problem_of(http.post("/v1/search", content=b"x" * 300_000), 413, "too-large")
            assert http.head("/v1/search?q=GPS").content == b""
            assert _median_ms(http) < 20  # 40 or more when small packets wait for each other
        service.process.send_signal(stop)
        out, err = service.process.communicate(timeout=60)
    assert (out, err, service.process.returncode) == ("stopped\n", "", 0)


@pytest.mark.process
@pytest.mark.parametrize("workers", [1, 2])
def test_a_signal_ends_it_within_8_s(folder: Path, workers: int) -> None:
    """Although edits wait for a lock that another process holds, one after the other."""
    header = key_header(folder)
    with serving(folder, workers=workers) as service:

        def edit(n: int) -> None:
            body = {"glossary": "kitchen", "term": f"Pot {n}", "definition": "A vessel."}
            with suppress(httpx2.HTTPError):
                httpx2.post(
                    f"{service.url}/v1/entries",
                    json=body,
                    headers=header,
                    timeout=60,
                    trust_env=False,
                )

        with being_edited(folder):
            editing = [threading.Thread(target=edit, args=(n,)) for n in range(6)]
            for one in editing:
                one.start()
            time.sleep(1.5)
            began = time.monotonic()
            service.process.terminate()
            assert service.process.wait(timeout=60) == 0
            assert time.monotonic() - began < 8
            for one in editing:
                one.join()


@pytest.mark.process
def test_a_half_closed_client_gets_its_answer(port: int) -> None:
    """One that shuts its side down behind its requests, as `nc` does."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(2 * b"GET /entry/kitchen:whisk HTTP/1.1\r\nHost: test\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: client.recv(4096), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 2


def _median_ms(http: httpx2.Client) -> float:
    def timed() -> float:
        began = time.perf_counter()
        http.get("/livez")
        return (time.perf_counter() - began) * 1000

    return statistics.median(timed() for _ in range(15))


def test_a_port_in_use_is_said_at_once() -> None:
    """Before the index is even looked for."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        expected = (
            f"port {port} on 127.0.0.1 is in use; choose another with --port (PORT= for make)"
        )
        with pytest.raises(InvalidSetting) as raised:
            serve(load_settings(index="no-such-index", port=port))
    assert str(raised.value) == expected


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "", "a" * 70 + ".example"])
def test_an_address_of_another_machine(host: str) -> None:
    """A host that cannot be listened on is named."""
    with pytest.raises(InvalidSetting, match="choose one with --host"):
        serve(load_settings(index="no-such-index", host=host or "\0", port=0))


@pytest.mark.parametrize("api", ["http://127.0.0.1:1/v1/ü", "http://a..b/v1", "http://:p@x/v1"])
def test_an_embeddings_server_has_an_address(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one is refused before a process is started, and not at the first question."""
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", api)
    with pytest.raises(InvalidSetting, match="is not the address of an embeddings server; write"):
        serve(load_settings(index=Path("none"), port=0))


def test_no_index() -> None:
    """The error of the index comes through, and the port is free again."""
    with pytest.raises(IndexMissing, match="semsearch build"):
        serve(load_settings(index="no-such-index", port=0))


def test_url_is_one_that_can_be_opened(index: Path) -> None:
    """A wildcard address is shown as loopback."""
    found: list[str] = []

    def stop(listening: Listening) -> None:
        found.append(listening.url)
        signal.raise_signal(signal.SIGINT)

    with socket.create_server(("0.0.0.0", 0)) as listener:  # noqa: S104 - what is tested
        port = listener.getsockname()[1]
        with suppress(KeyboardInterrupt):
            serve_on(listener, load_settings(index=index), stop)
    assert found == [f"http://127.0.0.1:{port}"]


class _ShortDeadlines(BoundedProtocol):
    head_s = 0.3
    body_s = 0.6


@contextmanager
def _hasty_server(app: FastAPI) -> Iterator[int]:
    """Run the application in a thread, with short deadlines; yield its port."""
    config = uvicorn.Config(app, http=_ShortDeadlines, ws="none", log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def port(app: FastAPI) -> Iterator[int]:
    """Yield the port of a server with short deadlines."""
    with _hasty_server(app) as port:
        yield port


def _closed_after(port: int, first: bytes, trickle: bytes) -> float:
    """Send `first`, then `trickle` again and again; return how long the server bore it."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=0.05) as client:
        client.sendall(first)
        while time.monotonic() - began < 5:
            try:
                if trickle:
                    client.sendall(trickle)
                if not client.recv(1000):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
    return time.monotonic() - began


_POST = b"POST /v1/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("first", "trickle", "least", "most"),
    [
        (b"", b"", 0.3, 0.6),
        (b"GET /livez HTTP/1.1\r\n", b"A: b\r\n", 0.3, 0.6),
        (_POST + b"Content-Length: 9999\r\n\r\n", b" ", 0.6, 1.2),
    ],
)
def test_slow_clients_are_disconnected(
    port: int, first: bytes, trickle: bytes, least: float, most: float
) -> None:
    """Silent, slow in its head, slow in its body: the deadline is absolute."""
    assert least <= _closed_after(port, first, trickle) < most + 0.5


def test_deadlines_do_not_touch_a_live_connection(port: int) -> None:
    """Requests on one connection each have a deadline of their own."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        for _ in range(4):
            assert http.get("/livez").status_code == 200
            time.sleep(0.2)


def _reply(port: int, sent: bytes) -> bytes:
    """Send bytes; return all that comes back until the server closes, or falls silent."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(sent)
        with suppress(ConnectionError):
            while piece := client.recv(65536):
                received += piece
    return received


def _problem(reply: bytes) -> dict[str, Any]:
    """Assert that a reply is one problem with all headers, and return its body."""
    head, body = reply.split(b"\r\n\r\n", 1)
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head.lower()
    assert b"content-security-policy: default-src 'none'" in head.lower()
    problem: dict[str, Any] = json.loads(body)
    assert head.startswith(f"HTTP/1.1 {problem['status']} ".encode())
    return problem


_GET = b"GET /livez HTTP/1.1\r\n"
_HOST = b"Host: a\r\n"
_CHUNKED = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
_SIZED = _POST + b"Content-Length: 2\r\n"
_MALFORMED = {
    "garbage": b"GARBAGE\r\n\r\n",
    "no version": b"GET /livez\r\n\r\n",
    "version 2.0": b"GET /livez HTTP/2.0\r\nHost: a\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "CONNECT": b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "byte above 127 in the path": b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    "control character in the path": b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
    "no host": _GET + b"\r\n",
    "two hosts": _GET + _HOST + _HOST + b"\r\n",
    "space before a colon": _GET + b"Host : a\r\n\r\n",
    "field without a name": _GET + _HOST + b": b\r\n\r\n",
    "folded field": _GET + _HOST + b"X: a\r\n b\r\n\r\n",
    "LF alone": b"GET /livez HTTP/1.1\nHost: a\n\n",
    "LF alone in a field": _GET + b"Host: a\nX: b\r\n\r\n",
    "CR alone": _GET + b"Host: a\rX: b\r\n\r\n",
    "NUL": _GET + b"Host: a\x00\r\n\r\n",
    "length, then chunks": _SIZED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks, then length": _POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
    "two lengths": _SIZED + b"Content-Length: 3\r\n\r\n{}",
    "one length twice": _SIZED + b"Content-Length: 2\r\n\r\n{}",
    "list of lengths": _POST + b"Content-Length: 2, 2\r\n\r\n{}",
    "signed length": _POST + b"Content-Length: +2\r\n\r\n{}",
    "length beyond all range": _POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}",
    "other coding": _POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "unknown coding": _POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks twice": _POST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": _CHUNKED.replace(b"/1.1", b"/1.0") + b"0\r\n\r\n",
    "chunk size that is no number": _CHUNKED + b"zz\r\n",
    "negative chunk size": _CHUNKED + b"-5\r\n",
    "chunk size beyond all range": _CHUNKED + b"f" * 18 + b"\r\n",
    "chunk that ends in LF": _CHUNKED + b"2\n{}\n0\n\n",
    "Upgrade with a body": _SIZED + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n{}",
}


@pytest.mark.parametrize("name", _MALFORMED)
def test_malformed_requests(port: int, name: str) -> None:
    """What is not HTTP/1.1, or could be read in two ways, is answered with a problem."""
    assert _problem(_reply(port, _MALFORMED[name])) == {
        "type": "/problems/malformed-request",
        "title": "The request is not valid HTTP",
        "status": 400,
        "detail": "the bytes received are not an HTTP/1.1 request",
    }


_ENDLESS = {
    "address": b"GET /" + b"a" * 20_000,
    "whole address": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "field": _GET + b"X: " + b"a" * 20_000,
    "name of a field": _GET + b"a" * 20_000,
    "many fields": _GET + _HOST + b"A: b\r\n" * MAX_FIELDS + b"\r\n",
    "empty lines": b"\r\n" * 10_000,
    "chunk extension": _CHUNKED + b"2;a=" + b"b" * 20_000,
    "tiny chunks": _CHUNKED + b"1\r\n \r\n" * 5_000,
    "trailer": _CHUNKED + b"0\r\nX: " + b"y" * 20_000,
}


@pytest.mark.parametrize("name", _ENDLESS)
def test_endless_heads(port: int, name: str) -> None:
    """What a request takes besides its body is counted, wherever it stands."""
    problem = _problem(_reply(port, _ENDLESS[name]))
    assert (problem["status"], problem["type"]) == (431, "/problems/large-head")


def test_large_heads_that_are_taken(port: int) -> None:
    """At the bounds a request is answered, and each request is counted for itself."""
    fields = _GET + _HOST + b"A: b\r\n" * (MAX_FIELDS - 2) + b"Connection: close\r\n\r\n"
    assert _reply(port, fields).startswith(b"HTTP/1.1 200 ")
    large = _GET + _HOST + b"A: " + b"b" * (MAX_FRAMING_BYTES - 200) + b"\r\n"
    replies = _reply(port, (large + b"\r\n") * 3 + large + b"Connection: close\r\n\r\n")
    assert replies.count(b"HTTP/1.1 200 ") == 4


def test_requests_sent_ahead(port: int) -> None:
    """They are answered in turn; what is too many or malformed behind them is not."""
    live = _GET + _HOST + b"\r\n"
    assert _reply(port, live * 3).count(b"HTTP/1.1 200 ") == 3
    assert _reply(port, live * 100).count(b"HTTP/1.1 200 ") == MAX_WAITING + 1
    garbage = _reply(port, live + b"GARBAGE\r\n\r\n")
    assert garbage.count(b"HTTP/1.1 ") == garbage.count(b"HTTP/1.1 200 ") == 1


def test_chunks_and_trailers(port: int) -> None:
    """A chunked body is read and counted; a trailer changes nothing."""
    body = b'{"questions": ["keel"]}'
    chunk = b"%x;a=b\r\n%b\r\n0\r\nContent-Type: text/plain\r\n\r\n" % (len(body), body)
    assert _reply(port, _CHUNKED + chunk).startswith(b"HTTP/1.1 200 ")
    large = b"10000\r\n" + b" " * 65536 + b"\r\n"
    assert _reply(port, _CHUNKED + large * 5).startswith(b"HTTP/1.1 413 ")


def test_upgrades_are_not_made(port: int) -> None:
    """Another protocol is not spoken; the answer is HTTP/1.1, and the connection is closed."""
    reply = _reply(port, _GET + _HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in reply
