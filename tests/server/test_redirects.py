"""The addresses of entries that were merged or renamed: pages, Markdown, the interface."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from semsearch.ingest import Editor
from semsearch.server.auth.keys import KeyScope
from tests.own_indexes import key_header
from tests.server.conftest import problem_of
from tests.server.test_edit_pages import WHISK, client

__all__ = ["client"]


def etag(client: TestClient, id_: str, headers: dict[str, str]) -> dict[str, str]:
    """Return the headers of an edit of an entry as it is."""
    found = client.get(f"/v1/entries/{id_}", headers=headers)
    return headers | {"If-Match": found.headers["etag"]}


def test_a_merged_entry_answers_at_its_old_address(client: TestClient, folder: Path) -> None:
    """With the one that took its place, until it is restored."""
    edit = key_header(folder, KeyScope.EDIT)
    deleted = client.delete(
        f"/v1/entries/{WHISK}",
        params={"successor": "kitchen:ladle"},
        headers=etag(client, WHISK, edit),
    )
    assert deleted.status_code == 200
    for path, leads_to in (
        (f"/entry/{WHISK}", "/entry/kitchen:ladle"),
        (f"/entry/{WHISK}.md", "/entry/kitchen:ladle.md"),
        (f"/v1/entries/{WHISK}", "/v1/entries/kitchen:ladle"),
    ):
        response = client.get(path, follow_redirects=False)
        assert response.status_code == 308, path
        assert urljoin(path, response.headers["location"]) == leads_to
        assert response.headers["cache-control"] == "no-cache"
        assert client.get(path).status_code == 200
    other = key_header(folder, KeyScope.SEARCH, "ships")
    assert client.get(f"/entry/{WHISK}", headers=other, follow_redirects=False).status_code == 404
    with Editor(folder) as editor:
        editor.restore(WHISK, editor.history(WHISK)[0].revision)
    assert client.get(f"/entry/{WHISK}", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    ("successor", "status", "slug"),
    [
        (WHISK, 422, "invalid-entry"),
        ("ships:keel", 422, "invalid-entry"),
        ("kitchen:nothing", 404, "entry-not-found"),
    ],
)
def test_what_cannot_be_a_successor(
    client: TestClient, folder: Path, successor: str, status: int, slug: str
) -> None:
    """The entry stays."""
    edit = key_header(folder, KeyScope.EDIT)
    refused = client.delete(
        f"/v1/entries/{WHISK}",
        params={"successor": successor},
        headers=etag(client, WHISK, edit),
    )
    problem_of(refused, status, slug)
    assert client.get(f"/entry/{WHISK}").status_code == 200
