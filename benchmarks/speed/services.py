"""Server processes to measure: start, wait until ready, request, end by process id.

A server may have several processes. Each server is the leader of a process group, and the memory of
a service is that of the group.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from benchmarks.speed import memory

HOST = "127.0.0.1"
START_LIMIT_S = 120.0
STOP_LIMIT_S = 15.0

SEARCH = "/v1/search"
"""Path of the search in `semsearch serve`."""

HEAVY = ("torch", "transformers", "sentence_transformers", "peft", "accelerate")
"""Modules that a serving process must never import."""

_LISTING = """
import atexit, sys

def list_modules(path):
    with open(path, "w") as file:
        print(*sorted({name.partition(".")[0] for name in sys.modules}), file=file)

atexit.register(list_modules, sys.argv.pop(1))
from semsearch.cli import main
main()
"""


class ServiceFailed(Exception):
    """A server ended, stayed silent or answered with an error."""


class Service:
    """A running server, with one connection that is kept alive."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, start_s: float) -> None:
        self.process = process
        self.port = port
        self.start_s = start_s
        self._connection = http.client.HTTPConnection(HOST, port, timeout=30)

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 - any JSON
        """Return the JSON that a GET answers."""
        return json.loads(self._get(path, query))

    def time_get(self, path: str, **query: str | int) -> float:
        """Return the milliseconds of a GET, from sending it to the last byte of its answer."""
        began = time.perf_counter()
        self._get(path, query)
        return (time.perf_counter() - began) * 1000

    def resident_mb(self) -> float:
        """Return the resident memory of all its processes, in units of 1,000,000 bytes."""
        return memory.resident(self._memory()) / 1e6

    def peak_mb(self) -> float:
        """Return the most resident memory it has had, in the same units."""
        return memory.peak(self._memory()) / 1e6

    def _memory(self) -> list[memory.Memory]:
        found = list(memory.of(memory.group(self.process.pid)))
        if not found:
            raise ServiceFailed("the service has no memory: it has ended")
        return found

    def mapped_files(self) -> set[str]:
        """Return the files mapped into the memory of the process: its libraries among them."""
        lines = Path(f"/proc/{self.process.pid}/maps").read_text().splitlines()
        return {line.split(maxsplit=5)[5] for line in lines if line.count("/")}

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        self._connection.close()

    def _get(self, path: str, query: dict[str, str | int]) -> bytes:
        self._connection.request("GET", f"{path}?{urlencode(query)}" if query else path)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise ServiceFailed(f"{path} answered {response.status}: {body[:200]!r}")
        if response.will_close:
            raise ServiceFailed(f"{path} closed the connection, which was to be kept alive")
        return body


def search(question: str, path: str = SEARCH) -> str:
    """Return path and query of one question."""
    return f"{path}?{urlencode({'q': question})}"


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    first: str,
    *,
    limit_s: float = START_LIMIT_S,
    env: Mapping[str, str] | None = None,
) -> Iterator[Service]:
    """Run a server for as long as the block lasts.

    Args:
        command: what to start; it listens on `port`.
        port: see `free_port`.
        first: path and query whose first answer ends the measured start.
        limit_s: seconds the start may take.
        env: environment variables that it gets besides ours.

    Raises:
        ServiceFailed: the server ended, or did not answer in time; with what it said.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            list(command),
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=None if env is None else {**os.environ, **env},
        )
        try:
            _wait(process, port, first, began + limit_s, said)
            service = Service(process, port, time.perf_counter() - began)
            try:
                yield service
            finally:
                service.close()
        finally:
            stop(process)
            with suppress(ProcessLookupError):  # as it should be: nobody is left
                os.killpg(process.pid, signal.SIGKILL)


def stop(process: subprocess.Popen[Any]) -> int:
    """End a process, kindly first, and return its exit code."""
    process.terminate()
    try:
        return process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def serve(index: Path, port: int, *, modules: Path | None = None) -> list[str]:
    """Return the command that serves an index.

    Args:
        index: a built index.
        port: where to listen.
        modules: a file that gets the names of all imported top-level packages when the server ends.
    """
    start = ["-m", "semsearch"] if modules is None else ["-c", _LISTING, str(modules)]
    return [sys.executable, *start, "serve", "--index", str(index), "--port", str(port)]


def imported_by_serving(index: Path, question: str, listing: Path) -> set[str]:
    """Serve an index, ask one question, and return the top-level packages it imported.

    Args:
        index: a built index.
        question: what to ask.
        listing: a file to use for it.
    """
    port = free_port()
    command = [*serve(index, port, modules=listing), "--workers", "1"]
    with running(command, port, search(question)):
        pass
    return set(listing.read_text().split())


def _wait(
    process: subprocess.Popen[bytes], port: int, first: str, until: float, said: IO[bytes]
) -> None:
    """Ask until there is an answer."""
    while time.perf_counter() < until:
        if process.poll() is not None:
            break
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        try:
            connection.request("GET", first)
            response = connection.getresponse()
            body = response.read()
        except (ConnectionError, TimeoutError):
            time.sleep(0.005)
            continue
        finally:
            connection.close()
        if response.status == 200:
            return
        raise ServiceFailed(f"the first question was answered {response.status}: {body[:200]!r}")
    said.seek(0)
    raise ServiceFailed(
        f"the server gave no answer (exit code {process.poll()}): {said.read()[-2000:].decode()}"
    )
