"""`auth/edit_quotas`: what a key of scope edit may write in a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope
from tests.own_indexes import key_header
from tests.server.clock import SettableClock
from tests.server.conftest import problem_of

NOW = datetime(2027, 3, 1, 22, 30, tzinfo=UTC)
Started = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def clock() -> SettableClock:
    """Return the clock of the service."""
    return SettableClock(NOW)


@pytest.fixture
def started(folder: Path, clock: SettableClock) -> Iterator[Started]:
    """Yield what starts a service with quotas and opens a client of it, with a key."""

    @contextmanager
    def client(scope: KeyScope = KeyScope.EDIT, **quotas: int) -> Iterator[TestClient]:
        with (
            Glossary.open(folder) as glossary,
            TestClient(
                create_app(glossary, load_settings(index=folder, **quotas), clock=clock)
            ) as http,
        ):
            http.headers.update(key_header(folder, scope))
            yield http

    yield client


def _pot(n: int) -> dict[str, str]:
    return {"glossary": "kitchen", "term": f"Pot {n}", "definition": f"A vessel of size {n}."}


def test_edits_are_counted_by_key_and_day(started: Started, clock: SettableClock) -> None:
    """What fails is not counted; another key and another day have their own quota."""
    with started(edits_per_day=2) as http:
        assert http.post("/v1/entries", json=_pot(1)).status_code == 201
        problem_of(http.post("/v1/entries", json=_pot(1) | {"id": "pot-1"}), 409, "entry-exists")
        assert http.post("/v1/entries", json=_pot(2)).status_code == 201
        refused = http.post("/v1/entries", json=_pot(3))
        assert "2 edits a day (UTC)" in problem_of(refused, 429, "quota-used")["detail"]
        assert refused.headers["retry-after"] == "5400"
    with started(edits_per_day=2) as http:
        assert http.post("/v1/entries", json=_pot(3)).status_code == 201
        assert http.post("/v1/entries", json=_pot(4)).status_code == 201
        problem_of(http.post("/v1/entries", json=_pot(5)), 429, "quota-used")
        clock.now = NOW + timedelta(hours=2)
        assert http.post("/v1/entries", json=_pot(5)).status_code == 201


def test_added_entries_are_counted(started: Started) -> None:
    """Changes go on when no more may be added; an import is counted as what it would add."""
    with started(entries_per_day=2) as http:
        lines = "\n".join(json.dumps(_pot(n)) for n in range(3))
        sent: dict[str, Any] = {
            "content": lines,
            "headers": {"Content-Type": "application/jsonl"},
        }
        problem_of(http.post("/v1/entries:import?glossary=kitchen", **sent), 429, "quota-used")
        dry = http.post("/v1/entries:import?glossary=kitchen&dry_run=true", **sent)
        assert dry.status_code == 200
        sent["content"] = lines.rpartition("\n")[0]
        assert http.post("/v1/entries:import?glossary=kitchen", **sent).status_code == 200
        problem_of(http.post("/v1/entries", json=_pot(7)), 429, "quota-used")
        absent: dict[str, Any] = {
            "headers": {"If-None-Match": "*"},
            "json": {"term": "A", "definition": "B."},
        }
        problem_of(http.put("/v1/entries/kitchen:a", **absent), 429, "quota-used")
        match = {"If-Match": http.get("/v1/entries/kitchen:whisk").headers["etag"]}
        patch = {"definition": "A tool of wires."}
        changed = http.patch("/v1/entries/kitchen:whisk", headers=match, json=patch)
        assert changed.status_code == 200


def test_bytes_are_counted(started: Started) -> None:
    """A few large edits are as much as many small ones."""
    with started(edit_bytes_per_day=1_000) as http:
        assert http.post("/v1/entries", json=_pot(1)).status_code == 201
        large = _pot(2) | {"definition": "A pot. " * 200}
        problem_of(http.post("/v1/entries", json=large), 429, "quota-used")
        assert http.post("/v1/entries", json=_pot(2)).status_code == 201


def test_who_has_no_quota(started: Started, folder: Path) -> None:
    """An admin has none, and where none is set nothing is counted."""
    with started(KeyScope.ADMIN, edits_per_day=1) as http:
        found = [http.post("/v1/entries", json=_pot(n)).status_code for n in (1, 2)]
        assert found == [201, 201]
    with started() as http:
        found = [http.post("/v1/entries", json=_pot(n)).status_code for n in (3, 4)]
        assert found == [201, 201]
    assert not (folder / "usage.db").exists()


def test_a_repeated_request_is_counted_once(started: Started) -> None:
    """Its answer comes from memory."""
    with started(edits_per_day=1) as http:
        sent: dict[str, Any] = {"json": _pot(1), "headers": {"Idempotency-Key": "once"}}
        assert [http.post("/v1/entries", **sent).status_code for _ in range(2)] == [201, 201]
        problem_of(http.post("/v1/entries", json=_pot(2)), 429, "quota-used")
