"""Sends ten times more questions than the service can answer: `make bench-overload`.

First the capacity is measured: good answers a second to 64 clients. Then requests are sent at ten
times that rate over at most 500 connections, without waiting for answers; without an idle
connection a request is not sent and counted. Questions are distinct until all are used, and then
repeat. Afterwards a client asks one question after the other until they take no longer than before.

    python -m benchmarks.speed.overload --index index
    python -m benchmarks.speed.overload --index index --mixed

`--mixed` asks all kinds of paths: of twenty requests ten are questions, four pages with an answer,
two pages of an entry, two names, one a batch of four questions, one an export.

Exit code 0: every bar is met, 1: one is missed, 2: nothing could be measured.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from benchmarks.speed import contenders, hardware, questions, services, turns
from benchmarks.speed.bars import Bar, finish
from benchmarks.speed.clients import Clients, LoadJob, Tally
from benchmarks.speed.contenders import ComparedService
from semsearch.core.errors import SemsearchError

TIMES = 10
CLIENTS = 64
CONNECTIONS = 500
"""Most connections at once; a process may have 1,024 open files by default."""

ENTRY = "deep-learning:dropout"
"""The entry of the seed whose page and glossary the mixture asks for."""

PROBES = 20
"""Questions in one probe of the time that they take."""

AS_BEFORE = 2.0
"""The service has recovered when the median of a probe is at most so many times that before."""

RECOVERY_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """Results of the overload; memory in MB."""

    capacity: float
    offered: float
    """Requests sent a second."""
    missed: int
    statuses: dict[str, int]
    lost: int
    accepted: float
    """Good answers a second."""
    accepted_p99_ms: float
    refused_p99_ms: float | None
    """None if no request was refused."""
    refused_share: float
    without_retry_after: int
    memory_before: float
    memory_peak: float
    memory_after: float
    recovery_s: float


class Subject:
    """A running service that is measured before, during and after the overload."""

    def __init__(
        self,
        contender: ComparedService,
        service: services.Service,
        clients: Clients,
        *,
        is_mixed: bool = False,
    ) -> None:
        self._contender = contender
        self._service = service
        self._clients = clients
        self._questions = cycle(questions.crossed(questions.own()))
        self._paths = mixture(self._questions) if is_mixed else self._searches()

    def _searches(self) -> Iterator[str]:
        return (self._contender.request(question) for question in self._questions)

    def ask(self, count: int, clients: int, seconds: float, rate: float = 0.0) -> Tally:
        """Ask up to so many questions."""
        paths = list(islice(self._paths, count))
        port = self._contender.port
        job = LoadJob(port=port, paths=paths, clients=clients, seconds=seconds, rate=rate)
        return self._clients.run(job)

    def probe_ms(self) -> float:
        """Return the median time of some questions, one after the other.

        Raises:
            ServiceFailed: none was answered.
        """
        paths = list(islice(self._searches(), PROBES))
        port = self._contender.port
        job = LoadJob(port=port, paths=paths, clients=1, seconds=RECOVERY_LIMIT_S)
        times = self._clients.run(job).good_ms
        if not times:
            raise services.ServiceFailed(f"{self._contender.name} answers nothing any more")
        return statistics.median(times)

    def overload(self, seconds: float) -> Overload:
        """Overload it for some seconds.

        Raises:
            ServiceFailed: it does not answer before, during or after it.
        """
        self.probe_ms()
        capacity = self.ask(_enough(seconds), CLIENTS, seconds / 4).rate
        usual_ms, before = self.probe_ms(), self._service.resident_mb()
        tally = self.ask(
            int(TIMES * capacity * seconds), CONNECTIONS, seconds, rate=TIMES * capacity
        )
        peak = self._service.peak_mb()
        if not tally.good_ms:
            raise services.ServiceFailed(f"nothing was answered: {dict(tally.statuses)}")
        began = time.perf_counter()
        while self.probe_ms() > AS_BEFORE * usual_ms:
            if time.perf_counter() - began > RECOVERY_LIMIT_S:
                break
        recovery = time.perf_counter() - began
        refused = tally.times_ms.get("503", [])
        return Overload(
            capacity=capacity,
            offered=tally.asked / seconds,
            missed=tally.missed,
            statuses=dict(tally.statuses),
            lost=tally.lost,
            accepted=tally.rate,
            accepted_p99_ms=_p99(tally.good_ms),
            refused_p99_ms=_p99(refused) if refused else None,
            refused_share=len(refused) / tally.asked,
            without_retry_after=len(refused) - tally.retry_after,
            memory_before=before,
            memory_peak=peak,
            memory_after=self._service.resident_mb(),
            recovery_s=recovery,
        )


def mixture(asked: Iterator[str]) -> Iterator[str]:
    """Yield requests of all kinds; see the top of this module."""
    while True:
        for _ in range(2):
            yield from (f"/v1/search?{urlencode({'q': next(asked)})}" for _ in range(5))
            yield from (f"/?{urlencode({'q': next(asked)})}" for _ in range(2))
            yield f"/entry/{ENTRY}"
            yield f"/v1/suggest?{urlencode({'q': next(asked)[:4].strip() or 'a'})}"
        yield f"POST /v1/search {json.dumps({'questions': [next(asked) for _ in range(4)]})}"
        yield f"/v1/glossaries/{ENTRY.partition(':')[0]}/export?format=jsonl"


def _enough(seconds: float) -> int:
    return int(8_000 * seconds)


def _p99(times: Sequence[float]) -> float:
    return float(np.percentile(times, 99))


def bars(found: Overload) -> Iterable[Bar]:
    """Yield what is asked."""
    yield Bar(name="accepted requests, p99", reached=found.accepted_p99_ms, asked=1_000, unit="ms")
    share = found.refused_share
    yield Bar(name="refused (503), of all requests", reached=share, asked=0.5, is_at_least=True)
    if found.refused_p99_ms is not None:
        reached = found.refused_p99_ms
        yield Bar(name="refused requests, p99", reached=reached, asked=200, unit="ms")
    yield Bar(name="refused without Retry-After", reached=found.without_retry_after, asked=0)
    other = sum(n for status, n in found.statuses.items() if status not in ("200", "503"))
    yield Bar(name="answered otherwise, or not at all", reached=other + found.lost, asked=0)
    share = found.accepted / found.capacity
    yield Bar(
        name="good answers a second, against capacity", reached=share, asked=0.85, is_at_least=True
    )
    memory = found.memory_peak / found.memory_before
    yield Bar(name="peak memory, against that before", reached=memory, asked=1.1)
    yield Bar(name="until itself again", reached=found.recovery_s, asked=5, unit="s")


def run(given: argparse.Namespace) -> int:
    """Overload the service, show and write what came of it, and return the exit code."""
    contender = contenders.ours(given.index)
    with Clients() as clients, contender.running(questions.own()[0]) as service:
        subject = Subject(contender, service, clients, is_mixed=given.mixed)
        found = subject.overload(given.seconds)
    print(
        f"capacity {found.capacity:,.0f} a second; offered {found.offered:,.0f}; "
        f"answers {found.statuses}, lost {found.lost}, not sent {found.missed:,}"
    )
    measured = {"machine": hardware.describe(), "overload": asdict(found)}
    return finish(measured, list(bars(found)), given.output)


def main() -> int:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, default=Path("index"), help="a built index")
    parser.add_argument("--seconds", type=float, default=20, help="of the overload")
    parser.add_argument("--mixed", action="store_true", help="all kinds of paths")
    parser.add_argument("--output", type=Path, default=Path("build/overload.json"))
    given = parser.parse_args()
    if given.seconds <= 0:
        parser.error("--seconds must be positive")
    try:
        return run(given)
    except (SemsearchError, services.ServiceFailed, turns.TurnFailed) as error:
        print(f"bench-overload: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
