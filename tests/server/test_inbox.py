"""Readers suggest, where that is on, and owners decide with a reason.

Covers `server/feedback/open_suggestions`, `server/routes/inbox`, `server/schemas/inbox`,
`server/feedback/suggestion_senders`.
"""

from __future__ import annotations

import asyncio
import html
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.ingest.purge import purge
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import ANYBODY, KeyScope, utc_now
from semsearch.server.feedback.suggestion_senders import forget_regularly, sender_of
from semsearch.server.schemas.inbox import WireInboxItem
from semsearch.storage.feedback import inbox
from tests.own_indexes import key_header
from tests.server.conftest import problem_of

TERM = {"term": "Tongs", "glossary": "kitchen", "text": "They hold <b>hot</b> things."}
CHANGE = {"entry": "kitchen:whisk", "text": "It is not light."}
HTML = {"Accept": "text/html"}
Started = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def started(folder: Path) -> Started:
    """Return what starts a service that takes suggestions, and opens a client of it."""

    @contextmanager
    def client(*, on: bool = True) -> Iterator[TestClient]:
        with (
            Glossary.open(folder) as glossary,
            TestClient(create_app(glossary, load_settings(index=folder, suggestions=on))) as http,
        ):
            yield http

    return client


def suggested(http: TestClient, body: dict[str, str]) -> dict[str, Any]:
    """Suggest something and return it."""
    response = http.post("/v1/inbox", json=body)
    assert response.status_code == 201, response.text
    item: dict[str, Any] = response.json()
    TypeAdapter(WireInboxItem).validate_python(item)
    return item


def test_it_is_off_by_default(folder: Path, started: Started) -> None:
    """No route answers, and no page has a form."""
    with started(on=False) as http:
        refused = problem_of(http.post("/v1/inbox", json=TERM), 404, "not-found")
        assert refused["detail"] == "this service takes no suggestions"
        problem_of(http.get("/v1/inbox", headers=key_header(folder)), 404, "not-found")
        problem_of(http.get("/suggestion/abc"), 404, "not-found")
        for path in ("/?q=xylophone+quartet+lessons", "/entry/kitchen:whisk"):
            assert "to-owner" not in http.get(path, headers=HTML).text
    assert not (folder / "inbox.db").exists()


def test_pages_have_a_form(started: Started) -> None:
    """Beside no close match for a term, on an entry for a change."""
    with started() as http:
        missing = http.get("/?q=xylophone+quartet+lessons", headers=HTML).text
        assert 'value="xylophone quartet lessons" dir="auto"' in missing
        assert "Suggest a missing term" in missing
        assert "suggest.js" in missing
        entry = http.get("/entry/kitchen:whisk", headers=HTML).text
        assert 'name="entry" value="kitchen:whisk"' in entry
        assert "to-owner" not in http.get("/?q=whisk", headers=HTML).text


def test_a_suggestion_is_read_decided_and_followed(folder: Path, started: Started) -> None:
    """The owner sees it, refuses it with a reason, and who suggested it reads that."""
    with started() as http:
        item = suggested(http, TERM)
        assert (item["state"], item["term"], "entry" in item) == ("open", "Tongs", False)
        waiting = http.get(f"/suggestion/{item['id']}", headers=HTML).text
        assert "It waits for a decision." in waiting
        assert "They hold &lt;b&gt;hot&lt;/b&gt; things." in waiting
        owner = key_header(folder)
        assert http.get("/v1/inbox", headers=owner).json() == [item]
        page = http.get("/gaps", headers={**owner, **HTML}).text
        assert f'data-id="{item["id"]}"' in page
        assert "Missing: Tongs" in page
        address = f"/v1/inbox/{item['id']}/decision"
        refused = problem_of(
            http.post(address, json={"accepted": False}, headers=owner), 422, "invalid-request"
        )
        assert "refused with a reason" in refused["detail"]
        decision = {"accepted": False, "reason": "See Ladle."}
        decided = http.post(address, json=decision, headers=owner).json()
        assert (decided["state"], decided["reason"]) == ("refused", "See Ladle.")
        again = http.post(address, json={"accepted": True}, headers=owner)
        problem_of(again, 412, "condition-failed")
        assert http.get("/v1/inbox", headers=owner).json() == []
        assert http.get("/v1/inbox?state=refused", headers=owner).json() == [decided]
        told = http.get(f"/suggestion/{item['id']}", headers=HTML).text
        assert "It was refused." in told
        assert "See Ladle." in told


