"""Several processes that answer on one port, and the supervisor that starts and restarts them.

On Linux a worker is forked from this process, which has imported the server but has neither an open
index nor a loaded model: the interpreter and its modules are in memory once. Where that is not
safe, a worker is spawned. Each worker opens the index itself; the memory-mapped files are in memory
once. The port is bound before any worker starts. A worker listens on a socket of its own once it
can answer, and the kernel distributes connections among the sockets (SO_REUSEPORT). With one shared
socket, the first worker to wake up accepts all waiting connections, often all 16 or 64 that clients
open at a time.

uvicorn's `Multiprocess` is not used. It shares one socket, and it neither reports when all workers
answer nor why one failed to start.
"""

from __future__ import annotations

import gc
import importlib
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
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess, SpawnContext, SpawnProcess
from typing import TYPE_CHECKING, Any

from semsearch.core.errors import SemsearchError, WorkerFailed
from semsearch.core.settings import Settings
from semsearch.server.telemetry.logs import opened_supervisor_log
from semsearch.server.workers.process import SEND_BYTES, Listening, serve_on, url_of

if TYPE_CHECKING:
    from semsearch.server.telemetry.meters import Meters
    from semsearch.server.telemetry.shared_memory import SharedMetrics

GRACE_S = 7.5
"""Seconds that a process has to end, a little more than it gives itself."""

PAUSE_S = 1.0
MAX_PAUSE_S = 60.0
"""Seconds before an ended process is restarted: the first value, doubled after each failure, up to
the second."""

SHARED_MODULES = ("faiss", "tokenizers", "rapidfuzz.distance", "Stemmer", "jinja2")
"""Libraries that the server imports when it needs them. They save 7 MB a worker."""

_STOP = (signal.SIGINT, signal.SIGTERM)
"""Signals that end the service."""

_HAS_REUSEPORT = sys.platform == "linux"
"""Other systems give all connections to one of the sockets, or lack SO_REUSEPORT."""

_log = logging.getLogger("semsearch.server")

_Message = Listening | SemsearchError
"""What a worker sends once: that it answers, or why it cannot."""


def supervise(
    listener: socket.socket,
    settings: Settings,
    count: int,
    ready: Callable[[Listening], None],
    metrics: socket.socket | None = None,
) -> None:
    """Serve by several processes until a signal stops this one. Blocks.

    Args:
        listener: a bound socket.
        settings: of the service.
        count: how many workers.
        ready: called once, when all workers answer.
        metrics: another bound socket, on which a process answers `/metrics`.

    Raises:
        SemsearchError: a worker could not start, or could not restart when no other was left.
        WorkerFailed: a worker ended before it answered, without a reason.
    """
    os.environ["PYTHONSAFEPATH"] = "1"  # workers must not import from the working directory
    if _HAS_REUSEPORT:  # only now: before, it would have shared the port of another service
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    shared, metrics_children, metrics_url = None, [], ""
    if metrics is not None:
        from semsearch.server.telemetry import metrics_process  # noqa: PLC0415 - not always used

        shared = metrics_process.new_shared_metrics(count, _context())
        metrics_children = [_Child(metrics_process.export, (metrics, shared))]
        metrics_url = f"{url_of(metrics)}{metrics_process.PATH}"
    workers = [_Worker(listener, settings, shared, number) for number in range(count)]
    children = [*metrics_children, *workers]
    with (
        opened_supervisor_log(settings),
        _stop_signals() as stop,
        _stopped_at_end(children),
        suppress(_Stopped),
    ):
        _share_modules()
        for child in children:
            child.start()
        listening, *_ = [worker.wait_until_ready(stop) for worker in workers]
        ready(replace(listening, workers=count, metrics_url=metrics_url))
        pause = PAUSE_S
        while True:
            _wait([child.sentinel for child in children], stop)
            _wait([], stop, pause)
            for child in metrics_children:
                if not child.is_alive():
                    _log.error("the process of /metrics ended; starting another")
                    child.start()
            ended = [worker for worker in workers if not worker.is_alive()]
            pause = PAUSE_S if _restart(ended, workers, stop) else min(2 * pause, MAX_PAUSE_S)


def _restart(ended: list[_Worker], workers: list[_Worker], stop: Connection) -> bool:
    """Restart workers, and return whether all of them answer.

    Raises:
        SemsearchError: a worker cannot answer, and no other is alive.
        _Stopped: a signal came.
    """
    all_answer = True
    for worker in ended:
        _log.error("a worker ended with exit code %s; starting another", worker.exitcode)
        worker.start()
        try:
            worker.wait_until_ready(stop)
        except SemsearchError as error:
            if not any(other.is_alive() for other in workers if other is not worker):
                raise
            _log.error("the new worker cannot answer, the others go on: %s", error)
            all_answer = False
    return all_answer


