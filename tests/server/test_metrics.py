"""What is counted in one process, by both ways to a route, and how processes are added up.

Covers `server/telemetry/families`, `server/telemetry/meters`, `server/telemetry/collector`,
`server/telemetry/gauges`, `server/telemetry/process_stats`, `server/telemetry/telemetry`.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from semsearch.core.index_info import IndexInfo
from semsearch.core.settings import load_settings
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.server.app import all_routes, create_app
from semsearch.server.app_state import AppState
from semsearch.server.auth.keys import KeyScope
from semsearch.server.client_address import Proxies
from semsearch.server.http.connection_limits import ConnectionLimits
from semsearch.server.http.problem_types import PROBLEM_TYPES
from semsearch.server.http.route_templates import NO_ROUTE, OTHER
from semsearch.server.search_service import SearchService, TimedAnswer
from semsearch.server.telemetry import collector, families
from semsearch.server.telemetry.families import operations_of
from semsearch.server.telemetry.gauges import measure
from semsearch.server.telemetry.meters import Meters
from semsearch.server.telemetry.process_stats import is_alive, stats_of
from semsearch.server.telemetry.shared_memory import SharedMetrics
from semsearch.server.telemetry.telemetry import Telemetry
from tests.own_indexes import key_header
from tests.server.conftest import problem_of
from tests.server.metric_values import new_shared, value

_COUNT = "semsearch_http_requests_total"


@dataclass(frozen=True)
class _Metered:
    """A client of an application, and the metrics of that."""

    client: TestClient
    app: FastAPI
    shared: SharedMetrics
    telemetry: Telemetry

    @property
    def state(self) -> AppState:
        return cast("AppState", self.app.state)

    def value(self, name: str, **labels: str) -> float | None:
        return value(self.shared, name, **labels)

    def requests(self, route: str, status: int, method: str = "GET") -> float | None:
        return self.value(_COUNT, route=route, method=method, status=str(status))


@pytest.fixture
def metered(folder: Path, direct_paths: Collection[str]) -> Iterator[_Metered]:
    """Yield a client whose requests are counted; the index may be edited."""
    shared = new_shared()
    telemetry = Telemetry(Meters(shared, 0))
    with Glossary.open(folder) as glossary:
        settings = load_settings(index=folder)
        app = create_app(glossary, settings, direct_paths=direct_paths, telemetry=telemetry)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield _Metered(client, app, shared, telemetry)


def _key(metered: _Metered, scope: KeyScope) -> dict[str, str]:
    return key_header(metered.state.settings.index, scope)


def test_requests_are_counted_by_route_method_and_status(metered: _Metered) -> None:
    """A route is the template of its path; what has none is counted, too."""
    for path in ("/v1/search?q=a+spoon", "/v1/search?q=a+spoon", "/v1/entries/kitchen:whisk"):
        assert metered.client.get(path).status_code == 200
    metered.client.head("/v1/search?q=GPS")
    metered.client.get("/v1/search?q=")
    metered.client.get("/no/such/thing")
    metered.client.request("BREW", "/")
    metered.client.get("/static/style.css")
    assert metered.requests("/v1/search", 200) == 2
    assert metered.requests("/v1/search", 200, "HEAD") == 1
    assert metered.requests("/v1/search", 422) == 1
    assert metered.requests("/v1/entries/{id}", 200) == 1
    assert metered.requests(NO_ROUTE, 404) == 1
    assert metered.requests(NO_ROUTE, 405, OTHER) == 1
    durations = "semsearch_http_request_duration_seconds"
    labels = {"route": "/v1/search", "method": "GET", "status_class": "2xx"}
    assert metered.value(f"{durations}_count", **labels) == 2
    assert metered.value(f"{durations}_bucket", **labels, le="+Inf") == 2
    total = metered.value(f"{durations}_sum", **labels)
    assert total is not None
    assert 0 < total < 30


def test_refusals_are_counted_by_reason(metered: _Metered) -> None:
    """Each problem counts once, under the name that its answer has."""
    metered.client.get("/v1/entries/nobody")
    metered.client.get("/v1/search?q=x", headers={"Authorization": "Bearer semsearch_no_key"})
    metered.client.get("/v1/search?q=x&token=1")
    metered.client.get("/no/such/thing")
    reasons = {reason for reason in PROBLEM_TYPES if _refusals(metered, reason)}
    assert reasons == {"entry-not-found", "key-refused", "key-in-address", "not-found"}
    assert all(_refusals(metered, reason) == 1 for reason in reasons)


def _refusals(metered: _Metered, reason: str) -> float | None:
    return metered.value("semsearch_refusals_total", reason=reason)


def test_a_failure_is_counted_as_one(metered: _Metered, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error is a request of status 500 and of its route."""

    async def fail(*args: object) -> TimedAnswer:
        raise RuntimeError("the text of this is not told")

    monkeypatch.setattr(SearchService, "ask", fail)
    metered.client.get("/v1/search?q=unheard")
    assert metered.requests("/v1/search", 500) == 1
    assert _refusals(metered, "internal-error") == 1


