"""Questions are recorded only where that is on, redacted, and off the path of answers.

Covers `server/feedback/question_recorder`, `server/routes/recording`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.ingest.purge import purge
from semsearch.search.answer import SearchRequest
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope
from semsearch.server.feedback import question_recorder
from semsearch.server.feedback.question_recorder import RETRY_S, QuestionRecorder
from semsearch.storage.feedback.question_log import RecordedQuestion, read
from tests.own_indexes import key_header
from tests.server.conftest import problem_of

LOAD = {"X-Page-Load": "0123456789abcdef"}
Started = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def started(folder: Path) -> Iterator[Started]:
    """Yield what starts a service that records questions; what it has is written at its end."""

    @contextmanager
    def client(*, glossaries: tuple[str, ...] = (), on: bool = True) -> Iterator[TestClient]:
        with (
            Glossary.open(folder) as glossary,
            TestClient(
                create_app(glossary, load_settings(index=folder, record_questions=on))
            ) as http,
        ):
            if glossaries:
                http.headers.update(key_header(folder, KeyScope.SEARCH, *glossaries))
            yield http

    yield client


def recorded(folder: Path) -> list[RecordedQuestion]:
    """Return what the service has written."""
    return read(folder / "questions.db")


def test_nothing_is_recorded_by_default(folder: Path, started: Started) -> None:
    """There is no file, and the page says nothing of opened hits."""
    with started(on=False) as http:
        page = http.get("/", params={"q": "beats air into eggs"}, headers={"Accept": "text/html"})
        assert "data-records" not in page.text
        assert "opened.js" not in page.text
        body = {"question": "beats air into eggs", "id": "kitchen:whisk"}
        refused = problem_of(http.post("/v1/search:opened", json=body), 404, "not-found")
        assert refused["detail"] == "this service records no questions"
    assert not (folder / "questions.db").exists()


def test_a_question_is_recorded_with_its_answer(folder: Path, started: Started) -> None:
    """Of the page and of the API, one by one and in batches."""
    with started() as http:
        answer = http.get("/v1/search", params={"q": "ask ann@example.org for a whisk"}).json()
        http.get("/", params={"q": "whsk"}, headers={"Accept": "text/html"})
        http.post("/v1/search", json={"questions": ["keel", "ladle"], "glossary": "ships"})
    first, second, third, fourth = recorded(folder)
    assert (first.text, first.source) == ("ask [e-mail] for a whisk", "api")
    assert first.verdict == answer["verdict"]
    assert first.confidence == answer["confidence"]
    assert first.hits == tuple(hit["id"] for hit in answer["hits"])
    assert first.lead == pytest.approx(
        answer["hits"][0]["score"] - answer["hits"][1]["score"], abs=1e-3
    )
    assert (second.text, second.source, second.repaired) == ("whsk", "page", "Whisk")
    assert second.hits[0] == "kitchen:whisk"
    assert [(one.text, one.glossary) for one in (third, fourth)] == [
        ("keel", "ships"),
        ("ladle", "ships"),
    ]


def test_a_short_answer_is_told_from_a_whole_one(folder: Path, started: Started) -> None:
    """By how many hits the client asked for."""
    with started() as http:
        http.get("/v1/search", params={"q": "beats air into eggs", "limit": 1})
        http.get("/v1/search", params={"q": "serving soup"})
    short, whole = recorded(folder)
    assert (short.asked_for, len(short.hits), short.is_short) == (1, 1, True)
    assert (whole.asked_for, whole.is_short) == (10, False)


def test_a_restricted_key_states_its_glossary(folder: Path, started: Started) -> None:
    """What its holder asks belongs to that glossary."""
    with started(glossaries=("ships",)) as http:
        http.get("/v1/search", params={"q": "lowest beam"})
    assert [one.glossary for one in recorded(folder)] == ["ships"]


def test_names_while_one_types_are_not_recorded(folder: Path, started: Started) -> None:
    """Nor is what a browser fetches in advance, what was refused, or an answer that it has."""
    with started() as http:
        http.get("/v1/suggest", params={"q": "whi"})
        http.get("/v1/search", params={"q": "whisk"}, headers={"Sec-Purpose": "prefetch"})
        http.get("/v1/search", params={"q": "whisk", "glossary": "none"})
        etag = http.get("/v1/search", params={"q": "whisk"}).headers["etag"]
        known = http.get("/v1/search", params={"q": "whisk"}, headers={"If-None-Match": etag})
        assert known.status_code == 304
    assert [one.text for one in recorded(folder)] == ["whisk"]


def test_the_page_counts_a_question_once(folder: Path, started: Started) -> None:
    """Pauses while one types are none, and so is what the page asks again."""
    with started() as http:
        http.headers["Accept"] = "text/html"
        for typed in ("beats", "beats air", "beats air into eggs", "beats air into eggs"):
            http.get("/", params={"q": typed}, headers=LOAD)
        http.get("/", params={"q": "keel"})
        http.get("/", params={"q": "keel"}, headers={"X-Page-Load": "again"})
        http.get("/", params={"q": "ladle"}, headers={"X-Page-Load": "<script>"})
    assert [one.text for one in recorded(folder)] == ["beats air into eggs", "keel", "ladle"]
    assert recorded(folder)[-1].page_load == ""


@pytest.mark.parametrize(
    "typed",
    [
        ("mail", "mail ann.smith", "mail ann.smith@example.org"),
        ("card 12", "card 1234 5678"),
        ("see my.example/page", "see my.exam"),
    ],
)
def test_nothing_stays_of_what_is_redacted_when_it_is_whole(
    folder: Path, started: Started, typed: tuple[str, ...]
) -> None:
    """Steps of typing are told by what was typed, not by what is recorded of it."""
    with started() as http:
        http.headers["Accept"] = "text/html"
        for text in typed:
            http.get("/", params={"q": text}, headers=LOAD)
    (one,) = recorded(folder)
    assert one.text.endswith("]")
    stored = (folder / "questions.db").read_bytes()
    assert b"ann" not in stored
    assert LOAD["X-Page-Load"].encode() not in stored


def test_opened_hits_are_recorded(folder: Path, started: Started) -> None:
    """The page says which."""
    question = "room 40417: beats air into eggs"
    with started() as http:
        page = http.get("/", params={"q": question}, headers={"Accept": "text/html", **LOAD})
        assert '<div id="answer" data-records>' in page.text
        assert 'data-id="kitchen:whisk"' in page.text
        assert "opened.js" in page.text
        body = {"question": question, "id": "kitchen:whisk"}
        done = http.post("/v1/search:opened", json=body, headers=LOAD)
        assert (done.status_code, done.content) == (204, b"")
    (one,) = recorded(folder)
    assert (one.text, one.opened) == ("room [number]: beats air into eggs", ("kitchen:whisk",))


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"question": " ", "id": "a:b"}, 422, "invalid-question"),
        ({"question": "a", "id": ""}, 422, "invalid-request"),
        ({"question": "a"}, 422, "invalid-request"),
        ({"question": "a", "id": "a:b", "who": "me"}, 422, "invalid-request"),
    ],
)
def test_what_is_no_opened_hit_is_refused(
    started: Started, body: dict[str, str], status: int, slug: str
) -> None:
    """With the reason."""
    with started() as http:
        problem_of(http.post("/v1/search:opened", json=body), status, slug)


ANSWER = b'{"verdict": "possible", "confidence": 0.4, "repaired": null, "hits": []}'


def test_a_full_queue_drops_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of answers never waits."""
    monkeypatch.setattr(question_recorder, "MAX_WAITING", 3)
    recorder = QuestionRecorder(tmp_path / "questions.db", 90)
    for n in range(5):
        recorder.asked(SearchRequest(f"question {n}"), ANSWER, "api")
    recorder.close()
    assert (recorder.written, recorder.lost) == (3, 2)
    assert len(recorded(tmp_path)) == 3


