"""Who has a key to edit teaches from the page, and nobody else is offered to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope
from tests.own_indexes import key_header

BUTTON = "This is what I was looking for</button>"
QUESTION = "wobbly <jelly> zebra"


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    """Yield a client of a service over it."""
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, load_settings(index=folder))) as started,
    ):
        yield started


def page(client: TestClient, headers: dict[str, str] | None = None) -> str:
    """Return the page of a question."""
    found = client.get(
        "/", params={"q": QUESTION}, headers={"Accept": "text/html"} | (headers or {})
    )
    assert found.status_code == 200
    return found.text


def test_only_who_may_edit_is_offered_to_teach(client: TestClient, folder: Path) -> None:
    """A button at each hit, with the question as it was asked; others find where a key goes."""
    for headers in (None, key_header(folder, KeyScope.SEARCH)):
        text = page(client, headers)
        assert BUTTON not in text
        assert "Edit with a key" in text
    for headers in (
        key_header(folder, KeyScope.EDIT),
        key_header(folder, KeyScope.EDIT, "kitchen"),
    ):
        text = page(client, headers)
        assert text.count(BUTTON) == text.count('<li class="hit') > 1
        assert 'data-question="wobbly &lt;jelly&gt; zebra"' in text
        assert "Edit with a key" not in text
        assert "data-may-edit" in text


def test_a_page_for_those_who_edit_is_another_one(client: TestClient, folder: Path) -> None:
    """It has a tag of its own: what is kept for one reader is not shown to another."""
    search, edit = key_header(folder, KeyScope.SEARCH), key_header(folder, KeyScope.EDIT)
    tags = [
        client.get("/", params={"q": "soup"}, headers=h).headers["etag"]
        for h in (None, search, edit)
    ]
    assert tags[0] == tags[1] != tags[2]
    held = {"If-None-Match": tags[0]}
    assert client.get("/", params={"q": "soup"}, headers=held).status_code == 304
    assert client.get("/", params={"q": "soup"}, headers=held | edit).status_code == 200


def test_what_was_taught_is_said_on_the_page_and_in_json(client: TestClient, folder: Path) -> None:
    """Escaped like any text of others; an answer of JSON has the phrase at the hit."""
    edit = key_header(folder, KeyScope.EDIT)
    entry = client.get("/v1/entries/kitchen:whisk")
    headers = edit | {
        "If-Match": entry.headers["etag"],
        "Content-Type": "application/merge-patch+json",
    }
    done = client.patch(
        "/v1/entries/kitchen:whisk", json={"asked_as": [QUESTION, QUESTION]}, headers=headers
    )
    assert (done.status_code, done.json()["asked_as"]) == (200, [QUESTION])
    assert (
        '<p class="someone-asked">Someone asked: <q dir="auto">wobbly &lt;jelly&gt; zebra</q></p>'
    ) in page(client)
    page_of_entry = client.get("/entry/kitchen:whisk", headers={"Accept": "text/html"}).text
    assert 'dir="auto">wobbly &lt;jelly&gt; zebra</a></li>' in page_of_entry
    hits = client.get("/v1/search", params={"q": QUESTION}).json()["hits"]
    assert (hits[0]["id"], hits[0]["matched_phrase"]) == ("kitchen:whisk", QUESTION)
    assert all("matched_phrase" not in hit for hit in hits[1:])


def test_too_many_and_too_long_phrases_are_refused(client: TestClient, folder: Path) -> None:
    """The reason is that of an importer."""
    edit = key_header(folder, KeyScope.EDIT)
    tag = client.get("/v1/entries/kitchen:whisk").headers["etag"]
    headers = edit | {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
    for phrases, reason in (
        (["x" * 301], "longer than 300 characters"),
        ([f"number {n}" for n in range(65)], "at most 64 are possible"),
    ):
        done = client.patch(
            "/v1/entries/kitchen:whisk", json={"asked_as": phrases}, headers=headers
        )
        assert done.status_code == 422
        assert reason in done.json()["detail"]
