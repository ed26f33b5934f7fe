"""Adds up what the processes have counted, and finds the rest, each time somebody asks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from semsearch.core.version import __version__
from semsearch.server.telemetry import families
from semsearch.server.telemetry.families import Family, Kind
from semsearch.server.telemetry.process_stats import is_alive, stats_of
from semsearch.server.telemetry.shared_memory import MetricsLayout, SharedMetrics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from prometheus_client.core import Metric

MAX_GLOSSARIES = 200
"""Most glossaries with a time series of their own; the entries of smaller ones are added up under
the empty name."""

Sample = tuple[tuple[str, ...], float]
"""The values of the labels, and the number."""


class MetricsCollector:
    """What `prometheus_client` asks for all metrics of the service.

    Args:
        shared: the blocks of the processes that answer.
        others: further processes by name, whose memory is told.
    """

    def __init__(self, shared: SharedMetrics, others: Mapping[str, int]) -> None:
        self._shared = shared
        self._others = dict(others)
        self._layout = MetricsLayout(shared.operations)

    def collect(self) -> Iterator[Metric]:
        """Yield every family with its present values."""
        numbers = self._shared.all_numbers()
        pids = [int(block[self._layout.start(families.PID)]) for block in numbers]
        alive = [at for at, pid in enumerate(pids) if is_alive(pid)]
        for declared in families.SHARED:
            family = self._layout.families[declared.name]
            start = self._layout.starts[family.name]
            values = numbers[:, start : start + family.size]
            if family.per_worker:
                yield _metric(family, [((str(at),), float(values[at, 0])) for at in alive])
            elif family.kind is Kind.HISTOGRAM:
                yield _histogram(family, values.sum(axis=0).reshape(-1, family.width))
            else:
                yield _metric(family, _totals(family, values, alive))
        yield from self._scraped(pids, alive)

    def _scraped(self, pids: list[int], alive: list[int]) -> Iterator[Metric]:
        told = {at: self._shared.read_text(at) for at in alive}
        told = {at: index for at, index in told.items() if index}
        states = {"expected": self._shared.processes, "alive": len(alive)}
        yield _metric(families.WORKERS, _labelled(states))
        newest: dict[str, Any] = max(told.values(), key=lambda one: one["revision"], default={})
        yield _metric(families.ENTRIES, _labelled(_entries(newest.get("entries", {}))))
        for family, name in ((families.GENERATION, "generation"), (families.REVISION, "revision")):
            yield _metric(family, _labelled({str(at): one[name] for at, one in told.items()}))
        built = newest.get("built_at")
        yield _metric(families.BUILT, [((), _timestamp(built))] if built else ())
        named = {**{f"worker-{at}": pids[at] for at in alive}, **self._others}
        found = {name: stats for name, pid in named.items() if (stats := stats_of(pid))}
        resident = {name: one.resident for name, one in found.items()}
        yield _metric(families.RESIDENT, _labelled(resident))
        shares = {name: one.proportional for name, one in found.items()}
        known = {name: share for name, share in shares.items() if share is not None}
        yield _metric(families.PROPORTIONAL, _labelled(known))
        yield _metric(families.CPU, _labelled({name: one.cpu_s for name, one in found.items()}))
        yield _metric(families.BUILD_INFO, _labelled({__version__: 1}))


def _totals(family: Family, values: NDArray[np.float64], alive: list[int]) -> Iterator[Sample]:
    """Yield the sums of counters and gauges. Of an ended process only what it counted remains."""
    if family.is_latest:
        found = values.max(axis=0)
    elif family.kind is Kind.GAUGE:
        found = values[alive].sum(axis=0)
    else:
        found = values.sum(axis=0)
    for row, value in zip(family.rows, found.tolist(), strict=True):
        if value or not family.leaves_out_zeros:
            yield row, value


def _labelled(values: Mapping[str, float]) -> Iterable[Sample]:
    """Return the samples of a metric with one label."""
    return [((label,), float(value)) for label, value in values.items()]


def _metric(family: Family, samples: Iterable[Sample]) -> Metric:
    from prometheus_client.core import (  # noqa: PLC0415 - only the exporter needs it
        CounterMetricFamily,
        GaugeMetricFamily,
    )

    kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
    made = kind(family.name, family.about, labels=family.labels)
    for row, value in samples:
        made.add_metric(row, value)
    return made


def _histogram(family: Family, values: NDArray[np.float64]) -> Metric:
    """Return a histogram by the numbers of its rows."""
    from prometheus_client.core import HistogramMetricFamily  # noqa: PLC0415 - as above

    made = HistogramMetricFamily(family.name, family.about, labels=family.labels)
    bounds = (*(f"{bound:g}" for bound in family.bounds), "+Inf")
    for row, counted in zip(family.rows, values.tolist(), strict=True):
        *buckets, total = counted
        if any(buckets) or not family.leaves_out_zeros:
            sums = accumulate(buckets)
            made.add_metric(row, list(zip(bounds, sums, strict=True)), sum_value=total)
    return made


def _entries(by_glossary: Mapping[str, int]) -> dict[str, float]:
    """Return the number of entries by glossary, those beyond the largest added up."""
    largest = sorted(by_glossary.items(), key=lambda one: (-one[1], one[0]))
    found: dict[str, float] = dict(largest[:MAX_GLOSSARIES])
    if rest := largest[MAX_GLOSSARIES:]:
        found[""] = sum(count for _, count in rest)
    return found


def _timestamp(stated: str) -> float:
    return datetime.fromisoformat(stated).timestamp()


def supervisor_and_exporter() -> dict[str, int]:
    """Return the processes beside those that answer, asked in the exporter."""
    return {"supervisor": os.getppid(), "exporter": os.getpid()}
