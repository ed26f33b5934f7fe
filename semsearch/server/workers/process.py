"""One serving process: runs the application on a bound socket until a signal stops it."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import IndexInfo
from semsearch.core.settings import Settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.example_questions import ExampleQuestions
from semsearch.server.http.bounded_protocol import BoundedProtocol
from semsearch.server.http.connection_limits import allow_files
from semsearch.server.http.host_check import allowed_hosts
from semsearch.server.http.strict_transport import StrictTransport, promised_host
from semsearch.server.http.tls_protocol import tls_protocol
from semsearch.server.telemetry.logs import opened_log
from semsearch.server.telemetry.telemetry import Telemetry
from semsearch.server.telemetry.tracing import configured_tracing
from semsearch.server.workers import tls

if TYPE_CHECKING:
    from semsearch.server.telemetry.meters import Meters

GRACE_S = 5
"""Seconds that requests under way have after SIGTERM; later they are cancelled."""
STOP_S = 7.0
"""Seconds after which the process ends whatever is under way. Edits are transactions, so one that
was not acknowledged is not there, or is there as a whole."""

SEND_BYTES = 256 * 1024
"""Output of a connection that the system holds. By itself it would hold 4 MB for each client that
does not read, where no limit of ours counts them."""

_log = logging.getLogger("semsearch.server")


@dataclass(frozen=True, slots=True)
class Listening:
    """A service that answers: its URL, an example question, and its index."""

    url: str
    example: str
    index: IndexInfo
    is_open: bool = True
    """Whether anybody may read."""
    workers: int = 1
    """How many processes answer."""
    metrics_url: str = ""
    """Where the metrics are, if they are on."""


def serve_on(
    listener: socket.socket,
    settings: Settings,
    ready: Callable[[Listening], None],
    meters: Meters | None = None,
) -> None:
    """Serve on a bound socket in this process alone; see `serve`."""
    certificate = tls.load(settings)
    with (
        opened_log(settings) as log,
        closing(Telemetry(meters, log, configured_tracing())) as telemetry,
        tls.refreshed(certificate),
        Glossary.open(settings.index, model=settings.model) as glossary,
    ):
        allow_files(settings.connections)
        address = listener.getsockname()[0]
        hosts = allowed_hosts(settings, address)
        app = create_app(glossary, settings, address=address, hosts=hosts, telemetry=telemetry)
        promised = promised_host(settings) if certificate else ""
        config = uvicorn.Config(
            StrictTransport(app, promised) if promised else app,
            http=tls_protocol(certificate) if certificate else BoundedProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=GRACE_S,
        )

        def listening() -> None:
            examples: ExampleQuestions = app.state.example_questions
            example = next((one.text for one in examples.get()), "hello")
            url = url_of(listener, "https" if certificate else "http")
            ready(Listening(url, example, glossary.info(), app.state.is_open))

        server = _Server(config, listening)
        with _normal_end_on_sigterm(server):
            try:
                server.run(sockets=[listener])
            except OSError as error:  # another process began to listen since `serve.bound`
                raise unusable_address(settings.host, settings.port, error) from error
    server.has_ended.set()


class _Server(uvicorn.Server):
    """The server of uvicorn, with a call when it listens, and a limit to how long it may end."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening
        self.has_ended = threading.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, at a signal."""
        if not self.should_exit:
            threading.Thread(target=self._end_in_time, daemon=True).start()
        super().handle_exit(sig, frame)

    def _end_in_time(self) -> None:
        if not self.has_ended.wait(STOP_S):
            _log.warning("what was under way did not end within %g s of the signal", STOP_S)
            logging.shutdown()
            os._exit(0)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()


def unusable_address(host: str, port: int, error: Exception, prefix: str = "--") -> InvalidSetting:
    """Return the error for an address on which the process cannot listen, with the way out.

    Args:
        host: the address.
        port: of it.
        error: why not.
        prefix: of the options `host` and `port`.
    """
    make = " (PORT= for make)" if prefix == "--" else ""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return InvalidSetting(
            f"port {port} on {host} is in use; choose another with {prefix}port{make}"
        )
    if number == errno.EACCES:
        return InvalidSetting(
            f"port {port} on {host} needs rights this process does not have; choose one above "
            f"1023 with {prefix}port"
        )
    return InvalidSetting(
        f"{host!r} is not an address of this machine; choose one with {prefix}host, such as "
        "127.0.0.1"
    )


def url_of(listener: socket.socket, scheme: str = "http") -> str:
    """Return the URL of the service on this machine; a wildcard address becomes a loopback one."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound here
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


@contextmanager
def _normal_end_on_sigterm(server: uvicorn.Server) -> Iterator[None]:
    """End normally after a graceful stop, although uvicorn raises the signal again after it.

    A signal before uvicorn listens to signals counts as well.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, server.handle_exit)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
