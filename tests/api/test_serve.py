"""The real server: start-up, deadlines, a clean stop, and what it must not load."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from semsearch.api.app import _url, serve
from semsearch.api.protocol import DeadlineProtocol
from semsearch.config import load_settings
from semsearch.errors import IndexMissing, InvalidSetting
from tests.api.conftest import check_envelope, problem_of

_SERVE = """
import json, sys
from semsearch.api.app import serve
from semsearch.config import load_settings

def ready(url, example):
    heavy = [name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules]
    print(json.dumps({"url": url, "heavy": heavy}), flush=True)

serve(load_settings(index=sys.argv[1], port=0), ready)
print("stopped", flush=True)
"""


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_real_server(index: Path, stop: signal.Signals) -> None:
    """It says where it listens, answers at once, loads no torch, and ends with code 0."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        assert said["heavy"] == []
        with httpx2.Client(base_url=said["url"], trust_env=False) as http:
            assert http.get("/readyz").json() == {"status": "ok"}
            answer = http.get("/v1/search", params={"q": "GPS"})
            assert answer.json()["hits"][0]["id"] == "ships:gps"
            check_envelope(answer.headers)
            assert "server" not in answer.headers
            batch = http.post("/v1/search", json={"questions": ["Whisk"]})
            assert batch.json()[0]["hits"][0]["id"] == "kitchen:whisk"
            problem_of(http.delete("/v1/search"), 405, "method-not-allowed")
            problem_of(http.get("/v1/search?q=%FF"), 400, "malformed-url")
            problem_of(http.post("/v1/search", content=b"x" * 300_000), 413, "too-large")
            assert http.head("/v1/search?q=GPS").content == b""
            assert _median_ms(http) < 20  # 40 or more when small packets wait for each other
        process.send_signal(stop)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert (out, err, process.returncode) == ("stopped\n", "", 0)


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
        expected = f"port {port} on 127.0.0.1 is in use; choose another with --port"
        with pytest.raises(InvalidSetting) as raised:
            serve(load_settings(index="no-such-index", port=port))
    assert str(raised.value) == expected


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "", "a" * 70 + ".example"])
def test_an_address_of_another_machine(host: str) -> None:
    """A host that cannot be listened on is named."""
    with pytest.raises(InvalidSetting, match="choose one with --host"):
        serve(load_settings(index="no-such-index", host=host or "\0", port=0))


def test_no_index() -> None:
    """The error of the index comes through, and the port is free again."""
    with pytest.raises(IndexMissing, match="semsearch build"):
        serve(load_settings(index="no-such-index", port=0))


def test_url_is_one_that_can_be_opened() -> None:
    """A wildcard address is shown as loopback."""
    with socket.create_server(("0.0.0.0", 0)) as listener:  # noqa: S104 - what is tested
        assert _url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


class _Hasty(DeadlineProtocol):
    head_s = 0.3
    body_s = 0.6


@contextmanager
def _hasty_server(app: FastAPI) -> Iterator[int]:
    """Run the application in a thread, with short deadlines; yield its port."""
    config = uvicorn.Config(app, http=_Hasty, ws="none", log_config=None, lifespan="off")
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


def test_bytes_that_are_not_http(port: int) -> None:
    """Even they are answered with a problem and all headers."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(b"GARBAGE\r\n\r\n")
        reply = b"".join(iter(lambda: client.recv(4096), b""))
    head, body = reply.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    assert b"content-security-policy: default-src 'none'" in head.lower()
    assert json.loads(body) == {
        "type": "/problems/malformed-request",
        "title": "The request is not valid HTTP",
        "status": 400,
        "detail": "the bytes received are not an HTTP/1.1 request",
    }
