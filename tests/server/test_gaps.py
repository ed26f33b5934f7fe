"""The loop of gaps over HTTP: a question is asked and not answered, taught, and answered.

Covers `server/feedback/gap_page`, `server/feedback/gap_reports`, `server/routes/gaps`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.insights import report
from semsearch.search.glossary import Glossary
from semsearch.server import search_service
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.server.feedback import gap_reports
from semsearch.storage.feedback.question_log import RecordedQuestion, read, record
from tests.own_indexes import key_header
from tests.server.conftest import problem_of

ODD = "xylophone quartet lessons"
ALIKE = "quartet lessons on the xylophone"
Started = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def started(folder: Path) -> Started:
    """Return what starts a service that records questions, and opens a client with a key."""

    @contextmanager
    def client(scope: KeyScope = KeyScope.EDIT, *glossaries: str) -> Iterator[TestClient]:
        with (
            Glossary.open(folder) as glossary,
            TestClient(
                create_app(glossary, load_settings(index=folder, record_questions=True))
            ) as http,
        ):
            http.headers.update(key_header(folder, scope, *glossaries))
            yield http

    return client


def asked(folder: Path, *texts: str, glossary: str = "", days: int = 0) -> None:
    """Record questions that were not answered."""
    at = utc_now() - timedelta(days=days)
    batch = [
        RecordedQuestion(at, text, glossary, "page", "no close match", 0.1, ("kitchen:whisk",))
        for text in texts
    ]
    record(folder / "questions.db", batch, utc_now(), timedelta(days=90))


def gaps(http: TestClient, **parameters: str) -> list[dict[str, Any]]:
    """Return the gaps of the report."""
    response = http.get("/v1/gaps", params=parameters)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    found: list[dict[str, Any]] = response.json()["gaps"]
    return found


def test_an_unanswered_question_is_asked_taught_and_answered(
    folder: Path, started: Started
) -> None:
    """From the reader's question over the report to the next reader's answer."""
    with started() as http:
        assert http.get("/v1/search", params={"q": ODD}).json()["no_close_match"]
        http.get("/", params={"q": ALIKE}, headers={"Accept": "text/html"})
    with started() as http:
        (gap,) = gaps(http)
        assert (gap["kind"], gap["count"]) == ("no close match", 2)
        texts = [one["question"] for one in gap["questions"]]
        assert sorted(texts) == sorted([ODD, ALIKE])
        assert len(gap["nearest"]) == 3
        entry = http.get("/v1/entries/kitchen:ladle")
        taught = http.patch(
            "/v1/entries/kitchen:ladle",
            json={"asked_as": texts},
            headers={"If-Match": entry.headers["etag"]},
        )
        assert taught.status_code == 200
        assert gaps(http) == []
        answer = http.get("/v1/search", params={"q": ODD}).json()
        assert not answer["no_close_match"]
        assert answer["hits"][0]["id"] == "kitchen:ladle"


def test_a_new_entry_closes_a_gap(folder: Path, started: Started) -> None:
    """Drafted with the questions as its phrases."""
    asked(folder, ODD)
    with started() as http:
        draft = {"glossary": "kitchen", "term": "Quartet", "definition": "Four.", "asked_as": [ODD]}
        assert http.post("/v1/entries", json=draft).status_code == 201
        assert gaps(http) == []


def test_ignored_questions_leave_the_report(folder: Path, started: Started) -> None:
    """Also when they are asked again."""
    asked(folder, ODD, "zebra")
    with started() as http:
        assert len(gaps(http)) == 2
        ignored = http.post("/v1/gaps:ignore", json={"questions": [{"question": ODD}]})
        assert (ignored.status_code, ignored.content) == (204, b"")
        asked(folder, ODD)
        assert [gap["headword"] for gap in gaps(http)] == ["zebra"]


def test_only_recorded_questions_are_ignored(folder: Path, started: Started) -> None:
    """What is not recorded is refused by its place, and nothing of the request is done."""
    asked(folder, ODD, "call [number]")
    with started() as http:
        body = {"questions": [{"question": ODD}, {"question": "where is Jane?"}]}
        refused = problem_of(http.post("/v1/gaps:ignore", json=body), 422, "invalid-request")
        assert [one["pointer"] for one in refused["errors"]] == ["/questions/1/question"]
        assert "'where is Jane?' is not recorded" in refused["detail"]
        assert len(gaps(http)) == 2
        redacted = {"questions": [{"question": "call 0221 1234"}]}
        assert http.post("/v1/gaps:ignore", json=redacted).status_code == 204
        assert len(gaps(http)) == 1
    stored = (folder / "questions.db").read_bytes()
    assert not any(one in stored for one in (b"Jane", b"1234"))


def test_since(folder: Path, started: Started) -> None:
    """Of the last days; another value is refused with what it may be."""
    asked(folder, ODD, days=9)
    asked(folder, "zebra")
    with started() as http:
        assert [gap["headword"] for gap in gaps(http, since="7d")] == ["zebra"]
        assert len(gaps(http, since="2020-01-01")) == 2
        refused = problem_of(http.get("/v1/gaps?since=soon"), 422, "invalid-request")
        assert "'soon' is neither a number of days" in refused["errors"][0]["detail"]
        problem_of(http.get("/gaps?since=soon"), 422, "invalid-request")


def test_a_restricted_key_sees_its_glossaries(folder: Path, started: Started) -> None:
    """Neither what was asked of others, nor their entries; it cannot ignore for others."""
    asked(folder, ODD)
    asked(folder, "zebra", glossary="kitchen")
    asked(folder, "crossing of a street", glossary="ships")
    with started(KeyScope.EDIT, "ships") as http:
        seen = http.get("/v1/gaps").json()
        (gap,) = seen["gaps"]
        assert (seen["questions"], gap["glossary"]) == (1, "ships")
        assert {one["id"].partition(":")[0] for one in gap["nearest"]} <= {"ships"}
        others = {"questions": [{"question": "zebra", "glossary": "kitchen"}]}
        problem_of(http.post("/v1/gaps:ignore", json=others), 403, "not-permitted")
        own = {"questions": [{"question": "crossing of a street", "glossary": "ships"}]}
        assert http.post("/v1/gaps:ignore", json=own).status_code == 204
        assert gaps(http) == []
    with started(KeyScope.EDIT, "ships", "kitchen") as http:
        whole = {"questions": [{"question": ODD}]}
        problem_of(http.post("/v1/gaps:ignore", json=whole), 403, "not-permitted")


@pytest.mark.parametrize("path", ["/v1/gaps", "/gaps"])
def test_readers_see_no_gaps(started: Started, path: str) -> None:
    """It takes a key to edit, also where anybody may read."""
    with started(KeyScope.SEARCH) as http:
        problem_of(http.get(path), 403, "not-permitted")
        del http.headers["Authorization"]
        problem_of(http.get(path), 401, "key-needed")


def test_the_page_offers_what_to_do(folder: Path, started: Started) -> None:
    """Each gap with its questions, the nearest entries, a draft, and the numbers of each day."""
    asked(folder, ODD, ALIKE, "call [number] <b>zebra</b>", days=1)
    with started() as http:
        page = http.get("/gaps?since=30d", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        text = page.text
        assert '<a href="./gaps?since=30d" aria-current="page">30 days</a>' in text
        assert f'value="{ODD}" data-glossary="" data-whole checked' in text
        assert "&lt;b&gt;zebra&lt;/b&gt;" in text
        assert 'zebra&lt;/b&gt;" data-glossary="" checked' in text, "it cannot be taught as it is"
        assert 'data-attach="kitchen:' in text
        assert "new?term=" in text
        assert (
            f"asked={ALIKE.replace(' ', '+')}%0A" in text or f"%0A{ALIKE.replace(' ', '+')}" in text
        )
        assert "<caption>Questions over time</caption>" in text
        assert "records no questions" not in text
        assert "data-ignore" in text
        landing = http.get("/", headers={"Accept": "text/html"})
        assert '<a href="./gaps">What to write next</a>' in landing.text


def test_without_recording_the_page_says_so(folder: Path) -> None:
    """And how to turn it on; nothing can be ignored."""
    asked(folder, ODD)
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, load_settings(index=folder))) as http,
    ):
        key = {**key_header(folder), "Accept": "text/html"}
        text = http.get("/gaps", headers=key).text
        body = {"questions": [{"question": ODD}]}
        refused = problem_of(http.post("/v1/gaps:ignore", json=body, headers=key), 404, "not-found")
        assert refused["detail"] == "this service records no questions"
    assert "serve --record-questions</code> does" in text
    assert ODD in text
    assert "data-ignore" not in text
    assert len(read(folder / "questions.db")) == 1


def test_a_service_that_was_asked_nothing_has_no_gap(folder: Path, started: Started) -> None:
    """And makes no file for the report."""
    with started() as http:
        text = http.get("/gaps", headers={"Accept": "text/html"}).text
    assert "no question was recorded in this period" in text
    assert "There is no gap" not in text
    assert "<svg" not in text
    assert not (folder / "questions.db").exists()


def test_other_requests_go_on_meanwhile(
    folder: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Picking questions and reading answers is no work of the event loop."""
    in_loop: dict[str, bool] = {}

    def noted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: object) -> object:
            in_loop[name] = asyncio._get_running_loop() is not None
            return work(*arguments)

        return call

    for module, name in ((report, "open_questions"), (gap_reports, "from_json")):
        monkeypatch.setattr(module, name, noted(name, getattr(module, name)))
    asked(folder, ODD)
    with started() as http:
        assert len(gaps(http)) == 1
    assert in_loop == {"open_questions": False, "from_json": False}


def test_many_answers_are_asked_for_in_parts(
    folder: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their sum may have more bytes than the answers to one request."""
    asked(folder, ODD, "zebra")
    with started() as http:
        sizes = [len(http.get("/v1/search", params={"q": q}).content) for q in (ODD, "zebra")]
        monkeypatch.setattr(search_service, "MAX_ANSWERS_BYTES", max(sizes))
        monkeypatch.setattr(gap_reports, "ASKED_AT_ONCE", 1)
        assert len(gaps(http)) == 2


def test_a_damaged_file_is_a_problem(folder: Path, started: Started) -> None:
    """Answers go on."""
    (folder / "questions.db").write_bytes(b"no database" * 500)
    with started() as http:
        problem_of(http.get("/v1/gaps"), 503, "not-editable")
        assert http.get("/v1/search", params={"q": "whisk"}).status_code == 200
