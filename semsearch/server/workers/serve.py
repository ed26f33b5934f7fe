"""Entry point of the server: binds the address, then serves in this process or in several."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from semsearch.core.embeddings_access import embeddings_access
from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import Settings
from semsearch.models.embeddings_client import EmbeddingsClient
from semsearch.server.auth import exposure
from semsearch.server.workers import tls, worker_count
from semsearch.server.workers.process import SEND_BYTES, Listening, serve_on, unusable_address


def serve(settings: Settings, ready: Callable[[Listening], None] = lambda listening: None) -> None:
    """Open the index and serve it until a signal stops the process. Blocks.

    Args:
        settings: the index, the address and the number of processes.
        ready: called once, when the socket listens and each process has answered a first question.

    Raises:
        InvalidSetting: the process cannot listen on the address, other machines reach it and
            there is no access key, or the certificate or the address of an embeddings server cannot
            be used. This is checked before the index is opened.
        StoredIndexError: the index cannot be opened.
        WorkerFailed: a process of several ended before it could answer.
    """
    access = embeddings_access()
    if access.api:
        EmbeddingsClient.of(access, timeout_s=access.timeout)  # checks address and key
    tls.load(settings)  # each process loads it for itself, too
    with ExitStack() as stack:
        listener = stack.enter_context(bound(settings.host, settings.port))
        settings = exposure.resolve_read_access(settings, listener)
        count = worker_count.automatic() if settings.workers == "auto" else settings.workers
        settings = settings.model_copy(update={"workers": count})
        port = settings.metrics_port
        if not worker_count.HAS_SEVERAL and (count > 1 or port is not None):
            raise InvalidSetting(
                "this system serves by one process, without metrics: start it with --workers 1 and "
                "without --metrics-port"
            )
        if count == 1 and port is None:
            serve_on(listener, settings, ready)
            return
        from semsearch.server.workers.supervisor import supervise  # noqa: PLC0415 - not always used

        metrics_bound = None if port is None else bound(settings.metrics_host, port, "--metrics-")
        metrics = stack.enter_context(metrics_bound) if metrics_bound else None
        supervise(listener, settings, count, ready, metrics)


@contextmanager
def bound(host: str, port: int, prefix: str = "--") -> Iterator[socket.socket]:
    """Yield a bound socket that does not listen yet.

    Args:
        host: the address.
        port: 0 for a free one.
        prefix: of the options `host` and `port`, for messages.

    Raises:
        InvalidSetting: the process cannot listen there.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda info: info[0] != socket.AF_INET)
        # states TCP: without it asyncio leaves Nagle's algorithm on, which costs 40 ms
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise unusable_address(host, port, error, prefix) from error
    with listener:
        try:
            # on Windows SO_REUSEADDR would share the port with whoever else asks for it
            alone = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
            listener.setsockopt(socket.SOL_SOCKET, alone, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
            listener.bind(address)
        except OSError as error:
            raise unusable_address(host, port, error, prefix) from error
        yield listener
