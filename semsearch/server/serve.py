"""Entry point of the server: binds the address, then serves in this process or in several."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from semsearch.core.settings import Settings
from semsearch.server.auth import exposure
from semsearch.server.process import Listening, serve_on, unusable_address


def serve(settings: Settings, ready: Callable[[Listening], None] = lambda listening: None) -> None:
    """Open the index and serve it until a signal stops the process. Blocks.

    Args:
        settings: the index, the address and the number of processes.
        ready: called once, when the socket listens and each process has answered a first question.

    Raises:
        InvalidSetting: the process cannot listen on the address, or other machines reach it and
            there is no access key. This is checked before the index is opened.
        StoredIndexError: the index cannot be opened.
        WorkerFailed: a process of several ended before it could answer.
    """
    with _bound(settings.host, settings.port) as listener:
        settings = exposure.resolve_read_access(settings, listener)
        if settings.workers == 1:
            serve_on(listener, settings, ready)
        else:
            from semsearch.server.supervisor import supervise  # noqa: PLC0415 - is rarely used

            supervise(listener, settings, ready)


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a bound socket that does not listen yet."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda info: info[0] != socket.AF_INET)
        # states TCP: without it asyncio leaves Nagle's algorithm on, which costs 40 ms
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise unusable_address(host, port, error) from error
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise unusable_address(host, port, error) from error
        yield listener
