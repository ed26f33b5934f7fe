"""Answers say which revision they show; a request that names a later one waits for it.

Covers `server/http/min_revision`.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.server import revision_waiters
from semsearch.server.app import create_app
from semsearch.server.http.min_revision import REVISION_HEADER
from tests.own_indexes import key_header
from tests.server.conftest import problem_of

WAITING = [
    ("/v1/search", {"q": "a mesh that holds back lumps"}),
    ("/v1/suggest", {"q": "whi"}),
    ("/v1/entries/kitchen:whisk", {}),
    ("/v1/entries/kitchen:whisk/related", {}),
    ("/v1/changes", {"since": "0"}),
]
SHOWING = [*WAITING, ("/v1/glossaries", {}), ("/", {}), ("/entry/kitchen:whisk", {})]
SIEVE = Draft("Sieve", "A mesh that holds back lumps.")


@pytest.fixture
def http(folder: Path, direct_paths: Collection[str]) -> Iterator[TestClient]:
    """Yield a client with an edit key, of paths that skip the router and of none that do."""
    settings = load_settings(index=folder, history="open")
    with Glossary.open(folder) as glossary:
        app = create_app(glossary, settings, direct_paths=direct_paths)
        with TestClient(app, headers=key_header(folder)) as client:
            yield client


@pytest.mark.parametrize(("path", "params"), SHOWING)
def test_an_answer_says_which_revision_it_shows(
    http: TestClient, path: str, params: dict[str, str]
) -> None:
    """Also one that the client holds already; it is that of /v1/info."""
    revision = http.get("/v1/info").json()["revision"]
    answer = http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers[REVISION_HEADER] == str(revision)
    again = http.get(path, params=params, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert again.headers[REVISION_HEADER] == str(revision)


def test_several_questions_say_which_revision_they_show(http: TestClient) -> None:
    """They are answered by one POST, which waits for nothing."""
    revision = http.get("/v1/info").json()["revision"]
    answer = http.post("/v1/search", json={"questions": ["whisk"]})
    assert answer.headers[REVISION_HEADER] == str(revision)
    url = f"/v1/search?min_revision={revision}"
    problem_of(http.post(url, json={"questions": ["whisk"]}), 422, "invalid-request")


def test_an_edit_says_its_revision(http: TestClient) -> None:
    """With it the next answer shows the edit; a repeated request says the same."""
    entry = {"glossary": "kitchen", "term": SIEVE.term, "definition": SIEVE.definition}
    key = {"Idempotency-Key": "k"}
    made = http.post("/v1/entries", json=entry, headers=key)
    revision = int(made.headers[REVISION_HEADER])
    assert http.post("/v1/entries", json=entry, headers=key).headers[REVISION_HEADER] == str(
        revision
    )
    found = http.get("/v1/search", params={"q": "a mesh", "min_revision": revision})
    assert found.json()["hits"][0]["id"] == "kitchen:sieve"
    state = {"If-Match": made.headers["etag"]}
    gone = http.delete("/v1/entries/kitchen:sieve", headers=state)
    assert int(gone.headers[REVISION_HEADER]) == revision + 1
    line = b'{"term": "Sieve", "definition": "A mesh."}\n'
    url, kind = "/v1/entries:import?glossary=kitchen", {"Content-Type": "application/jsonl"}
    taken = http.post(url, content=line, headers=kind)
    assert int(taken.headers[REVISION_HEADER]) == revision + 2
    again = http.post(url, content=line, headers=kind)
    assert again.json()["records"][0]["outcome"] == "unchanged"


def test_every_edit_declares_that_it_says_its_revision(http: TestClient) -> None:
    """Each is sent, and its header is one of the interface description."""
    url, any_state = "/v1/entries/kitchen:whisk", {"If-Match": "*"}
    lines = {"Content-Type": "application/jsonl"}
    content = {"term": "Whisk", "definition": "A tool of wires."}
    declared = http.get("/openapi.json").json()["paths"]
    for method, path, sent, template in (
        ("POST", "/v1/entries", {"json": {"glossary": "kitchen", **content, "id": "x"}}, ""),
        ("PUT", url, {"json": content, "headers": any_state}, "/v1/entries/{id}"),
        ("PATCH", url, {"json": {"term": "W"}, "headers": any_state}, "/v1/entries/{id}"),
        ("DELETE", url, {"headers": any_state}, "/v1/entries/{id}"),
        ("POST", f"{url}/restore", {"json": {"revision": 1}}, "/v1/entries/{id}/restore"),
        (
            "POST",
            "/v1/entries:import?glossary=kitchen",
            {"content": b'{"term": "Sieve", "definition": "A mesh."}\n', "headers": lines},
            "/v1/entries:import",
        ),
    ):
        answer = http.request(method, path, **sent)
        assert answer.is_success, answer.text
        revision = http.get("/v1/info").json()["revision"]
        assert answer.headers[REVISION_HEADER] == str(revision), path
        responses = declared[template or path][method.lower()]["responses"]
        assert REVISION_HEADER in responses[str(answer.status_code)]["headers"], path


@pytest.mark.parametrize(("path", "params"), WAITING)
def test_a_request_waits_for_a_revision(
    http: TestClient, folder: Path, path: str, params: dict[str, str]
) -> None:
    """Another process makes it a moment later."""
    wanted = http.get("/v1/info").json()["revision"] + 1
    with Editor(folder) as editor:
        later = threading.Timer(0.3, editor.add, ("kitchen", SIEVE))
        later.start()
        answer = http.get(path, params={**params, "min_revision": str(wanted)})
        later.join()
    assert answer.status_code == 200, answer.text
    assert answer.headers[REVISION_HEADER] == str(wanted)


@pytest.mark.parametrize(("path", "params"), WAITING)
def test_a_revision_that_does_not_come_is_a_problem_of_its_own(
    http: TestClient, path: str, params: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says when to ask again, and which revision there is."""
    monkeypatch.setattr(revision_waiters, "REVISION_S", 0.1)
    wanted = http.get("/v1/info").json()["revision"] + 1
    refused = http.get(path, params={**params, "min_revision": str(wanted)})
    problem = problem_of(refused, 503, "not-shown-yet")
    assert problem["detail"] == f"revision {wanted} is not shown yet; this is revision {wanted - 1}"
    assert refused.headers["retry-after"] == "1"


@pytest.mark.parametrize("value", ["-1", "x", "", "1.5", "9" * 19])
def test_what_is_no_revision_is_refused(http: TestClient, value: str) -> None:
    """The parameter is named."""
    for path, params in WAITING:
        refused = http.get(path, params={**params, "min_revision": value})
        problem = problem_of(refused, 422, "invalid-request")
        assert [one["parameter"] for one in problem["errors"]] == ["min_revision"]


def test_a_repeated_parameter_waits_for_nothing(http: TestClient) -> None:
    """As every parameter that is given twice."""
    refused = http.get("/v1/search?q=whisk&min_revision=1&min_revision=99")
    problem_of(refused, 422, "invalid-request")