def test_a_change_names_its_entry(folder: Path, started: Started) -> None:
    """The owner edits the definition as it is."""
    with started() as http:
        item = suggested(http, CHANGE)
        assert (item["entry"], item["term"], item["glossary"]) == (
            "kitchen:whisk",
            "Whisk",
            "kitchen",
        )
        owner = key_header(folder)
        page = http.get("/gaps", headers={**owner, **HTML}).text
        assert "Change: Whisk" in page
        assert "beating air into eggs or cream" in page
        accepted = http.post(
            f"/v1/inbox/{item['id']}/decision", json={"accepted": True}, headers=owner
        )
        assert accepted.json()["state"] == "accepted"
        told = http.get(f"/suggestion/{item['id']}", headers=HTML).text
        assert 'A change of <a href="../entry/kitchen:whisk"' in told


@pytest.mark.embedded_store("a shared store refuses to purge")
def test_a_purged_entry_takes_its_suggestions_along(folder: Path, started: Started) -> None:
    """Also those that are not decided."""
    with started() as http:
        item = suggested(http, CHANGE)
    purge(folder, ["kitchen:whisk"])
    assert inbox.find(folder / "inbox.db", item["id"]) is None


def test_accepting_a_change_begins_with_the_markdown_of_a_revision(
    folder: Path, started: Started
) -> None:
    """So that neither structure nor an edit made meanwhile is lost."""
    with started() as http:
        suggested(http, CHANGE)
        owner = key_header(folder)
        url, any_state = "/v1/entries/kitchen:whisk", {**owner, "If-Match": "*"}
        markdown = "A **tool**:\n\n- of wires"
        changed = http.patch(url, json={"markdown": markdown}, headers=any_state)
        page = html.unescape(http.get("/gaps", headers={**owner, **HTML}).text)
        assert f'data-member="markdown" data-etag="{changed.headers["etag"]}"' in page
        assert f">{markdown}</textarea>" in page
        http.patch(url, json={"definition": "Another."}, headers=any_state)
        stale = {**owner, "If-Match": changed.headers["etag"]}
        assert http.patch(url, json={"markdown": markdown}, headers=stale).status_code == 412


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"text": "x"}, 422, "invalid-request"),
        ({"term": "Tongs", "text": "x"}, 422, "invalid-request"),
        ({**TERM, "entry": "kitchen:whisk"}, 422, "invalid-request"),
        ({**TERM, "text": " "}, 422, "invalid-request"),
        ({**TERM, "text": "x" * 2_001}, 422, "invalid-request"),
        ({**TERM, "text": "\u200b\u2060\x00"}, 422, "invalid-request"),
        ({**TERM, "term": "\u200d\ufeff\x07"}, 422, "invalid-request"),
        ({**TERM, "term": "\u3164"}, 422, "invalid-request"),
        ({**TERM, "text": "\u2800\u2060\uffa0"}, 422, "invalid-request"),
        ({**TERM, "glossary": "none"}, 404, "glossary-not-found"),
        ({"entry": "kitchen:none", "text": "x"}, 404, "entry-not-found"),
    ],
)
def test_what_is_no_suggestion_is_refused(
    started: Started, body: dict[str, str], status: int, slug: str
) -> None:
    """With the reason, in our words."""
    with started() as http:
        response = http.post("/v1/inbox", json=body)
        problem_of(response, status, slug)
        assert "value error" not in response.text.casefold()


def test_an_address_suggests_five_an_hour(started: Started) -> None:
    """More are refused, and the answer says when to go on. What was refused does not count."""
    with started() as http:
        for _ in range(6):
            problem_of(http.post("/v1/inbox", json={**TERM, "text": " "}), 422, "invalid-request")
        for _ in range(5):
            suggested(http, TERM)
        refused = http.post("/v1/inbox", json=TERM)
        problem_of(refused, 429, "too-many-requests")
        assert int(refused.headers["retry-after"]) > 60


