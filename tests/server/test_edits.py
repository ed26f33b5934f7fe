"""Editing over HTTP: `routes.edits` and `changes`, `http.edit_requests` and `preconditions`.

Covers `server/http/edit_requests`, `server/http/preconditions`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope
from tests.own_indexes import being_edited, key_header
from tests.server.conftest import ENTRIES, check_common_headers, problem_of
from tests.server.test_openapi import EDITS

WHISK = "/v1/entries/kitchen:whisk"
SIEVE = {"glossary": "kitchen", "term": "Sieve", "definition": "A mesh that holds back lumps."}


@pytest.fixture
def editor(folder: Path) -> Iterator[TestClient]:
    """Yield a client of a service over it, with a key to edit."""
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, load_settings(index=folder))) as started,
    ):
        started.headers.update(key_header(folder))
        yield started


def _etag(client: TestClient, path: str = WHISK) -> str:
    found: str = client.get(path).headers["etag"]
    return found


def test_an_entry_is_added_at_the_address_it_says(editor: TestClient) -> None:
    """201, its revision in body and ETag, and GET gives the same at `Location`."""
    response = editor.post("/v1/entries", json={**SIEVE, "aliases": ["strainer"]})
    check_common_headers(response.headers)
    assert response.status_code == 201
    assert response.json() == {
        "id": "kitchen:sieve",
        "term": "Sieve",
        "definition": "A mesh that holds back lumps.",
        "aliases": ["strainer"],
        "glossary": "kitchen",
        "language": "en",
        "source": None,
        "see_also": [],
        "revision": 9,
    }
    assert response.headers["location"] == "/v1/entries/kitchen:sieve"
    assert response.headers["etag"].endswith('-9"')
    found = editor.get(response.headers["location"])
    assert found.json() == response.json()
    assert found.headers["etag"] == response.headers["etag"]


def test_details_are_put_patched_and_removed(editor: TestClient) -> None:
    """Those that are there are shown, null removes one, and what is not given stays."""
    content = {"term": "Whisk", "definition": "Wires.", "category": "tools", "broader": ["Tool"]}
    put = editor.put(WHISK, json=content, headers={"If-Match": _etag(editor)})
    assert (put.status_code, put.json()["category"], put.json()["broader"]) == (
        200,
        "tools",
        ["Tool"],
    )
    patched = editor.patch(
        WHISK,
        content=b'{"category": null, "status": "draft", "examples": ["Whisk it."]}',
        headers={"If-Match": put.headers["etag"], "Content-Type": "application/merge-patch+json"},
    ).json()
    assert (patched["status"], patched["examples"], patched["broader"]) == (
        "draft",
        ["Whisk it."],
        ["Tool"],
    )
    assert "category" not in patched
    hit = editor.get("/v1/search", params={"q": "whisk", "limit": 1}).json()["hits"][0]
    assert (hit["status"], "broader" in hit) == ("draft", False)


def test_edits_are_answered_as_they_are_declared(editor: TestClient) -> None:
    """Every kind of edit, by the models of the interface description."""
    put = {"term": "Whisk", "definition": "Wires."}
    jsonl = {"Content-Type": "application/jsonl"}
    line = json.dumps(SIEVE | {"glossary": "x"}).encode()
    url = "/v1/entries:import?glossary=ships"
    answers = {
        "addEntry": editor.post("/v1/entries", json=SIEVE),
        "putEntry": editor.put(WHISK, json=put, headers={"If-Match": "*"}),
        "changeEntry": editor.patch(WHISK, json={"term": "W"}, headers={"If-Match": "*"}),
        "restoreEntry": editor.post(
            f"{WHISK}/restore", json={"revision": 1}, headers={"If-Match": "*"}
        ),
        "deleteEntry": editor.delete(WHISK, headers={"If-Match": "*"}),
        "importEntries": editor.post(url, content=line, headers=jsonl),
    }
    assert set(answers) == set(EDITS)
    for name, answer in answers.items():
        EDITS[name].validate_json(answer.content, strict=True)
        assert answer.status_code == (201 if name == "addEntry" else 200)


def test_a_question_of_a_new_reader_sees_the_edit(editor: TestClient, folder: Path) -> None:
    """It is in the index when it is answered."""
    editor.post("/v1/entries", json=SIEVE)
    with Glossary.open(folder) as glossary:
        assert glossary.ask("mesh that holds back lumps").hits[0].entry.id == "kitchen:sieve"


def test_put_replaces_all_of_an_entry(editor: TestClient) -> None:
    """The request has the ETag; members that the body lacks become empty."""
    body = {"term": "Whisk", "definition": "Bent wires."}
    tag = _etag(editor)
    response = editor.put(WHISK, json=body, headers={"If-Match": tag})
    assert response.status_code == 200
    entry = response.json()
    assert (entry["definition"], entry["aliases"], entry["see_also"]) == ("Bent wires.", [], [])
    assert entry["source"] == {"file": "kitchen.md", "line": 3}
    assert response.headers["etag"] != tag
    again = editor.put(WHISK, json=body, headers={"If-Match": tag})
    detail = problem_of(again, 412, "condition-failed")["detail"]
    assert "has revision 9, not 1 as expected" in detail


def test_put_adds_an_entry_under_its_id(editor: TestClient) -> None:
    """With `If-None-Match: *` a PUT never replaces an entry."""
    body = {"term": "Sieve", "definition": "A mesh."}
    created = editor.put("/v1/entries/kitchen:sieve", json=body, headers={"If-None-Match": "*"})
    assert (created.status_code, created.json()["revision"]) == (201, 9)
    assert created.headers["location"] == "/v1/entries/kitchen:sieve"
    assert editor.put("/v1/entries/kitchen:mesh", json=body).status_code == 201
    again = editor.put("/v1/entries/kitchen:sieve", json=body, headers={"If-None-Match": "*"})
    problem_of(again, 412, "condition-failed")
    problem_of(editor.put("/v1/entries/kitchen:sieve", json=body), 428, "condition-needed")
    odd = editor.put("/v1/entries/Kitchen:A Sieve", json=body)
    assert "'kitchen:a-sieve' could" in problem_of(odd, 422, "invalid-entry")["detail"]


def test_patch_changes_what_is_given_and_null_removes(editor: TestClient) -> None:
    """JSON merge patch; a patch of nothing changes nothing."""
    merge = {"Content-Type": "application/merge-patch+json", "If-Match": _etag(editor)}
    first = editor.patch(WHISK, content=b'{"see_also": null, "term": "Wisk"}', headers=merge)
    assert first.json()["see_also"] == []
    assert (first.json()["term"], first.json()["aliases"]) == ("Wisk", ["Egg beater"])
    merge["If-Match"] = first.headers["etag"]
    assert editor.patch(WHISK, content=b"{}", headers=merge).json() == first.json()
    for content in (
        b'{"term": null}',
        b'{"definition": null}',
        b'{"id": "x"}',
        b'{"aliases": "x"}',
    ):
        problem_of(editor.patch(WHISK, content=content, headers=merge), 422, "invalid-request")
    gone = problem_of(
        editor.patch(WHISK, content=b'{"term": null}', headers=merge), 422, "invalid-request"
    )
    assert gone["errors"] == [
        {"detail": "an entry has a term, which cannot be removed", "pointer": ""}
    ]
    empty = editor.patch(WHISK, content=b'{"term": " "}', headers=merge)
    assert problem_of(empty, 422, "invalid-entry")["detail"] == "no term"


def test_a_deleted_entry_is_gone_and_can_be_restored(editor: TestClient) -> None:
    """Its history says by which key; restoring needs a condition only where it is there."""
    response = editor.delete(WHISK, headers={"If-Match": _etag(editor)})
    assert (response.status_code, response.json()) == (200, {"id": "kitchen:whisk", "revision": 9})
    problem_of(editor.get(WHISK), 404, "entry-not-found")
    problem_of(editor.delete(WHISK, headers={"If-Match": "*"}), 404, "entry-not-found")
    restored = editor.post(f"{WHISK}/restore", json={"revision": 1})
    assert (restored.status_code, restored.json()["revision"]) == (200, 10)
    again = editor.post(f"{WHISK}/restore", json={"revision": 1})
    problem_of(again, 428, "condition-needed")
    same = editor.post(f"{WHISK}/restore", json={"revision": 1}, headers={"If-Match": "*"})
    assert same.json()["revision"] == 10
    none = editor.post(f"{WHISK}/restore", json={"revision": 9}, headers={"If-Match": "*"})
    problem_of(none, 404, "entry-not-found")
    versions = editor.get(f"{WHISK}/history").json()
    assert [(v["revision"], v["kind"]) for v in versions] == [
        (1, "added"),
        (9, "deleted"),
        (10, "restored"),
    ]
    assert versions[1]["entry"] is None
    assert versions[0]["who"] == "build"
    assert versions[1]["who"].startswith("Ann (")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_edit_without_a_condition_is_refused(editor: TestClient, method: str) -> None:
    """428 where the entry is there; where it is not 404, with a condition too."""
    content = b'{"term": "Wisk"}' if method == "PATCH" else None
    sent = {"content": content, "headers": {"Content-Type": "application/json"}}
    problem_of(editor.request(method, WHISK, **sent), 428, "condition-needed")  # type: ignore[arg-type]
    for condition in ({}, {"If-Match": "*"}, {"If-Match": _etag(editor)}, {"If-Match": "x"}):
        headers = {"Content-Type": "application/json", **condition}
        missing = editor.request(method, "/v1/entries/Whisk", content=content, headers=headers)
        said = problem_of(missing, 404, "entry-not-found")["detail"]
        assert said == "there is no entry with the id 'Whisk'; did you mean 'kitchen:whisk'?"


@pytest.mark.parametrize(
    "stated",
    ['"1"', "W/{tag}", '"x-1"', "{tag}0", "", "nonsense", '"{own}-0"', '"{own}-x"', '"{own}-99"'],
)
def test_tags_that_are_not_that_of_the_entry_match_nothing(editor: TestClient, stated: str) -> None:
    """Weak ones, those of other stores, and what is no tag."""
    tag = _etag(editor)
    stated = stated.format(tag=tag, own=tag[1:].partition("-")[0])
    response = editor.delete(WHISK, headers={"If-Match": stated})
    problem_of(response, 412, "condition-failed")


@pytest.mark.embedded_store("store.db is removed, and built anew; a copy is made again instead")
def test_tags_of_a_store_that_was_made_anew_match_nothing(editor: TestClient, folder: Path) -> None:
    """Its revisions have the same numbers, so an ETag of the old store must not match."""
    headers = {"If-Match": _etag(editor)}
    (folder / "store.db").unlink()
    build_index(ENTRIES, folder, model="hashed")
    busy = editor.patch(WHISK, json={"term": "Wisk"}, headers=headers)
    problem_of(busy, 503, "busy")
    assert busy.headers["retry-after"]
    again = editor.patch(WHISK, json={"term": "Wisk"}, headers=headers)
    problem_of(again, 412, "condition-failed")
    assert _etag(editor) != headers["If-Match"]


def test_one_of_several_tags_is_enough(editor: TestClient) -> None:
    """`If-Match` may list several tags, or be a star."""
    tag = _etag(editor)
    other = tag.replace("-1", "-5")
    headers = {"If-Match": f"{other}, {tag}"}
    changed = editor.patch(WHISK, json={"term": "Wisk"}, headers=headers)
    assert changed.status_code == 200
    problem_of(editor.patch(WHISK, json={"term": "W"}, headers=headers), 412, "condition-failed")
    headers = {"If-Match": "*"}
    assert editor.patch(WHISK, json={"term": "Whisk"}, headers=headers).status_code == 200


def test_conditions_that_make_no_sense_are_refused(editor: TestClient) -> None:
    """Tags in If-None-Match, both headers, and adding only where nothing is added."""
    tag = _etag(editor)
    body = {"term": "Whisk", "definition": "Wires."}
    for headers in ({"If-None-Match": tag}, {"If-None-Match": "*", "If-Match": tag}):
        problem_of(editor.put(WHISK, json=body, headers=headers), 422, "invalid-request")
    problem_of(editor.delete(WHISK, headers={"If-None-Match": "*"}), 422, "invalid-request")


def test_an_added_entry_with_an_id_that_is_there_is_refused(editor: TestClient) -> None:
    """409; without an id it would get another one, and the same words are refused as such."""
    taken = editor.post("/v1/entries", json={**SIEVE, "id": "whisk"})
    problem_of(taken, 409, "entry-exists")
    assert editor.post("/v1/entries", json={**SIEVE, "term": "Whisk"}).json()["id"] == (
        "kitchen:whisk-2"
    )
    twice = editor.post("/v1/entries", json={**SIEVE, "term": "Whisk"})
    problem_of(twice, 422, "invalid-entry")


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"term": "Sieve"}, "invalid-request"),
        ({**SIEVE, "revision": 3}, "invalid-request"),
        ({**SIEVE, "aliases": [1]}, "invalid-request"),
        ({**SIEVE, "definition": ""}, "invalid-entry"),
        ({**SIEVE, "definition": "x" * 20_001}, "invalid-entry"),
        ({**SIEVE, "glossary": " "}, "invalid-entry"),
        ([SIEVE], "invalid-request"),
    ],
)
def test_what_is_no_entry_is_refused(editor: TestClient, body: object, slug: str) -> None:
    """422, and nothing is written."""
    problem_of(editor.post("/v1/entries", json=body), 422, slug)
    assert editor.get("/v1/changes?since=8").content == b""


def test_a_request_that_is_repeated_while_it_is_executed_gets_its_answer(
    editor: TestClient, folder: Path
) -> None:
    """Also if both were looked up before one was stored: its own change is no conflict."""
    headers = {
        "Idempotency-Key": "k1",
        "If-Match": _etag(editor),
        "Authorization": editor.headers["Authorization"],
    }

    def change(client: TestClient) -> tuple[int, Any]:
        found = client.patch(WHISK, json={"definition": "Wires."}, headers=headers)
        return found.status_code, found.json()

    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, load_settings(index=folder))) as other,
        ThreadPoolExecutor(2) as threads,
    ):
        with being_edited(folder):
            waiting = [threads.submit(change, client) for client in (editor, other)]
            time.sleep(1)
        answers = [one.result() for one in waiting]
    assert answers[0] == answers[1]
    assert answers[0][0] == 200


def test_a_request_that_is_sent_again_is_answered_as_before(editor: TestClient) -> None:
    """The edit is made once, and repeated after its precondition has changed.

    A key is for one request.
    """
    headers = {"Idempotency-Key": "k1", "If-Match": _etag(editor)}
    first = editor.patch(WHISK, json={"term": "Wisk"}, headers=headers)
    again = editor.patch(WHISK, json={"term": "Wisk"}, headers=headers)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    other = editor.patch(WHISK, json={"term": "Whisk"}, headers=headers)
    problem_of(other, 422, "key-reused")
    added = [
        editor.post("/v1/entries", json=SIEVE, headers={"Idempotency-Key": "k2"}) for _ in "12"
    ]
    assert [r.status_code for r in added] == [201, 201]
    assert added[0].json() == added[1].json()
    assert added[1].headers["location"] == "/v1/entries/kitchen:sieve"
    assert len(editor.get("/v1/changes?since=8").content.splitlines()) == 2
    for key in ("", "x" * 256):
        bad = editor.post("/v1/entries", json=SIEVE, headers={"Idempotency-Key": key})
        problem_of(bad, 422, "invalid-request")


def test_repetitions_at_the_same_time_are_carried_out_once(editor: TestClient) -> None:
    """Eight at once; all are answered alike."""

    def add(_: int) -> Any:  # noqa: ANN401 - a response
        return editor.post("/v1/entries", json=SIEVE, headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(add, range(8)))
    assert {(r.status_code, r.content) for r in responses} == {(201, responses[0].content)}
    assert len(editor.get("/v1/changes?since=8").content.splitlines()) == 1


def test_of_clients_that_edit_at_once_one_wins(editor: TestClient) -> None:
    """Eight with the same ETag: one is done, the others are told; no edit is lost."""
    headers = {"If-Match": _etag(editor)}

    def edit(n: int) -> int:
        return editor.patch(WHISK, json={"term": f"Whisk {n}"}, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(edit, range(8))) == [200] + [412] * 7
    assert [v["revision"] for v in editor.get(f"{WHISK}/history").json()] == [1, 9]


def test_an_import_reports_each_record(editor: TestClient) -> None:
    """A dry run writes nothing, strict takes all or none, and the same again changes nothing."""
    lines = "\n".join(
        [
            json.dumps({"term": "Sieve", "definition": "A mesh."}),
            json.dumps({"id": "kitchen:whisk", "term": "Whisk", "definition": "Wires."}),
            json.dumps({"term": "Lid"}),
        ]
    )
    jsonl = {"Content-Type": "application/jsonl"}
    outcomes = ["added", "changed", "refused"]
    for mode, applied in (("&dry_run=true", False), ("&strict=true", False), ("", True)):
        response = editor.post(
            f"/v1/entries:import?glossary=kitchen{mode}", content=lines, headers=jsonl
        )
        report = response.json()
        assert (response.status_code, report["applied"]) == (200, applied)
        assert [r["outcome"] for r in report["records"]] == outcomes
    assert [r["revision"] for r in report["records"]] == [9, 10, None]
    assert report["records"][2] == {
        "line": 3,
        "outcome": "refused",
        "id": None,
        "revision": None,
        "reason": "no definition of 'Lid'",
    }
    again = editor.post("/v1/entries:import?glossary=kitchen", content=lines, headers=jsonl)
    assert [r["outcome"] for r in again.json()["records"]] == ["unchanged", "unchanged", "refused"]


def test_what_is_no_import_is_refused(editor: TestClient) -> None:
    """Another type, bytes that are no text, too many of them, no glossary."""
    url = "/v1/entries:import?glossary=kitchen"
    jsonl = {"Content-Type": "application/jsonl"}
    problem_of(editor.post(url, json=[]), 415, "unsupported-media-type")
    problem_of(editor.post(url, content=b"\xff", headers=jsonl), 400, "malformed-body")
    large = editor.post(url, content=b" " * (4 * 1024 * 1024 + 1), headers=jsonl)
    problem_of(large, 413, "too-large")
    many = problem_of(editor.post(url, content=b"{}\n" * 50_001, headers=jsonl), 413, "too-large")
    assert many["detail"] == "the body has more than 50,000 lines; send several smaller requests"
    problem_of(
        editor.post("/v1/entries:import", content=b"", headers=jsonl), 422, "invalid-request"
    )
    assert editor.post(url, content=b"", headers=jsonl).json() == {"applied": True, "records": []}


def test_changes_are_followed_line_by_line(editor: TestClient) -> None:
    """Each has its revision, from which the client goes on; a deleted entry is told as gone."""
    editor.post("/v1/entries", json=SIEVE)
    editor.delete(WHISK, headers={"If-Match": "*"})
    response = editor.get("/v1/changes?since=8")
    assert response.headers["content-type"] == "application/jsonl"
    lines = [json.loads(line) for line in response.content.splitlines()]
    assert [(c["revision"], c["id"]) for c in lines] == [
        (9, "kitchen:sieve"),
        (10, "kitchen:whisk"),
    ]
    assert lines[0]["entry"]["definition"] == SIEVE["definition"]
    assert lines[1]["entry"] is None
    since, seen = 0, []
    while found := editor.get(f"/v1/changes?since={since}&limit=3").content.splitlines():
        seen += [json.loads(line)["revision"] for line in found]
        since = seen[-1]
    assert seen == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    for query in ("", "?since=-1", "?since=x", "?since=1&limit=0", f"?since={2**63}"):
        problem_of(editor.get(f"/v1/changes{query}"), 422, "invalid-request")


def test_reading_an_entry_again_costs_nothing(editor: TestClient) -> None:
    """304 while it has not been changed; by name too."""
    tag = _etag(editor)
    for path in (WHISK, "/v1/entries/egg beater"):
        held = editor.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", tag)
    editor.patch(WHISK, json={"definition": "Wires."}, headers={"If-Match": tag})
    assert editor.get(WHISK, headers={"If-None-Match": tag}).json()["definition"] == "Wires."


REQUESTS = (
    ("POST", "/v1/entries", SIEVE),
    ("PUT", WHISK, {"term": "Whisk", "definition": "Wires."}),
    ("PATCH", WHISK, {"term": "Wisk"}),
    ("DELETE", WHISK, None),
    ("POST", f"{WHISK}/restore", {"revision": 1}),
    ("POST", "/v1/entries:import?glossary=kitchen", None),
)


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
def test_editing_needs_a_key_for_it(
    editor: TestClient, folder: Path, method: str, path: str, body: object
) -> None:
    """No key, a key for searching, and one for another glossary: each is refused first."""
    content = b"" if body is None else json.dumps(body).encode()
    kind = "application/jsonl" if "import" in path else "application/json"
    headers = {"If-Match": "*", "Content-Type": kind}
    del editor.headers["Authorization"]
    problem_of(editor.request(method, path, content=content, headers=headers), 401, "key-needed")
    for scope, glossaries in ((KeyScope.SEARCH, ()), (KeyScope.EDIT, ("ships",))):
        headers.update(key_header(folder, scope, *glossaries))
        response = editor.request(method, path, content=content, headers=headers)
        problem_of(response, 403, "not-permitted")
    assert editor.get("/v1/changes?since=8").content == b""
    headers.update(key_header(folder, KeyScope.EDIT, "kitchen"))
    assert editor.request(method, path, content=content, headers=headers).status_code in (200, 201)


def test_a_restricted_key_sees_its_own_changes_only(editor: TestClient, folder: Path) -> None:
    """Others are not in its answers, and the history of another glossary's entry is not there."""
    headers = key_header(folder, KeyScope.SEARCH, "ships")
    answer = editor.get("/v1/changes?since=0&limit=2", headers=headers)
    assert answer.headers["Semsearch-Feed"] == "partial"
    assert "Semsearch-Feed" not in editor.get("/v1/changes?since=0").headers
    lines = answer.content.splitlines()
    assert [json.loads(line)["revision"] for line in lines] == [5, 6]
    problem_of(editor.get(f"{WHISK}/history", headers=headers), 404, "entry-not-found")
    problem_of(editor.get(WHISK, headers=headers), 404, "entry-not-found")
    assert editor.get("/v1/entries/ships:keel/history", headers=headers).status_code == 200


