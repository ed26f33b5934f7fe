"""Counts what one process does, for `/metrics`.

Only the event loop counts, so no number needs a lock. Counting a request takes 3.4 us, and its
stages and caches 2.7 (measured once: docs/measurements.md, decision 70).
"""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Mapping

from semsearch.server.http.problem_types import PROBLEM_TYPES
from semsearch.server.http.route_templates import NO_ROUTE, OTHER
from semsearch.server.telemetry import families
from semsearch.server.telemetry.families import Family, Kind
from semsearch.server.telemetry.shared_memory import MetricsLayout, SharedMetrics


class Meters:
    """The numbers of one process.

    Args:
        shared: the blocks of all processes.
        process: the number of this one, from 0.
    """

    def __init__(self, shared: SharedMetrics, process: int) -> None:
        self._shared = shared
        self._process = process
        self._layout = layout = MetricsLayout(shared.operations)
        self._numbers = shared.numbers(process)
        self._statuses = {status: at for at, status in enumerate(families.STATUSES)}
        self._rows = {operation: at for at, operation in enumerate(layout.operations)}
        self._requests = layout.starts[families.REQUESTS.name]
        self._durations = layout.starts[families.DURATIONS.name]
        self._refusals = {
            slug: layout.start(families.REFUSALS, slug) for slug in (*PROBLEM_TYPES, OTHER)
        }
        self._stages = [
            (stage, layout.start(families.STAGE_DURATIONS, stage)) for stage in families.STAGES
        ]
        self._hits = layout.start(families.CACHE_REQUESTS, "answer", "hit")
        self._misses = layout.start(families.CACHE_REQUESTS, "answer", "miss")
        self._known = layout.start(families.CACHE_REQUESTS, "vector", "hit")
        self._unknown = layout.start(families.CACHE_REQUESTS, "vector", "miss")
        for name, family in layout.families.items():
            if family.kind is Kind.GAUGE and not family.is_latest:
                start = layout.starts[name]
                for at in range(start, start + family.size):
                    self._numbers[at] = 0.0  # of a process that has ended
        self.set(families.PID, value=os.getpid())
        self.add(families.STARTS)
        self.set(families.HEARTBEAT, value=time.time())

    def finished(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered, or whose client left."""
        rows = self._rows
        row = rows.get((route, method))
        if row is None:
            row = rows.get((NO_ROUTE, method), rows[NO_ROUTE, OTHER])
        numbers, statuses = self._numbers, self._statuses
        column = statuses.get(status, len(statuses))
        numbers[self._requests + row * (len(statuses) + 1) + column] += 1.0
        column = min(max(status // 100 - 2, 0), len(families.STATUS_CLASSES) - 1)
        start = self._durations + (row * len(families.STATUS_CLASSES) + column) * _REQUEST_WIDTH
        numbers[start + bisect_left(families.REQUEST_BOUNDS, seconds)] += 1.0
        numbers[start + _REQUEST_WIDTH - 1] += seconds

    def refused(self, slug: str) -> None:
        """Count an answer that was a problem."""
        self._numbers[self._refusals.get(slug, self._refusals[OTHER])] += 1.0

    def answered(self, timings: Mapping[str, float | str]) -> None:
        """Count a question that was answered, by its timings in milliseconds."""
        numbers = self._numbers
        cached = timings.get("cache")
        if cached == "answer":
            numbers[self._hits] += 1.0
            return
        numbers[self._misses] += 1.0
        numbers[self._known if cached == "vector" else self._unknown] += 1.0
        for stage, start in self._stages:
            took_ms = timings.get(stage)
            if isinstance(took_ms, float):
                seconds = took_ms / 1000
                numbers[start + bisect_left(families.STAGE_BOUNDS, seconds)] += 1.0
                numbers[start + _STAGE_WIDTH - 1] += seconds

    def published(self, *, is_done: bool) -> None:
        """Count a generation that was published, or could not be."""
        result = "success" if is_done else "failure"
        self.add(families.PUBLISHES, result)
        self.set(families.LAST_PUBLISH, result, value=time.time())

    def add(self, family: Family, *row: str, value: float = 1.0) -> None:
        """Add to a row of a family."""
        self._numbers[self._layout.start(family, *row)] += value

    def set(self, family: Family, *row: str, value: float) -> None:
        """Set a row of a family."""
        self._numbers[self._layout.start(family, *row)] = value

    def tell(self, told: Mapping[str, object]) -> bool:
        """Tell what is no number: the index that is shown. Return whether there was room."""
        return self._shared.write_text(self._process, told)


_REQUEST_WIDTH = families.DURATIONS.width
_STAGE_WIDTH = families.STAGE_DURATIONS.width
