"""Run every service under every workload in short alternating turns, and the encoder by itself."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

import numpy as np

from benchmarks.speed import questions, raw, services
from benchmarks.speed.clients import Clients, LoadJob, Tally
from benchmarks.speed.contenders import OURS, ComparedService

CLIENTS = (1, 16, 64)
REPEATED = 50
"""Distinct questions of the workload that repeats them."""

REPEATING = 16
"""Clients of this workload."""

FASTEST = 8_000
"""Questions prepared for each second of a service; more than any of them answers."""

WARM_UP = 20
WARM_UP_LIMIT_S = 60.0

RAW = "encoder by itself"
THREADS = (1, 2)
"""Threads that give it batches; the faster number counts."""

Workload = tuple[int, bool]
"""The number of clients, and whether they repeat questions."""

WORKLOADS: tuple[Workload, ...] = (*((n, False) for n in CLIENTS), (REPEATING, True))


@dataclass(slots=True)
class WorkloadResult:
    """One service under one workload, over all rounds."""

    rates: list[float] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    errors: int = 0

    def add(self, tally: Tally) -> None:
        """Take in a round."""
        self.rates.append(tally.rate)
        self.times_ms += tally.good_ms
        self.errors += tally.errors

    def percentile(self, percent: float) -> float:
        """Return a time in milliseconds."""
        return float(np.percentile(self.times_ms, percent))

    def figures(self) -> dict[str, object]:
        """Return what is kept of it."""
        return {
            "rate": statistics.median(self.rates),
            "rates": self.rates,
            "answers": len(self.times_ms),
            "errors": self.errors,
            "median_ms": self.percentile(50),
            "p99_ms": self.percentile(99),
        }


class Rounds:
    """The services that are asked, and the measurements so far."""

    def __init__(self, asked: Sequence[ComparedService], clients: Clients, seconds: float) -> None:
        self.contenders = asked
        self.found = {c.name: {w: WorkloadResult() for w in WORKLOADS} for c in asked}
        self.starts: dict[str, list[float]] = {c.name: [] for c in asked}
        self.raw: list[float] = []
        self._clients = clients
        self._seconds = seconds
        known = list(questions.crossed(questions.own()))
        self._repeated, others = known[:REPEATED], known[REPEATED:]
        self._supplies = {name: questions.Supply(others) for name in (*self.found, RAW)}

    def warm(self, contender: ComparedService) -> None:
        """Ask a service what does not count; of what is repeated, everything once.

        Raises:
            ServiceFailed: it does not answer all of them.
        """
        first = [*self._supplies[contender.name].next(WARM_UP), *self._repeated]
        tally = self._ask(contender, 1, first, WARM_UP_LIMIT_S)
        if len(tally.good_ms) < len(first):
            raise services.ServiceFailed(f"{contender.name} answered {dict(tally.statuses)}")

    def ask(self, contender: ComparedService, workload: Workload) -> None:
        """Give a service one turn under one workload.

        Raises:
            ServiceFailed: it answers nothing.
        """
        clients, repeats = workload
        most = int(FASTEST * self._seconds)
        supply = self._supplies[contender.name]
        asked = islice(cycle(self._repeated), most) if repeats else supply.next(most)
        tally = self._ask(contender, clients, list(asked), self._seconds)
        if not repeats:
            supply.give_back(most - tally.asked)
        if not tally.good_ms:
            raise services.ServiceFailed(f"{contender.name} answered {dict(tally.statuses)}")
        self.found[contender.name][workload].add(tally)

    def encode(self, encoder: raw.Raw, threads: int, rates: list[float]) -> None:
        """Give the encoder by itself one turn."""
        seconds = self._seconds / len(THREADS)
        texts = self._supplies[RAW].next(int(raw.FASTEST * seconds))
        job = raw.EncodingJob(texts=texts, threads=threads, seconds=seconds)
        rates.append(encoder.run(job))

    def round(self, encoder: raw.Raw) -> None:
        """Give everybody a turn under every workload."""
        rates: list[float] = []
        for workload in WORKLOADS:
            for contender in self.contenders:
                self.ask(contender, workload)
            if workload == (REPEATING, False):
                for threads in THREADS:
                    self.encode(encoder, threads, rates)
        self.raw.append(max(rates))

    def ratio(self, workload: Workload, other: Sequence[float]) -> float:
        """Return our throughput by another, the median of the rounds."""
        ours = self.found[OURS][workload].rates
        return statistics.median(a / b for a, b in zip(ours, other, strict=True))

    def _ask(
        self, contender: ComparedService, clients: int, asked: Sequence[str], seconds: float
    ) -> Tally:
        paths = [contender.request(question) for question in asked]
        job = LoadJob(port=contender.port, paths=paths, clients=clients, seconds=seconds)
        return self._clients.run(job)
