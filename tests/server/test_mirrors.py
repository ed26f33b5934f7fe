"""Routes that mirrors ask, and what a mirror refuses over HTTP.

Covers `server/schemas/info`.
"""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient
from starlette.types import Message

from semsearch.core.settings import load_settings
from semsearch.index.restore import restore_backup
from semsearch.ingest import Editor
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope
from semsearch.server.routes import mirrors
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.following import write_followed_url
from semsearch.storage.files.layout import IndexLayout
from tests.own_indexes import OwnIndexes, key_header
from tests.server.conftest import ENTRIES, problem_of

SIEVE = {"glossary": "kitchen", "term": "Sieve", "definition": "A mesh that holds back lumps."}


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    """Yield a client of a service over it, with a key to edit."""
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, load_settings(index=folder))) as started,
    ):
        started.headers.update(key_header(folder))
        yield started


def test_an_unchanged_feed_is_not_told_again(client: TestClient) -> None:
    """With the tag of the last answer it is a 304; an edit and a build make it another."""
    first = client.get("/v1/changes?since=8")
    assert (first.status_code, first.content) == (200, b"")
    position = first.headers["semsearch-position"]
    assert position.endswith("-8")
    assert first.headers["etag"] == f'"{position}.8"'  # of this place in the feed
    assert first.headers["semsearch-built"] == "8"
    again = client.get("/v1/changes?since=8", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.post("/v1/entries", json=SIEVE).status_code == 201
    changed = client.get("/v1/changes?since=8", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    (line,) = changed.content.splitlines()
    told = json.loads(line)
    assert (told["id"], told["position"], told["is_live"]) == ("kitchen:sieve", 4, True)


def test_a_restricted_key_gets_no_tag_and_goes_on(client: TestClient, folder: Path) -> None:
    """What it may not see is passed over, and not asked again from there."""
    headers = key_header(folder, KeyScope.EDIT, "ships")
    response = client.get("/v1/changes?since=0&limit=2", headers=headers)
    assert [json.loads(line)["id"] for line in response.content.splitlines()] == [
        "ships:keel",
        "ships:gps",
    ]
    assert "etag" not in response.headers
    assert client.post("/v1/entries", json=SIEVE).status_code == 201
    rest = client.get("/v1/changes?since=8", headers=headers)
    assert rest.content == b""
    assert rest.headers["semsearch-position"].endswith("-9")


def test_a_deletion_tells_its_successor(client: TestClient) -> None:
    """Mirrors lead the old address to it as well."""
    etag = client.get("/v1/entries/kitchen:whisk").headers["etag"]
    path = "/v1/entries/kitchen:whisk?successor=kitchen:ladle"
    assert client.delete(path, headers={"If-Match": etag}).status_code == 200
    (line,) = client.get("/v1/changes?since=8").content.splitlines()
    told = json.loads(line)
    assert (told["entry"], told["successor"], told["is_live"]) == (None, "kitchen:ladle", True)


def test_places_tell_the_order(client: TestClient, folder: Path) -> None:
    """Of each entry, and behind them what was deleted; a key sees those of its glossaries."""
    etag = client.get("/v1/entries/kitchen:whisk").headers["etag"]
    client.delete("/v1/entries/kitchen:whisk", headers={"If-Match": etag})
    response = client.get("/v1/changes/places")
    told = [json.loads(line) for line in response.content.splitlines()]
    assert [one["id"] for one in told] == [*(e.id for e in ENTRIES[1:]), "kitchen:whisk"]
    assert told[0] == {"id": "kitchen:ladle", "position": 1, "is_live": False}
    assert told[-1] == {"id": "kitchen:whisk", "position": None, "is_live": True}
    assert response.headers["semsearch-position"].endswith("-9")
    ships = client.get(
        "/v1/changes/places", headers=key_header(folder, KeyScope.EDIT, "ships")
    ).content
    assert {json.loads(line)["id"].partition(":")[0] for line in ships.splitlines()} == {"ships"}


def test_a_copy_is_the_index_without_what_is_private(
    client: TestClient, folder: Path, tmp_path: Path
) -> None:
    """No keys, no stored answers to edits; it restores to the same entries and position."""
    added = client.post("/v1/entries", json=SIEVE, headers={"Idempotency-Key": "one"})
    assert added.status_code == 201
    response = client.get("/v1/backup")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-tar"
    assert int(response.headers["content-length"]) == len(response.content)
    with tarfile.open(fileobj=io.BytesIO(response.content)) as archive:
        names = set(archive.getnames())
    assert "store.db" in names
    assert not {"keys.db", "questions.db", "inbox.db", "usage.db", "FOLLOWS"} & names
    file = tmp_path / "copy.tar"
    file.write_bytes(response.content)
    restore_backup(file, tmp_path / "copy", is_mirror=True)
    copied = Editor(tmp_path / "copy")
    assert copied.position() == Editor(folder).position()
    assert copied.changes_since(0) == Editor(folder).changes_since(0)
    with closing(sqlite3.connect(tmp_path / "copy" / "store.db")) as store:
        assert store.execute("SELECT count(*) FROM request").fetchone() == (0,)
    left = {path.name for path in folder.iterdir()}
    assert not [name for name in left if name.startswith(".tmp")]


def test_a_copy_is_closed_before_its_last_piece_is_sent(folder: Path) -> None:
    """Whoever has read all of it may ask for the next one at once."""
    file = folder / "some.tar"
    file.write_bytes(b"x" * (2 * mirrors.PIECE_BYTES + 5))
    opened = ExitStack()
    stream = opened.enter_context(file.open("rb"))
    closed_at: list[tuple[int, bool]] = []

    async def send(message: Message) -> None:
        closed_at.append((len(message.get("body", b"")), stream.closed))

    response = mirrors.CopyResponse(stream, file.stat().st_size, opened)
    asyncio.run(response({"type": "http", "method": "GET"}, _nothing, send))
    size = mirrors.PIECE_BYTES
    assert closed_at == [(0, False), (size, False), (size, False), (5, True), (0, True)]


async def _nothing() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("never")


def test_no_copy_is_made_for_head(client: TestClient, folder: Path) -> None:
    """It has no content, so that none is prepared, and a copy under way does not matter."""
    with file_lock(IndexLayout(folder).copying):
        head = client.head("/v1/backup")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == "application/x-tar"
    assert "content-length" not in head.headers


def test_a_copy_needs_a_key_for_everything(client: TestClient, folder: Path) -> None:
    """Also where reading is open; and one copy is made at a time."""
    problem_of(
        client.get("/v1/backup", headers=key_header(folder, KeyScope.EDIT, "ships")),
        403,
        "not-permitted",
    )
    with file_lock(IndexLayout(folder).copying):
        busy = client.get("/v1/backup")
    problem_of(busy, 503, "busy")
    assert busy.headers["retry-after"] == "1"
    del client.headers["Authorization"]
    assert client.get("/v1/glossaries").status_code == 200
    problem_of(client.get("/v1/backup"), 401, "key-needed")


def test_open_histories_open_no_copies(folder: Path) -> None:
    """A copy is costly, so that it always needs a key."""
    settings = load_settings(index=folder, history="open", read="open")
    with Glossary.open(folder) as glossary, TestClient(create_app(glossary, settings)) as client:
        assert client.get("/v1/entries/kitchen:whisk/history").status_code == 200
        problem_of(client.get("/v1/backup"), 401, "key-needed")


def test_the_service_says_what_it_shows(client: TestClient, own_indexes: OwnIndexes) -> None:
    """Generation, revision, encoder; `follows` names the shared store that it is a copy of.

    Its address is for those with a key.
    """
    told = client.get("/v1/info").json()
    assert (told["generation"], told["revision"], told["model"]) == (1, 8, "hashed")
    if own_indexes.is_shared:
        assert told["follows"]["url"].startswith("postgresql://")
        assert (told["follows"]["position"], told["follows"]["has_problem"]) == (8, False)
    else:
        assert told["follows"] is None
    client.post("/v1/entries", json=SIEVE)
    assert client.get("/v1/info").json()["revision"] == 9
    del client.headers["Authorization"]
    follows = client.get("/v1/info").json()["follows"]
    assert (follows and follows["url"]) is None


@pytest.mark.embedded_store("a copy of a shared store follows that, and no service")
def test_a_mirror_says_what_it_follows(client: TestClient, folder: Path) -> None:
    """The address is for those with a key."""
    write_followed_url(IndexLayout(folder), "https://source.example")
    assert client.get("/v1/info").json()["follows"] == {
        "url": "https://source.example",
        "position": 0,
        "in_step_ago_s": None,
        "has_problem": False,
    }
    del client.headers["Authorization"]
    assert client.get("/v1/info").json()["follows"]["url"] is None


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_copy_that_nobody_takes_is_closed_at_once(tmp_path: Path, is_answered: bool) -> None:
    """Whether the client leaves before the head or before there is a response to send."""
    file = tmp_path / "backup.tar"
    file.write_bytes(b"copy")
    opened = ExitStack()
    copy = mirrors.CopyResponse(opened.enter_context(file.open("rb")), 4, opened)
    closed: list[bool] = []
    opened.callback(closed.append, True)

    async def send(message: Message) -> None:
        raise ClientDisconnect

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    if is_answered:
        scope = {"type": "http", "asgi": {"spec_version": "2.4"}, "method": "GET"}
        with pytest.raises(ClientDisconnect):
            asyncio.run(copy(scope, receive, send))
    else:
        del copy
    assert closed == [True]


def test_a_page_of_the_feed_has_no_tag(client: TestClient) -> None:
    """Or a client would go on from there, and be told that nothing has changed."""
    first = client.get("/v1/changes?since=0&limit=1")
    assert "etag" not in first.headers
    whole = client.get("/v1/changes?since=0")
    onward = {"since": first.headers["semsearch-position"]}
    sent = {"If-None-Match": whole.headers["etag"]}
    assert client.get("/v1/changes", params=onward, headers=sent).status_code == 200


def test_a_mirror_refuses_edits_and_names_the_source(client: TestClient, folder: Path) -> None:
    """A problem with the address; reading goes on."""
    etag = client.get("/v1/entries/kitchen:whisk").headers["etag"]
    write_followed_url(IndexLayout(folder), "https://source.example")
    match = {"If-Match": etag}
    for response in (
        client.post("/v1/entries", json=SIEVE),
        client.patch("/v1/entries/kitchen:whisk", json={"term": "x"}, headers=match),
        client.delete("/v1/entries/kitchen:whisk", headers=match),
        client.post(
            "/v1/entries:import?glossary=kitchen",
            content='{"term": "Pan", "definition": "A flat pot."}',
            headers={"Content-Type": "application/jsonl"},
        ),
    ):
        problem = problem_of(response, 403, "follows")
        assert problem["detail"] == (
            "this index follows https://source.example; send the edit there"
        )
        assert str(folder) not in response.text
    assert client.get("/v1/search?q=whisk").json()["hits"][0]["id"] == "kitchen:whisk"
    assert Editor(folder).position()[1] == 8