class _Child:
    """One process, restarted when it has ended: a function with its arguments."""

    def __init__(self, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self._target = target
        self._arguments = arguments
        self._process: ForkProcess | SpawnProcess | None = None

    def start(self, *further: Connection) -> None:
        arguments = (self._target, *self._arguments, *further)
        self._process = _context().Process(target=_begin, args=arguments, name="semsearch")
        with _later_signals():
            self._process.start()

    @property
    def _running(self) -> ForkProcess | SpawnProcess:
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


class _Worker(_Child):
    """A process that answers."""

    def __init__(
        self,
        listener: socket.socket,
        settings: Settings,
        shared: SharedMetrics | None,
        number: int,
    ) -> None:
        super().__init__(_work, (listener, settings, shared, number))
        self._receiver: Connection | None = None

    def start(self, *further: Connection) -> None:
        self._receiver, sender = _context().Pipe(duplex=False)
        super().start(sender, *further)
        sender.close()  # so that `recv` ends when the process does

    def wait_until_ready(self, stop: Connection) -> Listening:
        assert self._receiver is not None  # noqa: S101 - it has been started
        _wait([self._receiver], stop)
        try:
            message: _Message = self._receiver.recv()
        except EOFError:
            self._running.join()
            _wait([], stop, 0)  # the signal may have ended the worker first
            raise WorkerFailed(
                f"a worker process ended with exit code {self.exitcode} before it could answer; "
                "with --workers 1 the reason is shown"
            ) from None
        if isinstance(message, SemsearchError):
            raise message
        return message


def _share_modules() -> None:
    """Import what every worker needs and what starts no thread, before any is forked.

    onnxruntime starts a thread when it is imported, so workers import it themselves.
    """
    for name in SHARED_MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a worker would copy the pages that it shares with this process


def _context() -> ForkContext | SpawnContext:
    """Return how workers start.

    A process with other threads, as obstore has them, is never forked: one of them might hold a
    lock. On macOS, system libraries do not survive a fork.
    """
    if sys.platform == "linux" and threading.active_count() == 1 and "obstore" not in sys.modules:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _begin(target: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401 - of the target
    """Run a function in a process until a signal stops it or the supervisor has ended."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork inherits the supervisor's handler
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the supervisor stops us
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)  # see `_later_signals`
    threading.Thread(target=_end_with_parent, daemon=True).start()
    target(*arguments)


def _work(
    listener: socket.socket,
    settings: Settings,
    shared: SharedMetrics | None,
    number: int,
    sender: Connection,
) -> None:
    """Serve in a worker."""
    try:
        with _own_socket(listener) as own:
            serve_on(own, settings, sender.send, _meters(shared, number))
    except SemsearchError as error:
        sender.send(error)


def _meters(shared: SharedMetrics | None, number: int) -> Meters | None:
    if shared is None:
        return None
    from semsearch.server.telemetry.meters import Meters  # noqa: PLC0415 - not always used

    return Meters(shared, number)


def _own_socket(listener: socket.socket) -> socket.socket:
    """Return a socket of this process on the bound address; without SO_REUSEPORT the shared one."""
    if not _HAS_REUSEPORT:
        return listener
    own = socket.socket(listener.family, listener.type, listener.proto)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        own.setsockopt(socket.SOL_SOCKET, option, 1)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
    own.bind(listener.getsockname())
    return own


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


class _Stopped(Exception):
    """A signal asked the supervisor to stop."""


@contextmanager
def _stop_signals() -> Iterator[Connection]:
    """Yield a connection that has something to read once SIGINT or SIGTERM has come.

    A handler that raised would do so wherever the supervisor is: in a child that it is about to
    start, or while it stops the children.
    """
    reader, writer = multiprocessing.Pipe(duplex=False)
    os.set_blocking(writer.fileno(), False)  # enough signals to fill it say no more than one

    def tell(*_: object) -> None:
        with suppress(BlockingIOError):
            os.write(writer.fileno(), b"!")

    before = {number: signal.signal(number, tell) for number in _STOP}
    with reader, writer:
        try:
            yield reader
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _later_signals() -> Iterator[None]:
    """Hold stop signals back, so that a child gets none before it has handlers of its own."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)


def _wait(for_: list[Any], stop: Connection, timeout_s: float | None = None) -> None:
    """Wait until one of some connections and sentinels is ready.

    Raises:
        _Stopped: a signal came before.
    """
    if stop in wait([*for_, stop], timeout_s):
        raise _Stopped


@contextmanager
def _stopped_at_end(children: list[_Child]) -> Iterator[None]:
    """Stop all children at the end of the block."""
    try:
        yield
    finally:
        for child in children:
            child.stop()
        until = time.monotonic() + GRACE_S
        for child in children:
            child.end(until)
