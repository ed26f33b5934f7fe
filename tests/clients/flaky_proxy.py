"""A proxy before a service that fails as the first part of a path says: `/busy,lost/name/v1/info`.

The first request under `/busy,lost/name` is refused, the second carried out without an answer, and
further ones are passed on.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2

OVERLOADED = {
    "type": "/problems/overloaded",
    "title": "Too many requests wait",
    "status": 503,
    "detail": "too many requests wait",
}


@contextmanager
def flaky_proxy(service: str) -> Iterator[str]:
    """Yield the address of a proxy before a service."""
    handler = partial(FlakyHandler, service=service, seen=Counter[str]())
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class FlakyHandler(BaseHTTPRequestHandler):
    """Refuses with `busy` or `busySECONDS`, hangs up with `drop` or `lost`, or says `html`."""

    def __init__(self, *args: Any, service: str, seen: Counter[str]) -> None:  # noqa: ANN401
        self._service, self._seen = service, seen
        super().__init__(*args)

    def _handle(self) -> None:
        _, script, name, rest = self.path.split("/", 3)
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        number = self._seen[f"{script}/{name}"]
        self._seen[f"{script}/{name}"] += 1
        fault = dict(enumerate(script.split(","))).get(number, "")
        if busy := re.fullmatch(r"busy(\d*)", fault):
            headers = {"Content-Type": "application/problem+json", "Retry-After": busy[1] or "0"}
            self._answer(503, headers, json.dumps(OVERLOADED).encode())
        elif fault == "html":
            self._answer(502, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>")
        elif fault != "drop":
            headers = {name: value for name, value in self.headers.items() if name != "Host"}
            answer = httpx2.request(
                self.command,
                f"{self._service.rstrip('/')}/{rest}",
                headers={**headers, "Accept-Encoding": "identity", "Connection": "close"},
                content=content,
                trust_env=False,
                timeout=60,
            )
            if fault != "lost":
                self._answer(answer.status_code, dict(answer.headers), answer.content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in {"connection", "content-length", "transfer-encoding"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