def test_large_answers_fill_the_queue_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are bounded, and free again when they are written."""
    monkeypatch.setattr(question_recorder, "MAX_WAITING_BYTES", 2 * len(ANSWER))
    recorder = QuestionRecorder(tmp_path / "questions.db", 90)
    for _ in range(2):
        for n in range(3):
            recorder.asked(SearchRequest(f"question {n}"), ANSWER, "api")
        recorder.close()
    assert (recorder.written, recorder.lost) == (4, 2)


def test_the_thread_writes_by_itself(tmp_path: Path) -> None:
    """A service that is killed loses a few seconds at most."""
    recorder = QuestionRecorder(tmp_path / "questions.db", 90, interval_s=0.01)
    recorder.start()
    try:
        recorder.asked(SearchRequest("a question"), ANSWER, "api")
        for _ in range(500):
            if recorder.written:
                break
            time.sleep(0.01)
        assert [one.text for one in recorded(tmp_path)] == ["a question"]
    finally:
        recorder.close()


HIT = b'{"id": "a:b", "score": 1.0}'
WITH_HIT = ANSWER.replace(b"[]", b"[%s]" % HIT)


def test_an_opened_hit_waits_for_its_question(tmp_path: Path) -> None:
    """Another process may have the question, and write it later."""
    now = [datetime(2027, 3, 1, 12, 0, tzinfo=UTC)]
    one, other = (QuestionRecorder(tmp_path / "questions.db", 90, lambda: now[0]) for _ in range(2))
    number = LOAD["X-Page-Load"]
    other.asked(SearchRequest("stir"), WITH_HIT, "page", number)
    one.opened("stir", None, "a:b", number)
    one.opened("never asked", None, "a:b", number)
    one.close()
    assert (one.written, one.lost) == (0, 0)
    other.close()
    now[0] += timedelta(seconds=4)
    one.close()
    assert [(each.text, each.opened) for each in recorded(tmp_path)] == [("stir", ("a:b",))]
    assert one.written == 1
    now[0] += timedelta(seconds=RETRY_S)
    one.close()
    other.asked(SearchRequest("never asked"), WITH_HIT, "page", number)
    other.close()
    one.close()
    assert [each.opened for each in recorded(tmp_path)] == [("a:b",), ()], "it waits no longer"


def test_few_opened_hits_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded: the latest ones do."""
    recorder, other = (QuestionRecorder(tmp_path / "questions.db", 90) for _ in range(2))
    for n in range(3):
        recorder.opened(f"question {n}", None, "a:b", "")
    monkeypatch.setattr(question_recorder, "MAX_WAITING", 2)
    recorder.close()
    for n in range(2):
        other.asked(SearchRequest(f"question {n}"), WITH_HIT, "page")
    other.close()
    recorder.close()
    assert [each.opened for each in recorded(tmp_path)] == [(), ("a:b",)]


def test_a_failure_is_counted_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Answers go on, and the log never has a question."""
    file = tmp_path / "questions.db"
    file.mkdir()
    recorder = QuestionRecorder(file, 90)
    recorder.asked(SearchRequest("a secret"), ANSWER, "api")
    recorder.close()
    assert (recorder.written, recorder.lost) == (0, 1)
    assert "1 questions could not be recorded" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.embedded_store("a shared store refuses to purge")
def test_a_purge_takes_ids_out(folder: Path, started: Started) -> None:
    """The recorded answers do not name what was purged."""
    with started() as http:
        http.get("/v1/search", params={"q": "beats air into eggs"})
    purge(folder, ["kitchen:whisk"])
    (one,) = recorded(folder)
    assert "kitchen:whisk" not in one.hits
    assert one.hits


def test_the_tag_of_pages_tells_whether_questions_are_recorded(
    app: FastAPI, started: Started
) -> None:
    """A page that a browser has is not taken for one that records."""
    with started() as http:
        assert http.app.state.settings_tag != app.state.settings_tag  # type: ignore[attr-defined]
