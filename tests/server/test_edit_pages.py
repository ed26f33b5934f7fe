"""Pages that edit: `routes.edit_pages`. Who sees them, what they state, conflicts."""

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
from tests.server.conftest import problem_of
from tests.server.test_pages import BROWSER, HtmlPage

WHISK = "kitchen:whisk"


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    """Yield a client of a service over it, which anybody may ask."""
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, load_settings(index=folder)), headers=BROWSER) as started,
    ):
        yield started


def editor_of(page: HtmlPage) -> dict[str, str | None]:
    """Return what a form states about its entry."""
    (found,) = (a for a in page.all("div") if a.get("id") == "editor")
    return found


@pytest.mark.parametrize("path", ["/new", f"/edit/{WHISK}"])
def test_only_who_may_edit_sees_a_form(client: TestClient, folder: Path, path: str) -> None:
    """Others are asked for a key; one to read is not enough; nothing is cached."""
    assert client.get(path).status_code == 401
    page = client.get(path).text
    assert "Access key" in page
    assert "Anybody may read here, but this page is for people who have a key to edit." in page
    assert "list of all terms" in page
    assert "--scope search" not in page
    assert client.get(path, headers=key_header(folder, KeyScope.SEARCH)).status_code == 403
    response = client.get(path, headers=key_header(folder, KeyScope.EDIT))
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert 'name="definition"' in response.text
    assert response.text.count("Without JavaScript this page cannot save.") == 1


def test_a_key_of_another_glossary_finds_no_entry(client: TestClient, folder: Path) -> None:
    """Neither to edit nor its history, as everywhere."""
    mine = key_header(folder, KeyScope.EDIT, "ships")
    for path in (f"/edit/{WHISK}", f"/history/{WHISK}"):
        assert client.get(path, headers=mine).status_code == 404
    body = {"revision": 1, "fields": {}}
    problem_of(client.post(f"/edit/{WHISK}", json=body, headers=mine), 404, "entry-not-found")


def test_a_form_states_the_revision_that_it_was_made_from(client: TestClient, folder: Path) -> None:
    """The tag is the one that the interface takes; lists have an item a line."""
    edit = key_header(folder, KeyScope.EDIT)
    page = HtmlPage(client.get(f"/edit/{WHISK}", headers=edit).text)
    stated = editor_of(page)
    entry = client.get(f"/v1/entries/{WHISK}", headers=edit)
    assert stated["data-etag"] == entry.headers["etag"]
    assert stated["data-id"] == WHISK
    (names,) = (a for a in page.all("textarea") if a.get("name") == "see_also")
    assert names["data-was"] == "ladle\nFork"


def test_what_only_owners_need_is_on_no_page_of_others(client: TestClient, folder: Path) -> None:
    """Pages of entries and glossaries offer to edit with a key that may."""
    for path in (f"/entry/{WHISK}", "/glossary/kitchen", "/entry/kitchen:nothing"):
        assert "data-may-edit" not in client.get(path).text
        assert "data-may-edit" in client.get(path, headers=key_header(folder, KeyScope.EDIT)).text


def test_a_conflict_shows_both_texts(client: TestClient, folder: Path) -> None:
    """Fields that one side changed are merged; those of both stand side by side."""
    edit = key_header(folder, KeyScope.EDIT)
    page = HtmlPage(client.get(f"/edit/{WHISK}", headers=edit).text)
    stated = editor_of(page)
    changed = client.patch(
        f"/v1/entries/{WHISK}",
        json={"definition": "A tool of <b>bent</b> wires.", "status": "approved"},
        headers=edit | {"If-Match": stated["data-etag"] or ""},
    )
    assert changed.status_code == 200
    revision = int(stated["data-revision"] or 0)
    mine = {
        str(field["name"]): field["data-was"]
        for tag in ("input", "textarea")
        for field in page.all(tag)
        if "data-was" in field
    }
    mine |= {"definition": "A tool of straight wires.", "category": "tools"}
    response = client.post(
        f"/edit/{WHISK}", json={"revision": revision, "fields": mine}, headers=edit
    )
    assert response.status_code == 200
    text = response.text
    assert "<b>bent</b>" not in text
    shown = HtmlPage(text)
    assert editor_of(shown)["data-etag"] == changed.headers["etag"]
    assert [a["data-take"] for a in shown.all("button") if "data-take" in a] == ["definition"] * 2
    values = {a["name"]: a.get("value") for a in shown.all("input") if a.get("name")}
    assert values["category"] == "tools"
    assert values["status"] == "approved"


def test_the_history_needs_a_key_and_says_what_was_changed(
    client: TestClient, folder: Path
) -> None:
    """Words that were added and removed are marked; a key to edit has buttons to restore."""
    assert client.get(f"/history/{WHISK}").status_code == 401
    edit = key_header(folder, KeyScope.EDIT)
    tag = client.get(f"/v1/entries/{WHISK}", headers=edit).headers["etag"]
    client.patch(
        f"/v1/entries/{WHISK}",
        json={"aliases": ["Beater"]},
        headers=edit | {"If-Match": tag},
    )
    page = client.get(f"/history/{WHISK}", headers=edit)
    assert page.headers["cache-control"] == "no-store"
    assert "<del>" in page.text
    assert "by <bdi>Ann" in page.text
    assert page.text.count("data-restore") == 1
    assert page.text.count("Without JavaScript this page cannot restore.") == 1
    reader = client.get(f"/history/{WHISK}", headers=key_header(folder, KeyScope.SEARCH)).text
    assert "data-restore" not in reader
    assert "JavaScript" not in reader


def test_a_deleted_entry_has_a_history(client: TestClient, folder: Path) -> None:
    """Its page says so, and each version can be restored."""
    edit = key_header(folder, KeyScope.EDIT)
    tag = client.get(f"/v1/entries/{WHISK}", headers=edit).headers["etag"]
    client.delete(f"/v1/entries/{WHISK}", headers=edit | {"If-Match": tag})
    assert client.get(f"/edit/{WHISK}", headers=edit).status_code == 404
    text = client.get(f"/history/{WHISK}", headers=edit).text
    assert "The entry is deleted." in text
    assert text.count("data-restore") == 1


def test_an_open_history_is_open(folder: Path) -> None:
    """The setting is the one of the interface."""
    settings = load_settings(index=folder, history="open")
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, settings), headers=BROWSER) as client,
    ):
        assert client.get(f"/history/{WHISK}").status_code == 200
