"""`http/store_errors`: no route answers 500 where a file of the index cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope
from semsearch.storage.migrations import MIGRATIONS
from tests.own_indexes import key_header
from tests.server.conftest import problem_of

PLACES = {
    "{id:path}": "kitchen:whisk",
    "{id}": "abc",
    "{name:path}": "kitchen",
    "{name}": "kitchen",
}
SENT = {
    "/v1/search": {"q": "whisk"},
    "/v1/suggest": {"q": "whisk"},
    "/v1/changes": {"since": "0"},
    "/v1/map/question": {"q": "whisk"},
    "/v1/glossaries/kitchen/export/losses": {"format": "table"},
}
"""Parameters that are needed."""


@pytest.fixture
def service(folder: Path) -> Iterator[tuple[FastAPI, TestClient]]:
    """Yield a service of all routes that is already open, and a client with a key to edit."""
    settings = load_settings(
        index=folder, suggestions=True, record_questions=True, public_url="https://example.org"
    )
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, settings), raise_server_exceptions=False) as http,
    ):
        http.headers.update(key_header(folder, KeyScope.ADMIN))
        assert isinstance(http.app, FastAPI)
        yield http.app, http


def set_version(file: Path, version: int) -> None:
    """Let a database be one of another version of semsearch."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version={version}")


def test_no_route_fails_where_the_store_is_of_a_newer_version(
    folder: Path, service: tuple[FastAPI, TestClient]
) -> None:
    """Such as after `semsearch upgrade`, until the service is restarted with that version."""
    app, http = service
    for name in ("questions.db", "inbox.db"):
        (folder / name).touch()
    for name in ("store.db", "questions.db", "inbox.db"):
        set_version(folder / name, 99)
    unusable = []
    for route in app.routes:
        if isinstance(route, Mount) or not isinstance(route, Route):
            continue
        path = route.path
        for place, value in PLACES.items():
            path = path.replace(place, value)
        for method in sorted({"GET", "DELETE"} & (route.methods or set())):
            found = http.request(
                method,
                path,
                params=SENT.get(path),
                headers={"If-Match": "*"},
                follow_redirects=False,
            )
            assert found.status_code in (200, 204, 302, 308, 404, 422, 503), (path, found.text)
            if found.status_code == 503:
                assert found.headers["retry-after"] == "60"
                unusable.append(f"{method} {path}")
    assert {"GET /feed.atom", "GET /v1/changes", "GET /gaps", "GET /v1/inbox"} <= set(unusable)
    assert "GET /v1/search" not in unusable
    body = problem_of(http.get("/feed.atom"), 503, "not-editable")
    assert str(folder) not in body["detail"]
    taken = http.post("/v1/entries", json={"glossary": "kitchen", "term": "x", "definition": "y"})
    problem_of(taken, 503, "not-editable")


def test_a_store_that_is_being_written_is_asked_for_again(
    folder: Path, service: tuple[FastAPI, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says when."""
    monkeypatch.setattr("semsearch.storage.database.PATIENCE_S", 0.0)
    _, http = service
    with closing(sqlite3.connect(folder / "store.db", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        busy = http.get("/feed.atom")
        problem_of(busy, 503, "busy")
        assert busy.headers["retry-after"] == "1"


def test_the_feed_of_a_store_of_an_older_version_is_there(
    folder: Path, service: tuple[FastAPI, TestClient]
) -> None:
    """Reading migrates the store, as an edit would."""
    _, http = service
    with closing(sqlite3.connect(folder / "store.db")) as connection:
        connection.execute("DROP TABLE redirect")
    set_version(folder / "store.db", len(MIGRATIONS) - 1)
    assert "Whisk" in http.get("/feed.atom").text