@pytest.mark.embedded_store("store.db is removed; a copy is made again instead")
def test_a_service_without_a_store_answers_and_cannot_edit(
    editor: TestClient, folder: Path
) -> None:
    """Entries are read from the generation, and have no revision."""
    (folder / "store.db").unlink()
    found = editor.get(WHISK)
    assert (found.status_code, found.json()["revision"]) == (200, None)
    problem_of(editor.delete(WHISK, headers={"If-Match": "*"}), 503, "not-editable")
    problem_of(editor.get(f"{WHISK}/history"), 503, "not-editable")
    problem_of(editor.get("/v1/changes?since=0"), 503, "not-editable")


def test_extra_fields_are_shown_as_text(editor: TestClient) -> None:
    """Markup in extra fields is escaped on the page and in its Markdown version."""
    headers = {"If-Match": _etag(editor), "Content-Type": "application/merge-patch+json"}
    extra = {"<b>Owner</b>": "<script>alert(1)</script>"}
    done = editor.patch(WHISK, json={"extra": extra}, headers=headers)
    assert (done.status_code, done.json()["extra"]) == (200, extra)
    page = editor.get("/entry/kitchen:whisk", headers={"Accept": "text/html"}).text
    assert (
        '<dt dir="auto">&lt;b&gt;Owner&lt;/b&gt;</dt>'
        '<dd dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</dd>'
    ) in page
    assert "- \\<b\\>Owner\\</b\\>: " in editor.get("/entry/kitchen:whisk.md").text
