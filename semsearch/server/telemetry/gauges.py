"""Measures once a second what a process is doing: lines, connections, caches, its index."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from semsearch.search.glossary import Glossary
from semsearch.server.app_state import AppState
from semsearch.server.http.connection_limits import ConnectionLimits
from semsearch.server.telemetry import families
from semsearch.server.telemetry.families import Family
from semsearch.server.telemetry.telemetry import Telemetry

if TYPE_CHECKING:
    from semsearch.server.telemetry.meters import Meters

INTERVAL_S = 1.0
"""Seconds between two measurements."""

_log = logging.getLogger("semsearch.server")


async def measure(
    state: AppState,
    telemetry: Telemetry,
    connections: ConnectionLimits,
    interval_s: float = INTERVAL_S,
) -> None:
    """Measure until this is cancelled; return at once if nobody is to be told.

    Args:
        state: has what is measured.
        telemetry: of this process.
        connections: of this process.
        interval_s: seconds between two measurements.
    """
    if telemetry.meters is None:
        return
    measured = _Measured(state, telemetry, telemetry.meters, connections)
    while True:
        try:
            await measured.update()
        except Exception:  # the next attempt may succeed
            _log.exception("the state of this process could not be measured")
        await asyncio.sleep(interval_s)


class _Measured:
    """What was measured last, since the metrics get the differences."""

    def __init__(
        self, state: AppState, telemetry: Telemetry, meters: Meters, connections: ConnectionLimits
    ) -> None:
        self._state = state
        self._telemetry = telemetry
        self._meters = meters
        self._connections = connections
        self._counted: dict[tuple[Family, tuple[str, ...]], int] = {}
        self._shown = ""

    async def update(self) -> None:
        """Measure everything once."""
        state, meters = self._state, self._meters
        service = state.search_service
        cache = state.page_cache
        meters.set(families.QUEUE, "asking", value=service.question_line.count)
        meters.set(families.QUEUE, "lookup", value=service.page_workers.line.count)
        meters.set(families.QUEUE, "heavy", value=service.heavy_line.count)
        meters.set(families.QUEUE, "editing", value=state.edit_worker.line.count)
        meters.set(families.IN_PROGRESS, value=self._telemetry.in_progress)
        meters.set(families.CONNECTIONS, value=self._connections.total)
        meters.set(families.CACHE_BYTES, value=service.cached_bytes)
        meters.set(families.HEARTBEAT, value=time.time())
        self._count(families.CACHE_REQUESTS, ("page", "hit"), cache.hits)
        self._count(families.CACHE_REQUESTS, ("page", "miss"), cache.misses)
        if (log := self._telemetry.log) is not None:
            self._count(families.LOST_LINES, ("sampled",), log.sampled)
            self._count(families.LOST_LINES, ("blocked",), log.blocked)
        recorder = state.question_recorder
        if recorder is not None:
            self._count(families.QUESTIONS, ("written",), recorder.written)
            self._count(families.QUESTIONS, ("lost",), recorder.lost)
        glossary = state.glossary
        await service.refresh()  # a process that nobody asks shows edits of others, too
        if glossary.tag != self._shown:
            shown, told = await run_in_threadpool(_index_of, glossary)
            if not meters.tell(told):
                meters.tell({**told, "entries": {"": sum(told["entries"].values())}})
            self._shown = shown

    def _count(self, family: Family, row: tuple[str, ...], total: int) -> None:
        """Add what has come since the last time."""
        self._meters.add(family, *row, value=total - self._counted.get((family, row), 0))
        self._counted[family, row] = total


def _index_of(glossary: Glossary) -> tuple[str, dict[str, Any]]:
    """Return the tag of the index that a process shows, and what it tells of it."""
    tag, info = glossary.tag, glossary.info()
    return tag, {
        "generation": info.generation,
        "revision": info.revision,
        "built_at": info.built_at,
        "entries": {one.name: one.entries for one in info.glossaries},
    }
