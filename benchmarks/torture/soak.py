"""Serves for an hour at half of the capacity, and watches what a process holds.

    python -m benchmarks.torture.soak --minutes 60 --lives 2

Meanwhile entries are added, changed and deleted, edits are published, and some clients read or send
slowly. The service is stopped (SIGTERM) and started again between its lives. In each life, memory,
handles, threads and files of the index must stay as they are: the last quarter is compared with the
second. Memory takes a quarter of an hour to settle, so a life should have half an hour. Every
acknowledged edit must be there after a restart, and nearly every question be answered. Exit code 1:
one of these failed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import numpy as np

from benchmarks.torture.bits import run
from benchmarks.torture.kill import PromiseBroken
from benchmarks.torture.service import editing_key, serving
from semsearch.core.progress import Silent
from semsearch.ingest.publish import publish_edits
from semsearch.storage.files.layout import IndexLayout

ASKERS = 8
ENTRIES = 40
"""Entries that are added, changed and deleted in turn, so that their number stays the same."""
EDITS_PER_S = 2.0
PUBLISH_S = 10.0
SLOW_CLIENTS = 6
CAPACITY_S = 3.0
SAMPLE_S = 0.5
SHARE = 0.5  # of the capacity

MEMORY_SHARE = 0.05
MEMORY_MB = 6.0
"""Growth of the memory of a life that is noise: allocators keep what they freed."""
HANDLES = 12  # connections come and go, and two generations may be open
REFUSED_SHARE = 0.05
"""Questions that may be refused: other programs take the processor now and then."""
STOPPED_WITHIN_S = 30

SMALL_CACHE = {"SEMSEARCH_CACHE": "1"}
"""Answers of a second or two fill it, so that what grows later is something else."""

DISTINCT = 400
"""Questions; the memory of vectors grows with them until it is full."""

_QUESTIONS = ("what makes dough rise", "the inside of a loaf", "a heavy pot", "when does it arrive")


@dataclass(frozen=True, slots=True)
class ProcessState:
    """What a process holds at a moment, in seconds; memory in MB."""

    at: float
    memory: float
    handles: int
    threads: int
    files: int


@dataclass(slots=True)
class Load:
    """What clients saw, in all lives; each thread writes its own counter or members."""

    statuses: Counter[int] = field(default_factory=Counter)
    times_ms: list[float] = field(default_factory=list)
    lost: int = 0
    edits: int = 0
    publishes: int = 0
    state: dict[str, str] = field(default_factory=dict)
    """Definitions of the entries, as they were acknowledged last."""
    failure: str = ""


def soak(
    index: Path,
    seconds: float,
    lives: int,
    *,
    publish_s: float = PUBLISH_S,
    is_warm: bool = True,
) -> str:
    """Serve, and return what was seen.

    Args:
        index: the index folder, which edits change.
        seconds: in all.
        lives: how often the service is started.
        publish_s: seconds between two publishes.
        is_warm: whether a life is long enough that memory stays as it is after its first quarter.

    Raises:
        PromiseBroken: something grew, an edit was lost, or too many questions were refused.
    """
    load, grown = Load(), []
    key = editing_key(index)
    for life in range(lives):
        with serving(index, SMALL_CACHE) as (server, url):
            _check_edits(url, load)
            rate = SHARE * _capacity(url)
            with _under(url, key, (index, publish_s), rate, load):
                samples = list(_watched(server.pid, index, seconds / lives))
            server.send_signal(signal.SIGTERM)
            if code := server.wait(STOPPED_WITHIN_S):
                raise PromiseBroken(f"the service ended with {code}")
        if load.failure:
            raise PromiseBroken(load.failure)
        grown.append(described(samples))
        check_flat(samples, f"life {life + 1}", is_warm=is_warm)
    answered = load.statuses[200]
    if load.statuses.total() - answered > REFUSED_SHARE * load.statuses.total() or load.lost:
        raise PromiseBroken(f"questions were refused or lost: {dict(load.statuses)}, {load.lost}")
    p99 = float(np.percentile(load.times_ms, 99))
    return (
        f"{answered:,} of {load.statuses.total():,} questions answered (p99 {p99:.0f} ms), "
        f"{load.edits:,} edits, {load.publishes:,} publishes; " + "; ".join(grown)
    )


def slope(samples: Sequence[ProcessState], name: str) -> float:
    """Return how much a figure grows in an hour, by least squares, without the first quarter."""
    settled = samples[len(samples) // 4 :]
    times = [sample.at for sample in settled]
    return float(np.polyfit(times, [getattr(one, name) for one in settled], 1)[0]) * 3600


def described(samples: Sequence[ProcessState]) -> str:
    """Return what a process held at the end, and slopes."""
    last = samples[-1]
    return (
        f"{last.memory:.0f} MB ({slope(samples, 'memory'):+.1f} MB/h), {last.handles} handles "
        f"({slope(samples, 'handles'):+.1f}/h), {last.threads} threads "
        f"({slope(samples, 'threads'):+.1f}/h), {last.files} files "
        f"({slope(samples, 'files'):+.1f}/h)"
    )


def check_flat(samples: Sequence[ProcessState], where: str, *, is_warm: bool = True) -> None:
    """Compare the last quarter of a life with the second; memory only if it is warm by then.

    Raises:
        PromiseBroken: a figure has grown.
    """
    quarter = len(samples) // 4
    for name, allowed in (
        ("memory", MEMORY_MB),
        ("handles", HANDLES),
        ("threads", 1),
        ("files", 8),
    ):
        early, late = (
            float(np.median([getattr(one, name) for one in part]))
            for part in (samples[quarter : 2 * quarter], samples[3 * quarter :])
        )
        noise = max(allowed, MEMORY_SHARE * early) if name == "memory" else allowed
        if late > early + noise and (is_warm or name != "memory"):
            raise PromiseBroken(f"{where}: {name} grew from {early:.1f} to {late:.1f}")


def _watched(process: int, index: Path, seconds: float) -> Iterator[ProcessState]:
    until = time.monotonic() + seconds
    folder = Path(f"/proc/{process}")
    while (now := time.monotonic()) < until:
        lines = (folder / "status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines if ":" in line)
        yield ProcessState(
            now,
            int(status["RssAnon"].split()[0]) / 1000,
            len(list((folder / "fd").iterdir())),
            int(status["Threads"]),
            sum(len(files) for _, _, files in os.walk(index)),  # some may go meanwhile
        )
        time.sleep(SAMPLE_S)


@contextmanager
def _under(
    url: str, key: str, publishing: tuple[Path, float], rate: float, load: Load
) -> Iterator[None]:
    """Ask, edit, publish and be slow until the block ends."""
    over = threading.Event()
    address = urlsplit(url)
    work: list[Callable[[], None]] = [
        lambda: _edit(address.netloc, key, load, over),
        lambda: _publish(*publishing, load, over),
        *(lambda: _ask(address.netloc, rate / ASKERS, load, over) for _ in range(ASKERS)),
        *(
            lambda n=n: _be_slow((address.hostname, address.port), over, is_reader=n % 2 == 0)
            for n in range(SLOW_CLIENTS)
        ),
    ]

    def guarded(do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:
            load.failure = load.failure or f"a client failed: {error!r}"

    threads = [threading.Thread(target=guarded, args=(do,)) for do in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read()


def _question(number: int) -> str:
    """Return a request whose vector is soon remembered, and whose answer never is."""
    text = f"{_QUESTIONS[number % len(_QUESTIONS)]} {number % DISTINCT}"
    return f"/v1/search?{urlencode({'q': text, 'min_confidence': 0.3 + number % 1_000_003 / 1e8})}"


def _capacity(url: str) -> float:
    """Return how many questions are answered in a second, by so many clients."""
    counts: list[int] = []

    def ask() -> None:
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
            count, until = 0, time.monotonic() + CAPACITY_S
            while time.monotonic() < until:
                count += _get(connection, _question(time.monotonic_ns()))[0] == 200
            counts.append(count)

    threads = [threading.Thread(target=ask) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / CAPACITY_S


def _ask(netloc: str, rate: float, load: Load, over: threading.Event) -> None:
    """Ask at a rate over one connection, which is opened anew after an error."""
    connection = http.client.HTTPConnection(netloc, timeout=30)
    due = time.monotonic()
    while not over.is_set():
        began = time.monotonic()
        try:
            status, _ = _get(connection, _question(time.monotonic_ns()))
            load.statuses[status] += 1
            load.times_ms.append((time.monotonic() - began) * 1000)
        except (OSError, http.client.HTTPException):
            connection.close()
            load.lost += 1
        due = max(due + 1 / rate, time.monotonic() - 1)
        over.wait(max(0.0, due - time.monotonic()))
    connection.close()


def _edit(netloc: str, key: str, load: Load, over: threading.Event) -> None:
    """Put and delete entries in turn, and note what was acknowledged."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection(netloc, timeout=30)) as connection:
        while not over.wait(1 / EDITS_PER_S):
            number = load.edits % ENTRIES
            id_ = f"torture:soak-{number}"
            if id_ in load.state and (load.edits // ENTRIES) % 3 == 2:
                method, body = "DELETE", None
            else:
                definition = f"Meaning {load.edits} of entry {number}."
                method, body = "PUT", {"term": f"Soak {number}", "definition": definition}
            sent = {**headers, "If-Match": "*"} if id_ in load.state else headers
            content = None if body is None else json.dumps(body)
            connection.request(method, f"/v1/entries/{quote(id_)}", content, sent)
            response = connection.getresponse()
            answer = response.read()
            if response.status in (200, 201):
                load.edits += 1
                if body is None:
                    del load.state[id_]
                else:
                    load.state[id_] = body["definition"]
            elif response.status != 503:
                raise PromiseBroken(f"an edit was answered with {response.status}: {answer!r}")


def _publish(index: Path, every_s: float, load: Load, over: threading.Event) -> None:
    while not over.wait(every_s):
        load.publishes += publish_edits(IndexLayout(index), Silent())


def _be_slow(
    address: tuple[str | None, int | None], over: threading.Event, *, is_reader: bool
) -> None:
    """Read an export, or send a head, a few bytes at a time, until the server ends it."""
    while not over.is_set():
        with suppress(OSError), socket.create_connection(address, timeout=5) as client:
            if is_reader:
                path = b"/v1/glossaries/bakery/export?format=jsonl"
                client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            else:
                client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            while not over.wait(0.5):
                if is_reader:
                    if not client.recv(100):
                        break
                else:
                    client.sendall(b"a")


def _check_edits(url: str, load: Load) -> None:
    """Compare the entries after a restart with what was acknowledged.

    Raises:
        PromiseBroken: one differs.
    """
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        for id_, definition in load.state.items():
            status, body = _get(connection, f"/v1/entries/{quote(id_)}")
            if status != 200 or json.loads(body)["definition"] != definition:
                raise PromiseBroken(f"{id_} should be {definition!r} after a restart: {body!r}")


def main() -> int:
    """Read the arguments, and serve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--lives", type=int, default=2)
    given = parser.parse_args()
    return run("soak", lambda index: soak(index, given.minutes * 60, given.lives))


if __name__ == "__main__":
    sys.exit(main())
