"""The process that answers `/metrics`, on a port of its own.

Being apart from the processes that answer questions, it costs them nothing when it is asked, and
answers when they do not. It has no access keys: whoever reaches the port may read, so it is bound
to a loopback address unless told otherwise.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing.context import BaseContext
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from semsearch.server.app import all_routes
from semsearch.server.auth.exposure import is_local
from semsearch.server.http.host_check import is_allowed_host
from semsearch.server.telemetry.collector import MetricsCollector, supervisor_and_exporter
from semsearch.server.telemetry.families import operations_of
from semsearch.server.telemetry.shared_memory import SharedMetrics

PATH = "/metrics"

MAX_REQUESTS = 16
"""Most requests at once; connections beyond are closed."""

READ_S = 5.0
"""Seconds after which a connection is closed, with its request sent and its answer read or not."""


def new_shared_metrics(processes: int, context: BaseContext) -> SharedMetrics:
    """Return empty blocks for processes that answer the routes of the service."""
    return SharedMetrics(operations_of(all_routes()), processes, context)


def export(listener: socket.socket, shared: SharedMetrics) -> None:
    """Answer `/metrics` on a bound socket until the process ends. Blocks."""
    from prometheus_client import CollectorRegistry, make_wsgi_app  # noqa: PLC0415 - not always used

    registry = CollectorRegistry()
    registry.register(MetricsCollector(shared, supervisor_and_exporter()))
    app = only_metrics(make_wsgi_app(registry), listener.getsockname()[0])
    with metrics_server(listener, app) as server:
        server.serve_forever()


def only_metrics(app: WSGIApplication, address: str) -> WSGIApplication:
    """Return an application that answers `/metrics` alone, and on loopback no other host.

    A page of another site could read it through a name that leads to this machine; see
    `host_check`.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        refusal = ""
        if is_local(address) and not is_allowed_host(environ.get("HTTP_HOST", "localhost"), ()):
            refusal = "421 Misdirected Request"
        elif environ.get("PATH_INFO") != PATH:
            refusal = "404 Not Found"
        if not refusal:
            return app(environ, start_response)
        start_response(refusal, [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{refusal}; the metrics are at {PATH}\n".encode()]

    return answer


def metrics_server(listener: socket.socket, app: WSGIApplication) -> WSGIServer:
    """Return a server of an application on a bound socket, to which it listens."""
    server = _MetricsServer(listener.getsockname()[:2], _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = listener.getsockname()[:2]
    server.setup_environ()
    server.server_activate()
    server.set_app(app)
    return server


class _MetricsServer(ThreadingMixIn, WSGIServer):
    """A thread for each of a few requests at once."""

    daemon_threads = True

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as of the base
        super().__init__(*args, **options)
        self._free = threading.Semaphore(MAX_REQUESTS)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        # a timeout of the socket would begin anew with each byte
        deadline = threading.Timer(READ_S, _shut_down, (request,))
        deadline.daemon = True
        deadline.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            deadline.cancel()
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Ignore a client that has left or is too slow."""


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401
        """Leave requests for metrics out of the log."""

    def address_string(self) -> str:
        return str(self.client_address[0])
