"""Several processes that answer on one port, and the supervisor that starts and restarts them.

A worker is spawned, never forked from a process with threads and a loaded model. Each worker opens
the index itself; the memory-mapped files are in memory once. The port is bound before any worker
starts. A worker listens on a socket of its own once it can answer, and the kernel distributes
connections among the sockets (SO_REUSEPORT). With one shared socket, the first worker to wake up
accepts all waiting connections, often all 16 or 64 that clients open at a time.

uvicorn's `Multiprocess` is not used. It shares one socket, and it neither reports when all workers
answer nor why one failed to start.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from semsearch.core.errors import SemsearchError, WorkerFailed
from semsearch.core.settings import Settings
from semsearch.server.process import Listening, serve_on

GRACE_S = 35.0
"""Seconds that a process has to finish its answers, a little more than its own timeout."""

PAUSE_S = 1.0
MOST_PAUSE_S = 60.0
"""Seconds before an ended process is restarted: the first value, doubled after each failure, up to
the second."""

_HAS_REUSEPORT = sys.platform == "linux"
"""Other systems give all connections to one of the sockets, or lack SO_REUSEPORT."""

_log = logging.getLogger("semsearch.server")

_Message = Listening | SemsearchError
"""What a worker sends once: that it answers, or why it cannot."""


def supervise(
    listener: socket.socket, settings: Settings, ready: Callable[[Listening], None]
) -> None:
    """Serve by `settings.workers` processes until a signal stops this one. Blocks.

    Args:
        listener: a bound socket.
        settings: of the service.
        ready: called once, when all workers answer.

    Raises:
        SemsearchError: a worker could not start, or could not restart when no other was left.
        WorkerFailed: a worker ended before it answered, without a reason.
    """
    if _HAS_REUSEPORT:  # only now: before, it would have shared the port of another service
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    workers = [_Worker(listener, settings) for _ in range(settings.workers)]
    with _stopped_by_signals(), _stopped_at_end(workers):
        for worker in workers:
            worker.start()
        listening, *_ = [worker.wait_until_ready() for worker in workers]
        ready(listening)
        pause = PAUSE_S
        while True:
            wait([worker.sentinel for worker in workers])
            time.sleep(pause)
            ended = [worker for worker in workers if not worker.is_alive()]
            pause = PAUSE_S if _restart(ended, workers) else min(2 * pause, MOST_PAUSE_S)


def _restart(ended: list[_Worker], workers: list[_Worker]) -> bool:
    """Restart workers, and return whether all of them answer.

    Raises:
        SemsearchError: a worker cannot answer, and no other is alive.
    """
    all_answer = True
    for worker in ended:
        _log.error("a worker ended with exit code %s; starting another", worker.exitcode)
        worker.start()
        try:
            worker.wait_until_ready()
        except SemsearchError as error:
            if not any(other.is_alive() for other in workers if other is not worker):
                raise
            _log.error("the new worker cannot answer, the others go on: %s", error)
            all_answer = False
    return all_answer


class _Worker:
    """One process, restarted when it has ended."""

    def __init__(self, listener: socket.socket, settings: Settings) -> None:
        self._listener = listener
        self._settings = settings
        self._process: SpawnProcess | None = None
        self._receiver: Connection | None = None

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_work, args=(self._listener, self._settings, sender), name="semsearch"
        )
        self._process.start()
        sender.close()  # so that `recv` ends when the process does

    def wait_until_ready(self) -> Listening:
        assert self._receiver is not None  # noqa: S101 - it has been started
        try:
            message: _Message = self._receiver.recv()
        except EOFError:
            self._running.join()
            raise WorkerFailed(
                f"a worker process ended with exit code {self.exitcode} before it could answer; "
                "with --workers 1 the reason is shown"
            ) from None
        if isinstance(message, SemsearchError):
            raise message
        return message

    @property
    def _running(self) -> SpawnProcess:
        assert self._process is not None  # noqa: S101 - it has been started
        return self._process

    @property
    def sentinel(self) -> int:
        return self._running.sentinel

    @property
    def exitcode(self) -> int | None:
        return self._running.exitcode

    def is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def stop(self) -> None:
        if self.is_alive():
            self._running.terminate()

    def end(self, until: float) -> None:
        """Wait for the end of the process until a time, then kill it."""
        if self._process is not None:
            self._process.join(max(0.0, until - time.monotonic()))
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


def _work(listener: socket.socket, settings: Settings, sender: Connection) -> None:
    """Serve in a worker until a signal stops it or the supervisor has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the supervisor stops us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with _own_socket(listener) as own:
            serve_on(own, settings, sender.send)
    except SemsearchError as error:
        sender.send(error)


def _own_socket(listener: socket.socket) -> socket.socket:
    """Return a socket of this process on the bound address; without SO_REUSEPORT the shared one."""
    if not _HAS_REUSEPORT:
        return listener
    own = socket.socket(listener.family, listener.type, listener.proto)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        own.setsockopt(socket.SOL_SOCKET, option, 1)
    own.bind(listener.getsockname())
    return own


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


class _Stopped(BaseException):
    """A signal stopped the supervisor."""


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Leave the block without an error at SIGINT or SIGTERM."""

    def stop(*_: object) -> None:
        raise _Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with suppress(_Stopped):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _stopped_at_end(workers: list[_Worker]) -> Iterator[None]:
    """Stop all workers at the end of the block."""
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        until = time.monotonic() + GRACE_S
        for worker in workers:
            worker.end(until)
