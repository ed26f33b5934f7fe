"""Two services of one shared store: what one is told, both answer, with PostgreSQL or without.

Covers `ingest/shared/follower`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.progress import Silent
from semsearch.core.settings import load_settings
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared import follower
from semsearch.ingest.shared.local_copy import database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.feedback import inbox
from semsearch.storage.feedback.inbox import InboxState
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import shared_url
from semsearch.storage.store_connection import Lock
from tests.postgres_server import TestServer
from tests.server.conftest import problem_of
from tests.server.service_process import comes

SIEVE = {"glossary": "kitchen", "term": "Sieve", "definition": "A mesh that holds back lumps."}
QUESTION = {"q": "a mesh that holds back lumps"}


@dataclass(frozen=True)
class SharedService:
    """A running service and its index folder."""

    client: TestClient
    layout: IndexLayout

    def first(self) -> str:
        """Return the id of the first hit; empty while the key has not arrived."""
        answer = self.client.get("/v1/search", params=QUESTION)
        return str(answer.json()["hits"][0]["id"]) if answer.status_code == 200 else ""


@pytest.fixture
def services(
    postgres_server: TestServer, built_index: Path, tmp_path: Path
) -> Iterator[tuple[SharedService, SharedService]]:
    """Yield two services over copies of one store, with a key that both know."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415

    url = postgres_server.new_database()
    with closing(SharedDatabase(url)) as owner:
        migrate(owner)
        copy_into_store(IndexLayout(built_index), owner, Silent())
    with ExitStack() as running:
        running.callback(database_of.cache_clear)
        running.callback(database_of(url).close)
        found = []
        for name in ("one", "other"):
            layout = IndexLayout(tmp_path / name)
            join_store(layout, url, Silent())
            glossary = running.enter_context(Glossary.open(layout.root))
            app = create_app(
                glossary, load_settings(index=layout.root, history="open", suggestions=True)
            )
            found.append(SharedService(running.enter_context(TestClient(app)), layout))
        keys = KeyStore(found[0].layout.keys, database_of(url))
        _, secret = keys.create(name="Ann", scope=KeyScope.EDIT, now=utc_now())
        for service in found:
            service.client.headers["Authorization"] = f"Bearer {secret.text}"
        first, second = found
        yield first, second


def test_an_edit_is_answered_here_at_once_and_there_soon(
    services: tuple[SharedService, SharedService],
) -> None:
    """With the same revision and tag; a key of one service opens the other one soon, too."""
    one, other = services
    made = one.client.post("/v1/entries", json=SIEVE)
    assert made.status_code == 201
    assert one.first() == "kitchen:sieve"
    assert comes(lambda: other.first() == "kitchen:sieve")
    there = other.client.get("/v1/entries/kitchen:sieve")
    assert there.headers["etag"] == made.headers["etag"]
    whisk = "/v1/entries/kitchen:whisk"
    state = {"If-Match": other.client.get(whisk).headers["etag"]}
    assert comes(lambda: other.client.delete(whisk, headers=state).status_code == 200)
    assert comes(lambda: one.client.get(whisk).status_code == 404)


def test_an_edit_is_answered_there_at_once_by_whoever_waits_for_it(
    services: tuple[SharedService, SharedService],
) -> None:
    """The revision of the edit is all that the other service has to be told."""
    one, other = services
    assert comes(lambda: other.client.get("/v1/entries/kitchen:whisk").status_code == 200)
    for term in ("Sieve", "Fine sieve", "Coarse sieve"):
        entry = {**SIEVE, "term": term, "definition": f"{term}: a mesh that holds back lumps."}
        made = one.client.post("/v1/entries", json=entry)
        wanted = {"min_revision": made.headers["semsearch-revision"]}
        found = other.client.get(f"/v1/entries/{made.json()['id']}", params=wanted)
        assert found.status_code == 200, found.text
        answer = other.client.get("/v1/search", params={"q": term, **wanted})
        assert answer.json()["hits"][0]["id"] == made.json()["id"]


