"""Several processes that answer on one port, and the one that starts them and looks after them.

Each is started anew ("spawn"), never forked from a process with threads and a loaded model. All open
the index by themselves; its mapped files are in memory once. The port is bound before any of them
starts. Each listens on a socket of its own once it can answer, and the system deals connections out among
them (SO_REUSEPORT): of a socket they share, whoever is awake first takes all that wait, often all 16 or 64
connections that clients open at a time.
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
"""Seconds a process has to finish what it answers; a little more than it gives itself."""

PAUSE_S = 1.0
MOST_PAUSE_S = 60.0
"""Seconds before a process that ended is started again: the first, doubled each time that it cannot answer, up
to the other."""

_DEALS_OUT = sys.platform == "linux"
"""Elsewhere SO_REUSEPORT gives all connections to one of the sockets, or does not exist."""

_log = logging.getLogger("semsearch.server")

_Message = Listening | SemsearchError
"""What a process says once: that it answers, or why it cannot."""


def supervise(
    listener: socket.socket, settings: Settings, ready: Callable[[Listening], None]
) -> None:
    """Serve by `settings.workers` processes until this one is told to stop. Blocks.

    Args:
        listener: a bound socket.
        settings: what to serve.
        ready: called once, when all of them answer.

    Raises:
        SemsearchError: what the first of them raised while it started, or the last one that was started again when
            no other is left.
        WorkerFailed: one ended before it answered, without saying why.
    """
    if _DEALS_OUT:  # only now: another service that has the port would have let itself be joined
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    workers = [_Worker(listener, settings) for _ in range(settings.workers)]
    with _stopped_by_signals(), _all_ended(workers):
        for worker in workers:
            worker.start()
        listening, *_ = [worker.wait_until_ready() for worker in workers]
        ready(listening)
        pause = PAUSE_S
        while True:
            wait([worker.sentinel for worker in workers])
            time.sleep(pause)
            ended = [worker for worker in workers if not worker.is_alive()]
            pause = PAUSE_S if _all_restarted(ended, workers) else min(2 * pause, MOST_PAUSE_S)


def _all_restarted(ended: list[_Worker], workers: list[_Worker]) -> bool:
    """Start processes again, and return whether they answer.

    Raises:
        SemsearchError: one cannot, and no other is alive.
    """
    done = True
    for worker in ended:
        _log.error("a worker ended with exit code %s; starting another", worker.exitcode)
        worker.start()
        try:
            worker.wait_until_ready()
        except SemsearchError as error:
            if not any(other.is_alive() for other in workers if other is not worker):
                raise
            _log.error("the new worker cannot answer, the others go on: %s", error)
            done = False
    return done


class _Worker:
    """One process, started again when it has ended."""

    def __init__(self, listener: socket.socket, settings: Settings) -> None:
        self._listener = listener
        self._settings = settings
        self._process: SpawnProcess | None = None
        self._said: Connection | None = None

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._said, says = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_work, args=(self._listener, self._settings, says), name="semsearch"
        )
        self._process.start()
        says.close()  # so that the end of the process is seen

    def wait_until_ready(self) -> Listening:
        assert self._said is not None  # noqa: S101 - it has been started
        try:
            message: _Message = self._said.recv()
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
        """Wait for its end, and force it when the time is over."""
        if self._process is not None:
            self._process.join(max(0.0, until - time.monotonic()))
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


def _work(listener: socket.socket, settings: Settings, says: Connection) -> None:
    """Be one of the processes: serve until told to stop, or until nobody looks after it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the supervisor passes it on
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with _own(listener) as own:
            serve_on(own, settings, says.send)
    except SemsearchError as error:
        says.send(error)


def _own(listener: socket.socket) -> socket.socket:
    """Return a socket for this process alone on a bound address, or the bound one where that cannot be."""
    if not _DEALS_OUT:
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
    """A signal asked for the end."""


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Leave the block, without an error, when SIGINT or SIGTERM comes."""

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
def _all_ended(workers: list[_Worker]) -> Iterator[None]:
    """Let nothing of them remain behind the block."""
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        until = time.monotonic() + GRACE_S
        for worker in workers:
            worker.end(until)
