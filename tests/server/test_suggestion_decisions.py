"""Owners decide on suggestions at the same time, and processes end: each edit is made once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from semsearch.core.errors import IndexBusy
from semsearch.core.settings import load_settings
from semsearch.core.shared_store_errors import IndexShared
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.purge import purge
from semsearch.ingest.store_reading import StoreReading
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import utc_now
from semsearch.server.feedback import suggestion_decisions
from semsearch.server.http.min_revision import REVISION_HEADER
from semsearch.server.search_service import THREADS
from semsearch.storage import idempotency
from semsearch.storage.feedback import inbox
from semsearch.storage.feedback.inbox import InboxState, ReaderSuggestion
from tests.own_indexes import OwnIndexes, key_header
from tests.server.conftest import problem_of

WHISK = "kitchen:whisk"
ADDED = {"accepted": True, "add": {"term": "Tongs", "definition": "They hold hot things."}}
REFUSED = {"accepted": False, "reason": "See Ladle."}
OWNERS = 4


@pytest.fixture
def services(folder: Path) -> Iterator[list[TestClient]]:
    """Give a client of each of several applications over one index, with a key of its own."""
    with ExitStack() as opened:
        clients = []
        for number in range(OWNERS):
            glossary = opened.enter_context(Glossary.open(folder))
            app = create_app(glossary, load_settings(index=folder, suggestions=True))
            key = key_header(folder, name=f"Ann {number}")
            clients.append(opened.enter_context(TestClient(app, headers=key)))
        yield clients


def suggested(folder: Path, entry: str = "") -> ReaderSuggestion:
    """Suggest a missing term, or a change of an entry."""
    made = inbox.suggest(
        folder / "inbox.db",
        "kitchen",
        "Tongs",
        "They hold.",
        utc_now(),
        entry,
        sender=inbox.Sender(b"somebody"),
    )
    assert made is not None
    return made


def address(one: ReaderSuggestion) -> str:
    """Return where a suggestion is decided."""
    return f"/v1/inbox/{one.id}/decision"


def all_at_once(services: list[TestClient], url: str, bodies: list[dict[str, Any]]) -> list[int]:
    """Send a body by each client at the same time, and return the statuses."""
    start = Barrier(len(services))

    def send(http: TestClient, body: dict[str, Any]) -> int:
        tag = http.get(f"/v1/entries/{WHISK}").headers["etag"]
        start.wait(60)
        return http.post(url, json=body, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(len(services)) as pool:
        return list(pool.map(send, services, bodies))


def tongs(folder: Path) -> list[str]:
    """Return the ids of the entries that were added."""
    return [one.id for one in Editor(folder).changes_since(0) if "tongs" in one.id]


def test_one_of_several_owners_adds_the_entry(folder: Path, services: list[TestClient]) -> None:
    """The others are told; the inbox names the one who did it."""
    one = suggested(folder)
    bodies = [
        {"accepted": True, "add": {"term": "Tongs", "definition": f"They hold, says {number}."}}
        for number in range(OWNERS)
    ]
    statuses = all_at_once(services, address(one), bodies)
    assert sorted(statuses) == [200, *[412] * (OWNERS - 1)]
    assert tongs(folder) == ["kitchen:tongs"]
    winner = statuses.index(200)
    added = Editor(folder).entry("kitchen:tongs").entry
    assert added.definition == f"They hold, says {winner}."
    (decided,) = inbox.listed(folder / "inbox.db", InboxState.ACCEPTED)
    assert decided.decided_by.startswith(f"Ann {winner} ")


def test_a_change_is_accepted_or_refused(folder: Path, services: list[TestClient]) -> None:
    """Never both, whoever comes first: a refused one has changed nothing."""
    one = suggested(folder, WHISK)
    before = Editor(folder).entry(WHISK)
    change = {"accepted": True, "change": {"definition": "A tool of wires."}}
    statuses = all_at_once(services, address(one), [change, REFUSED, change, REFUSED])
    assert sorted(statuses) == [200, 412, 412, 412]
    found = inbox.find(folder / "inbox.db", one.id)
    assert found is not None
    after = Editor(folder).entry(WHISK)
    if found.state is InboxState.ACCEPTED:
        assert after.entry.definition == "A tool of wires."
    else:
        assert after == before


def test_a_repeated_request_edits_nothing(folder: Path, services: list[TestClient]) -> None:
    """It is answered alike, with a header that says so; its text does not count."""
    one = suggested(folder)
    first = services[0].post(address(one), json=ADDED)
    assert (first.status_code, first.json()["state"]) == (200, "accepted")
    assert "idempotency-replayed" not in first.headers
    other = {"accepted": True, "add": {"term": "Tongs", "definition": "Another text."}}
    again = services[0].post(address(one), json=other)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    problem_of(services[1].post(address(one), json=other), 412, "condition-failed")
    problem_of(services[0].post(address(one), json=REFUSED), 412, "condition-failed")
    assert tongs(folder) == ["kitchen:tongs"]


def test_an_edit_after_a_decision_without_one_is_not_said_to_be_done(
    folder: Path, services: list[TestClient]
) -> None:
    """The same key accepts, then wants to add: nothing is added, and it is told so."""
    one = suggested(folder)
    assert services[0].post(address(one), json={"accepted": True}).status_code == 200
    problem_of(services[0].post(address(one), json=ADDED), 412, "condition-failed")
    assert tongs(folder) == []


def test_an_interrupted_decision_is_finished(
    folder: Path,
    own_indexes: OwnIndexes,
    services: list[TestClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the edit and its note nothing is lost, however long ago, also by a purge."""
    one = suggested(folder)

    def interrupted(*_: object) -> bytes:
        raise IndexBusy("the process ends here")

    with monkeypatch.context() as ending:
        ending.setattr(suggestion_decisions, "decide", interrupted)
        assert services[0].post(address(one), json=ADDED).status_code == 503
    waiting = inbox.find(folder / "inbox.db", one.id)
    assert waiting is not None
    assert waiting.state is InboxState.OPEN
    monkeypatch.setattr(idempotency, "RETENTION", timedelta(0))
    services[1].delete(f"/v1/entries/{WHISK}", headers={"If-Match": "*", "Idempotency-Key": "a"})
    if own_indexes.is_shared:
        with pytest.raises(IndexShared):
            purge(folder, [WHISK])
    else:
        purge(folder, [WHISK])
    for body in (ADDED, REFUSED):
        problem_of(services[1].post(address(one), json=body), 412, "condition-failed")
    (decided,) = inbox.listed(folder / "inbox.db", InboxState.ACCEPTED)
    assert decided.decided_by.startswith("Ann 0 ")
    assert services[0].post(address(one), json=ADDED).status_code == 200
    assert tongs(folder) == ["kitchen:tongs"]