def test_stages_and_caches_are_counted_for_each_answer(metered: _Metered) -> None:
    """A question that repeats is a hit, a batch counts each of its questions."""
    metered.client.get("/v1/search?q=a+long+spoon")
    metered.client.get("/v1/search?q=a+long+spoon")
    metered.client.get("/v1/search?q=a+long+spoon&limit=3")
    metered.client.post("/v1/search", json={"questions": ["a long spoon", "a short one"]})
    metered.client.get("/?q=wires")

    def cached(cache: str, result: str) -> float | None:
        return metered.value("semsearch_cache_requests_total", cache=cache, result=result)

    # `/v1/search` and the page ask with ten hits: only the second of them repeats an answer
    assert cached("answer", "hit") == 2
    assert cached("answer", "miss") == 4
    vectors = cached("vector", "hit"), cached("vector", "miss")
    assert sum(one or 0 for one in vectors) == 4
    for stage in ("encode", "retrieve", "answer"):
        assert metered.value("semsearch_stage_duration_seconds_count", stage=stage) == 4
    assert metered.value("semsearch_stage_duration_seconds_count", stage="queue") == 3


def test_edits_are_counted_by_entries(metered: _Metered) -> None:
    """An import counts what it wrote, a refused edit and a repeated answer count nothing."""
    headers = _key(metered, KeyScope.EDIT)
    added = {"glossary": "kitchen", "term": "Sieve", "definition": "A fine net in a frame."}
    once = {**headers, "Idempotency-Key": "one"}
    for _ in range(2):
        assert metered.client.post("/v1/entries", json=added, headers=once).status_code == 201
    again = metered.client.post("/v1/entries", json=added, headers=headers)
    problem_of(again, 422, "invalid-entry")
    lines = '{"term": "Pan", "definition": "A flat pot."}\n{"term": "Pot", "definition": "Deep."}'
    found = metered.client.post(
        "/v1/entries:import?glossary=kitchen",
        content=lines,
        headers={**headers, "Content-Type": "application/jsonl"},
    )
    assert found.status_code == 200, found.text
    state = metered.client.get("/v1/entries/kitchen:pan", headers=headers)
    gone = metered.client.delete(
        "/v1/entries/kitchen:pan", headers={**headers, "If-Match": state.headers["etag"]}
    )
    assert gone.status_code == 200, gone.text
    assert metered.value("semsearch_edits_total", action="written") == 3
    assert metered.value("semsearch_edits_total", action="deleted") == 1


def test_a_client_that_leaves_is_no_answer(metered: _Metered) -> None:
    """It has a status of its own, as nginx has it."""

    async def scenario() -> None:
        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/v1/search",
            "raw_path": b"/v1/search",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
            "app": metered.app,
        }

        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        async def send(message: object) -> None:
            raise AssertionError(message)

        await metered.app(scope, receive, send)

    asyncio.run(scenario())
    assert metered.requests("/v1/search", 499, "POST") == 1


def test_gauges_tell_what_is_there(metered: _Metered) -> None:
    """Lines, connections, caches, the index and its entries by glossary; publishing."""
    limits = ConnectionLimits(10, Proxies())

    async def scenario() -> None:
        task = asyncio.create_task(measure(metered.state, metered.telemetry, limits, 0.01))
        await asyncio.sleep(0.2)
        task.cancel()

    metered.client.get("/?q=a+spoon")
    limits.total = 3
    asyncio.run(scenario())
    metered.telemetry.published(True)
    info: IndexInfo = metered.state.glossary.info()
    assert metered.value("semsearch_http_connections") == 3
    assert metered.value("semsearch_queue_length", queue="asking") == 0
    assert metered.value("semsearch_index_entries", glossary="kitchen") == 4
    assert metered.value("semsearch_index_entries", glossary="ships") == 4
    assert metered.value("semsearch_index_generation", worker="0") == 1
    assert metered.value("semsearch_index_revision", worker="0") == info.revision
    cached = metered.value("semsearch_answer_cache_bytes")
    assert cached is not None
    assert cached > 1000
    misses = metered.value("semsearch_cache_requests_total", cache="page", result="miss")
    assert misses == metered.state.page_cache.misses > 0
    assert metered.value("semsearch_publishes_total", result="success") == 1
    assert metered.value("semsearch_publishes_total", result="failure") == 0
    last = metered.value("semsearch_last_publish_timestamp_seconds", result="success")
    assert last is not None
    assert last > 1e9


def test_a_process_that_nobody_asks_shows_edits_of_others(metered: _Metered) -> None:
    """Otherwise its revision would seem to lag behind that of a process that is asked."""
    before = metered.state.glossary.info().revision

    async def scenario() -> None:
        limits = ConnectionLimits(10, Proxies())
        task = asyncio.create_task(measure(metered.state, metered.telemetry, limits, 0.01))
        await asyncio.sleep(0.2)
        assert metered.value("semsearch_index_revision", worker="0") == before
        with Editor(metered.state.settings.index, who="ann") as editor:
            editor.add("kitchen", Draft("Sieve", "A fine net in a frame."))
        await asyncio.sleep(0.5)
        task.cancel()

    asyncio.run(scenario())
    assert metered.value("semsearch_index_revision", worker="0") == before + 1


