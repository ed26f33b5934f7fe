"""A server on this machine that speaks the protocol of OpenAI, as a chat server by itself."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

Connection = socket | tuple[bytes, socket]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: a status, a body and headers.

    `cut` ends the connection in the middle of the body. With a `piece`, so many bytes are sent at a
    time, with a pause behind each.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    piece: int = 0
    pause_s: float = 0.0

    @classmethod
    def saying(cls, text: str) -> Reply:
        """Answer with a text, as a model does."""
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text},
            "finish_reason": "stop",
        }
        stated = {"id": "x", "object": "chat.completion", "model": "m", "choices": [choice]}
        return cls(200, json.dumps(stated).encode())

    @classmethod
    def error(cls, status: int, message: str, **headers: str) -> Reply:
        """Refuse, with the reason as such servers give it."""
        body = json.dumps({"error": {"message": message, "type": "x"}}).encode()
        return cls(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass(slots=True)
class Server:
    """What runs: its address, what it was asked, and how many at the same time at most."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)


class _Listening(ThreadingHTTPServer):
    """Threads end with the server, and a caller who left is not printed.

    A traceback printed by a thread parses source, and Python 3.11 then fails `ast.parse` in
    whichever test runs at that moment (`SystemError`, python/cpython#106905).
    """

    daemon_threads = False

    def handle_error(self, request: Connection, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def answering(answer: Callable[[str, int], Reply]) -> Iterator[Server]:
    """Run a chat server.

    Args:
        answer: gives the reply to what the user says, and the number of the request from 0.
    """
    with serving(lambda body, number: answer(body["messages"][-1]["content"], number)) as made:
        yield made


@contextmanager
def serving(answer: Callable[[dict[str, Any], int], Reply], port: int = 0) -> Iterator[Server]:
    """Run a server.

    Args:
        answer: gives the reply to the body of a request, and its number from 0.
        port: where it listens; 0 takes a free one.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            with made.turn:
                number = len(made.requests)
                made.requests.append(json.loads(content))
                made.headers.append(dict(self.headers.items()))
                made.paths.append(self.path)
                made.under_way += 1
                made.most_under_way = max(made.most_under_way, made.under_way)
            reply = answer(made.requests[number], number)
            with made.turn:
                made.under_way -= 1
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            body = reply.body[: len(reply.body) // 2] if reply.cut else reply.body
            for start in range(0, len(body), reply.piece or max(len(body), 1)):
                self.wfile.write(body[start : start + (reply.piece or len(body))])
                time.sleep(reply.pause_s)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with _Listening(("127.0.0.1", port), Handler) as listening:
        made = Server(f"http://127.0.0.1:{listening.server_address[1]}/v1")
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield made
        finally:
            listening.shutdown()
            thread.join()
