"""Clients that ask a service: one process, one event loop, kept-alive connections.

In a closed loop each client sends its next request when the last answer is complete. In an open
loop requests are sent at a rate, each over an idle connection; without an idle connection the
request is not sent and counted as missed. Times run from the sending of a request to the last byte
of its answer. uvloop and the parser of httptools keep the cost of a request low, since clients and
service share the cores; `make bench` prints the rate that the clients can reach.

    python -m benchmarks.speed.clients      # reads a `LoadJob` a line, writes a `Tally` a line
"""

from __future__ import annotations

import asyncio
import gc
import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import httptools
import uvloop

from benchmarks.speed import services, turns

PATIENCE_S = 30.0
"""Longest wait for answers after the end of the time."""

TICK_S = 0.002
"""How often an open loop sends the requests that are due."""

_MODULE = "benchmarks.speed.clients"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadJob:
    """Paths to request, the number of clients, and the duration.

    A path is requested by GET; `POST PATH BODY` sends a JSON body.
    With a `rate`, in requests a second, `clients` is the largest number of connections.
    """

    port: int
    paths: Sequence[str]
    clients: int
    seconds: float
    rate: float = 0.0


@dataclass(slots=True, kw_only=True)
class Tally:
    """Results of a job. A request that was sent in time counts, also if its answer came later."""

    asked: int = 0
    elapsed_s: float = 0.0
    """Duration until the last answer, since many answers arrive after the sending has ended."""
    cpu_s: float = 0.0
    """CPU time of the clients themselves."""
    missed: int = 0
    lost: int = 0
    """Requests whose connection broke, or without an answer."""
    retry_after: int = 0
    """Answers with `Retry-After`."""
    times_ms: dict[str, list[float]] = field(default_factory=dict)
    """Times of all answers by status."""

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.good_ms) / self.elapsed_s if self.elapsed_s else 0.0

    @property
    def good_ms(self) -> list[float]:
        """Times of all good answers."""
        return self.times_ms.get("200", [])

    @property
    def errors(self) -> int:
        """Requests that got anything but a good answer."""
        return self.lost + sum(len(ms) for status, ms in self.times_ms.items() if status != "200")

    @property
    def statuses(self) -> Counter[str]:
        """How often each status was answered."""
        return Counter({status: len(times) for status, times in self.times_ms.items()})


class Clients(turns.Turns):
    """The process of the clients, waiting for jobs."""

    def __init__(self) -> None:
        super().__init__(_MODULE)

    def run(self, job: LoadJob) -> Tally:
        """Do a job and wait for it."""
        return Tally(**self.take(asdict(job)))


class _ClientConnection(asyncio.Protocol):
    """One connection, which reports each answer and its own end."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._parser = httptools.HttpResponseParser(self)
        self._sent = 0.0
        self.is_busy = False
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)  # uvloop's is none by class

    def send(self, request: bytes) -> None:
        assert self.transport is not None
        self.is_busy = True
        self._sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self._run.tally.retry_after += 1

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        self.is_busy = False
        status = self._parser.get_status_code()
        if not self._parser.should_keep_alive() and self.transport is not None:
            self.transport.close()
            self.transport = None
        self._run.answered(self, status, now, (now - self._sent) * 1000)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._run.lost(self)


class _Run:
    """One job under way."""

    def __init__(self, job: LoadJob) -> None:
        self.tally = Tally()
        self._job = job
        self._requests: Iterator[bytes] = iter([_request(path) for path in job.paths])
        self._idle: list[_ClientConnection] = []
        self._ends = self._last = 0.0
        self._under_way = 0
        self._opening: set[asyncio.Task[None]] = set()
        self._closing: set[_ClientConnection] = set()

    async def done(self) -> Tally:
        """Do it."""
        await asyncio.gather(*(self._open() for _ in range(self._job.clients)))
        before, began = time.process_time(), time.perf_counter()
        self._ends = began + self._job.seconds
        if self._job.rate:
            await self._send_at_a_rate(began)
        else:
            while self._idle and self._next_on(self._idle.pop()):
                pass
        while self._is_under_way() and time.perf_counter() < self._ends + PATIENCE_S:
            await asyncio.sleep(TICK_S)
        self.tally.lost += self._under_way  # who waits for ever
        self.tally.cpu_s = time.process_time() - before
        self.tally.elapsed_s = max(self._last - began, 0.0)
        return self.tally

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: _ClientConnection(self), services.HOST, self._job.port
        )
        self._idle.append(connection)

    async def _send_at_a_rate(self, began: float) -> None:
        while (now := time.perf_counter()) < self._ends:
            due = int((now - began) * self._job.rate) - self.tally.asked - self.tally.missed
            for _ in range(due):
                if not self._idle:
                    self.tally.missed += 1
                elif not self._next_on(self._idle.pop()):
                    return
            await asyncio.sleep(TICK_S)

    def _next_on(self, connection: _ClientConnection) -> bool:
        """Send the next request, if there is time and another one."""
        request = next(self._requests, None) if time.perf_counter() < self._ends else None
        if request is None or connection.transport is None:
            return False
        self._under_way += 1
        self.tally.asked += 1
        connection.send(request)
        return True

    def answered(self, connection: _ClientConnection, status: int, now: float, ms: float) -> None:
        """Note an answer, and go on."""
        self.tally.times_ms.setdefault(str(status), []).append(round(ms, 3))
        self._last = now
        self._under_way -= 1
        if connection.transport is None:
            self._closing.add(connection)  # another is opened when it is gone
            return
        if self._job.rate:
            self._idle.append(connection)
        else:
            self._next_on(connection)

    def lost(self, connection: _ClientConnection) -> None:
        """Note a connection that is gone, and open another while there is time."""
        self._closing.discard(connection)
        if connection.is_busy:
            self.tally.lost += 1
            self._under_way -= 1
        if connection in self._idle:
            self._idle.remove(connection)
        if time.perf_counter() < self._ends:
            task = asyncio.get_running_loop().create_task(self._replace())
            self._opening.add(task)  # the loop keeps no strong reference
            task.add_done_callback(self._opening.discard)

    async def _replace(self) -> None:
        try:
            await self._open()
        except OSError:
            return  # the service takes no more; the other connections go on
        if not self._job.rate and self._idle:
            self._next_on(self._idle.pop())

    def _is_under_way(self) -> bool:
        return bool(self._under_way or self._opening or self._closing)


def _request(path: str) -> bytes:
    fields = f"Host: {services.HOST}\r\nAccept: */*\r\n"
    if not path.startswith("POST "):
        return f"GET {path} HTTP/1.1\r\n{fields}\r\n".encode()
    _, path, body = path.split(" ", 2)
    fields += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    return f"POST {path} HTTP/1.1\r\n{fields}\r\n{body}".encode()


def _work(given: dict[str, Any]) -> dict[str, Any]:
    """Do one job while the garbage collector is off."""
    gc.collect()
    gc.disable()
    try:
        return asdict(uvloop.run(_Run(LoadJob(**given)).done()))
    finally:
        gc.enable()


def main() -> None:
    """Wait for jobs."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    turns.serve(_work)


if __name__ == "__main__":
    main()