def test_a_refused_suggestion_edits_nothing(folder: Path, services: list[TestClient]) -> None:
    """The edit is undone inside its transaction; who refused it is told again."""
    one = suggested(folder)
    assert services[0].post(address(one), json=REFUSED).status_code == 200
    for http in services[:2]:
        problem_of(http.post(address(one), json=ADDED), 412, "condition-failed")
    assert services[0].post(address(one), json=REFUSED).status_code == 200
    assert tongs(folder) == []


def test_questions_are_answered_while_decisions_wait_for_the_lock(
    folder: Path, services: list[TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decisions wait in the thread of edits, not in those that look for a new revision."""
    one = suggested(folder)
    everywhere, begun, released = Barrier(THREADS), Event(), Event()
    is_late: list[bool] = []

    @contextmanager
    def held(*_: object) -> Iterator[None]:
        with suppress(BrokenBarrierError):
            everywhere.wait(1)  # one thread of edits waits in vain for others
        begun.set()
        is_late.append(not released.wait(20))
        yield

    monkeypatch.setattr(StoreReading, "deciding", held)
    count = THREADS + 2
    with ThreadPoolExecutor(count) as pool:
        http = services[0]
        waiting = [pool.submit(http.post, address(one), json=REFUSED) for _ in range(count)]
        assert begun.wait(30)
        Editor(folder).add("kitchen", Draft("Ladle for soup", "It takes soup out of a pot."))
        found = http.get("/v1/search", params={"q": "ladle for soup"}).json()
        released.set()
        assert {one.result().status_code for one in waiting} == {200}
    assert found["hits"][0]["id"] == "kitchen:ladle-for-soup"
    assert not any(is_late)


@pytest.mark.parametrize(
    ("entry", "body", "status", "slug"),
    [
        ("", {"accepted": True, "change": {"term": "Tongs"}}, 422, "invalid-request"),
        (WHISK, ADDED, 422, "invalid-request"),
        ("", {**ADDED, "change": {"term": "Tongs"}}, 422, "invalid-request"),
        ("", {**ADDED, "accepted": False, "reason": "no"}, 422, "invalid-request"),
        ("", {"accepted": True, "add": {"term": "", "definition": "x"}}, 422, "invalid-entry"),
        (WHISK, {"accepted": True, "change": {"term": "W"}}, 428, "condition-needed"),
    ],
)
def test_what_is_no_decision_changes_nothing(
    folder: Path,
    services: list[TestClient],
    entry: str,
    body: dict[str, Any],
    status: int,
    slug: str,
) -> None:
    """The suggestion goes on waiting."""
    one = suggested(folder, entry)
    problem_of(services[0].post(address(one), json=body), status, slug)
    assert inbox.find(folder / "inbox.db", one.id) == one


def test_a_decision_that_edits_says_its_revision(folder: Path, services: list[TestClient]) -> None:
    """Also when it is repeated, so that the next request can ask for it.

    One that edits nothing says none.
    """
    one, other = suggested(folder), suggested(folder, WHISK)
    first = services[0].post(address(one), json=ADDED)
    again = services[0].post(address(one), json=ADDED)
    assert again.headers["idempotency-replayed"] == "true"
    for answer in (first, again):
        revision = answer.headers[REVISION_HEADER]
        assert revision == str(Editor(folder).position()[1])
        params = {"q": "tongs", "min_revision": revision}
        hits = services[1].get("/v1/search", params=params).json()["hits"]
        assert hits[0]["id"] == "kitchen:tongs"
    assert REVISION_HEADER not in services[0].post(address(other), json=REFUSED).headers
    paths = services[0].get("/openapi.json").json()["paths"]
    declared = paths["/v1/inbox/{id}/decision"]["post"]["responses"]["200"]["headers"]
    assert REVISION_HEADER in declared