def test_all_processes_count_together(started: Started, folder: Path) -> None:
    """Two applications over one index take five of an address, and know no address."""
    with started() as one, started() as other:
        for http in (one, other, one, other, one):
            suggested(http, TERM)
        for http in (one, other):
            problem_of(http.post("/v1/inbox", json=TERM), 429, "too-many-requests")
    assert b"testclient" not in (folder / "inbox.db").read_bytes()


def test_neighbours_share_a_network(started: Started, folder: Path) -> None:
    """200 addresses of one network fill no inbox; owners are not counted with them."""
    with started() as http:
        for address in range(4):
            for _ in range(5):
                assert posted(http, f"192.0.2.{address}").status_code == 201
        problem_of(posted(http, "192.0.2.9"), 429, "too-many-requests")
        assert posted(http, "192.0.3.9").status_code == 201
        assert posted(http, "192.0.2.9", **key_header(folder)).status_code == 201


def posted(http: TestClient, address: str, **headers: str) -> Response:
    """Suggest something from an address."""
    http._transport.client = (address, 1234)  # type: ignore[attr-defined]
    return http.post("/v1/inbox", json=TERM, headers=headers)


@pytest.mark.process
def test_processes_of_a_service_know_a_sender_by_the_same_digest() -> None:
    """And those of another service by another one."""
    parent = sender_of("192.0.2.7", ANYBODY)
    command = "from semsearch.server.feedback.suggestion_senders import sender_of; from semsearch.server.auth.keys import ANYBODY; print(sender_of('192.0.2.7', ANYBODY).digest.hex())"
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(sender_of, "192.0.2.7", ANYBODY).result() == parent
    other = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, check=True, text=True
    )
    assert other.stdout.strip() != parent.digest.hex()
    assert sender_of("192.0.2.8", ANYBODY).digest != parent.digest


def test_digests_are_deleted_regularly(tmp_path: Path) -> None:
    """Without a further suggestion."""
    file, now = tmp_path / "inbox.db", utc_now()
    inbox.suggest(file, "kitchen", "Tongs", "x", now, sender=inbox.Sender(b"digest of somebody"))

    async def forget() -> None:
        task = asyncio.create_task(
            forget_regularly(file, lambda: now + inbox.SENDER_KEPT, interval_s=0.01)
        )
        while b"digest of somebody" in file.read_bytes():
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(asyncio.wait_for(forget(), 30))


def test_control_characters_are_cleaned(started: Started) -> None:
    """As those of entries are."""
    with started() as http:
        item = suggested(
            http, {**TERM, "term": " To\x00n\ufeffgs\n", "text": "a\r\nb\x1b[31m\u2028c\u0301 "}
        )
        assert (item["term"], item["text"]) == ("Tongs", "a\nb[31m\n\u0107")


def test_a_full_inbox_takes_no_more(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the owner decides."""
    monkeypatch.setattr(inbox, "MAX_OPEN_OF_READERS", 1)
    with started() as http:
        suggested(http, TERM)
        refused = problem_of(http.post("/v1/inbox", json=TERM), 507, "no-room")
        assert "too many suggestions wait" in refused["detail"]


def test_keys_for_other_glossaries_see_nothing(folder: Path, started: Started) -> None:
    """Neither in the list nor by the id; and a reader decides nothing."""
    with started() as http:
        item = suggested(http, TERM)
        ships = key_header(folder, KeyScope.EDIT, "ships")
        assert http.get("/v1/inbox", headers=ships).json() == []
        address = f"/v1/inbox/{item['id']}/decision"
        problem_of(http.post(address, json={"accepted": True}, headers=ships), 404, "not-found")
        problem_of(http.get(f"/suggestion/{item['id']}", headers=ships), 404, "not-found")
        reader = key_header(folder, KeyScope.SEARCH)
        problem_of(
            http.post(address, json={"accepted": True}, headers=reader), 403, "not-permitted"
        )
        problem_of(http.post(address, json={"accepted": True}), 401, "key-needed")
