"""One serving process: runs the application on a bound socket until a signal stops it."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import uvicorn

from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import IndexInfo
from semsearch.core.settings import Settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth import exposure
from semsearch.server.http.bounded_protocol import BoundedProtocol


@dataclass(frozen=True, slots=True)
class Listening:
    """A service that answers: its URL, an example question, and its index."""

    url: str
    example: str
    index: IndexInfo
    is_open: bool = True
    """Whether anybody may read."""


def serve_on(
    listener: socket.socket, settings: Settings, ready: Callable[[Listening], None]
) -> None:
    """Serve on a bound socket in this process alone; see `serve`."""
    with Glossary.open(settings.index, model=settings.model) as glossary:
        app = create_app(glossary, settings)
        config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=30,
        )

        def listening() -> None:
            example = next(iter(app.state.example_questions.get()), "hello")
            ready(Listening(_url(listener), example, glossary.info(), exposure.is_open(settings)))

        server = _Server(config, listening)
        with _normal_end_on_sigterm():
            try:
                server.run(sockets=[listener])
            except OSError as error:  # another process began to listen since `_bound`
                raise unusable_address(settings.host, settings.port, error) from error


class _Server(uvicorn.Server):
    """The server of uvicorn, with a call when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()


def unusable_address(host: str, port: int, error: Exception) -> InvalidSetting:
    """Return the error for an address on which the process cannot listen, with the way out."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return InvalidSetting(
            f"port {port} on {host} is in use; choose another with --port (PORT= for make)"
        )
    if number == errno.EACCES:
        return InvalidSetting(
            f"port {port} on {host} needs rights this process does not have; choose one above "
            "1023 with --port"
        )
    return InvalidSetting(
        f"{host!r} is not an address of this machine; choose one with --host, such as 127.0.0.1"
    )


def _url(listener: socket.socket) -> str:
    """Return the URL of the service on this machine; a wildcard address becomes a loopback one."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound here
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _normal_end_on_sigterm() -> Iterator[None]:
    """End normally after a graceful stop, although uvicorn raises the signal again after it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