def test_a_request_is_executed_once_whichever_service_takes_it(
    services: tuple[SharedService, SharedService],
) -> None:
    """The second answers as the first did, even before it has caught up."""
    one, other = services
    assert comes(lambda: other.client.get("/v1/entries/kitchen:whisk").status_code == 200)
    headers = {"Idempotency-Key": "k-1"}
    first = one.client.post("/v1/entries", json=SIEVE, headers=headers)
    assert first.status_code == 201
    assert comes(other.layout.keys.exists)
    again = other.client.post("/v1/entries", json=SIEVE, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())


def test_a_publication_is_fetched(services: tuple[SharedService, SharedService]) -> None:
    """The other service answers from the same files."""
    one, other = services
    assert one.client.post("/v1/entries", json=SIEVE).status_code == 201
    assert publish_edits(one.layout, Silent())
    wanted = one.layout.current.read_bytes()
    assert comes(lambda: other.layout.current.read_bytes() == wanted)
    assert comes(lambda: other.first() == "kitchen:sieve")


def test_following_survives_any_error(
    services: tuple[SharedService, SharedService], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks again, as when a file was locked for a moment."""
    one, other = services
    failed = []

    def fail(*_: object) -> None:
        failed.append(1)
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(follower, "copy_settings", fail)
        assert comes(lambda: len(failed) >= 2)
    assert one.client.post("/v1/entries", json=SIEVE).status_code == 201
    assert comes(lambda: other.first() == "kitchen:sieve")


def test_an_edit_that_cannot_be_shown_yet_is_acknowledged(
    services: tuple[SharedService, SharedService], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the store; the copy catches up when its file can be written again."""
    one, other = services

    def fail(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr("semsearch.ingest.shared.local_copy.catch_up_rows", fail)
        assert one.client.post("/v1/entries", json=SIEVE).status_code == 201
    for service in (one, other):
        assert comes(lambda service=service: service.first() == "kitchen:sieve")  # type: ignore[misc]


def test_a_decision_waits_for_an_edit_of_any_server(
    services: tuple[SharedService, SharedService], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edit may be the one that accepts the suggestion, so it must not be refused meanwhile."""
    one, _ = services
    file = one.layout.inbox
    made = inbox.suggest(
        file, "kitchen", "Sieve", "It holds.", utc_now(), sender=inbox.Sender(b"somebody")
    )
    assert made is not None
    url, refused = f"/v1/inbox/{made.id}/decision", {"accepted": False, "reason": "No."}
    assert comes(lambda: one.client.get("/v1/inbox").status_code == 200)
    with monkeypatch.context() as patch:
        patch.setattr("semsearch.ingest.shared.local_copy.PATIENCE_S", 0.1)
        with (
            opened(database_of(shared_url(one.layout) or "")) as other,
            other.connection.locked(Lock.EDITING, 1.0),
        ):
            problem_of(one.client.post(url, json=refused), 503, "busy")
    found = inbox.find(file, made.id)
    assert found is not None
    assert found.state is InboxState.OPEN
    assert one.client.post(url, json=refused).status_code == 200
    accepted = {"accepted": True, "add": {"term": "Sieve", "definition": "A mesh."}}
    problem_of(one.client.post(url, json=accepted), 412, "condition-failed")


def test_answers_go_on_while_postgresql_is_away(
    services: tuple[SharedService, SharedService], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Edits are told to come again, keys count for an hour, and it all passes."""
    one, _ = services
    setting = one.layout.shared.read_text(encoding="utf-8")
    one.layout.shared.write_text(setting.replace('"}', '&port=1"}'), encoding="utf-8")
    refused = one.client.post("/v1/entries", json=SIEVE)
    problem_of(refused, 503, "store-away")
    assert int(refused.headers["retry-after"]) > 0
    assert one.client.get("/v1/search", params=QUESTION).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(follower, "KEYS_VALID_S", -1.0)
        assert one.client.post("/v1/entries", json=SIEVE).status_code == 503
        assert one.client.get("/v1/search", params=QUESTION).status_code == 503
    one.layout.shared.write_text(setting, encoding="utf-8")
    assert one.client.post("/v1/entries", json=SIEVE).status_code == 201
    follows = one.client.get("/v1/info").json()["follows"]
    assert follows["in_step_ago_s"] < 60