def test_processes_are_added_up_and_counters_outlive_them() -> None:
    """A process that follows another in its block goes on counting; gauges begin at zero.

    The time of the last publishing is the latest of all, and outlives a process like a counter.
    """
    shared = new_shared()
    first, second = Meters(shared, 0), Meters(shared, 1)
    first.finished("/v1/search", "GET", 200, 0.004)
    second.finished("/v1/search", "GET", 200, 0.2)
    first.set(families.QUEUE, "asking", value=7)
    second.set(families.QUEUE, "asking", value=2)
    assert value(shared, _COUNT, route="/v1/search", method="GET", status="200") == 2
    assert value(shared, "semsearch_queue_length", queue="asking") == 9
    assert value(shared, "semsearch_worker_starts_total") == 2
    last = "semsearch_last_publish_timestamp_seconds"
    first.set(families.LAST_PUBLISH, "success", value=300.0)
    second.set(families.LAST_PUBLISH, "success", value=200.0)
    second.set(families.LAST_PUBLISH, "failure", value=100.0)
    restarted = Meters(shared, 0)
    restarted.finished("/v1/search", "GET", 200, 0.004)
    assert value(shared, _COUNT, route="/v1/search", method="GET", status="200") == 3
    assert value(shared, "semsearch_queue_length", queue="asking") == 2
    assert value(shared, "semsearch_worker_starts_total") == 3
    assert value(shared, last, result="success") == 300
    assert value(shared, last, result="failure") == 100
    labels = {"route": "/v1/search", "method": "GET", "status_class": "2xx"}
    bucket = "semsearch_http_request_duration_seconds_bucket"
    assert value(shared, bucket, **labels, le="0.0025") == 0
    assert value(shared, bucket, **labels, le="0.005") == 2
    assert value(shared, bucket, **labels, le="0.25") == 3


@pytest.mark.process
def test_an_ended_process_has_no_gauges() -> None:
    """What it had in its queue is gone with it, what it counted is not."""
    shared = new_shared()
    meters = Meters(shared, 1)
    meters.finished("/", "GET", 200, 0.1)
    meters.set(families.QUEUE, "asking", value=5)
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    meters.set(families.PID, value=ended.pid)
    assert not is_alive(ended.pid)
    assert value(shared, "semsearch_workers", state="alive") == 0
    assert value(shared, "semsearch_workers", state="expected") == 2
    assert value(shared, "semsearch_queue_length", queue="asking") == 0
    assert value(shared, _COUNT, route="/", method="GET", status="200") == 1


def test_what_is_unknown_is_counted_as_other() -> None:
    """A status, a method or a problem without a row of its own is not lost."""
    shared = new_shared()
    meters = Meters(shared, 0)
    meters.finished("/v1/search", "BREW", 418, 0.1)
    meters.refused("of another version")
    assert value(shared, _COUNT, route=NO_ROUTE, method="other", status="other") == 1
    assert value(shared, "semsearch_refusals_total", reason="other") == 1


def test_every_status_of_a_problem_has_a_row() -> None:
    """A new kind of problem with another status needs one."""
    assert {kind.status for kind in PROBLEM_TYPES.values()} <= set(families.STATUSES)


def test_every_route_has_its_operations() -> None:
    """Templates have no converters, and each path with GET has HEAD."""
    operations = operations_of(all_routes())
    assert ("/v1/entries/{id}", "PATCH") in operations
    assert ("/v1/entries/{id}/related", "HEAD") in operations
    assert ("/static/{path}", "GET") in operations
    assert not [route for route, _ in operations if ":path" in route]


def test_many_glossaries_make_few_series() -> None:
    """The entries of the smallest ones are added up."""
    shared = new_shared(1)
    meters = Meters(shared, 0)
    entries = {f"g{n}": 1000 - n for n in range(collector.MAX_GLOSSARIES + 5)}
    told = {"generation": 1, "revision": 2, "built_at": "2026-11-02T09:30:00+00:00"}
    assert meters.tell({**told, "entries": entries})
    rest = sum(sorted(entries.values())[:5])
    assert value(shared, "semsearch_index_entries", glossary="") == rest
    assert value(shared, "semsearch_index_entries", glossary="g0") == 1000
    assert value(shared, "semsearch_index_built_timestamp_seconds") == 1793611800


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_memory_and_time_of_a_process() -> None:
    """The part of a process in what it shares is less than all of it."""
    found = stats_of(os.getpid())
    assert found is not None
    assert found.cpu_s > 0
    assert found.proportional is None or 10_000_000 < found.proportional <= found.resident
    assert stats_of(2**22 + 1) is None
    assert is_alive(os.getpid())
    assert not is_alive(0)
