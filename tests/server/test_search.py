"""Routes that read: `routes.search`, `entries`, `map`, `parameters`, and `request_context`.

Each answer is that of the library.

Covers `server/app`, `server/app_state`, `server/http/middleware`, `server/routes/changes`,
`server/routes/entries`, `server/routes/health`, `server/serialize`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from semsearch import __version__
from semsearch.core.settings import load_settings
from semsearch.ranking.confidence import THRESHOLD
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.assistants.protocol import is_installed
from semsearch.server.request_context import settings_tag
from semsearch.server.schemas.answers import WireAnswer
from semsearch.server.serialize import to_json
from tests.server.conftest import ENTRIES, check_common_headers, problem_of

WHISK = {
    "id": "kitchen:whisk",
    "term": "Whisk",
    "definition": ENTRIES[0].definition,
    "aliases": ["Egg beater"],
    "glossary": "kitchen",
    "language": "en",
    "source": {"file": "kitchen.md", "line": 3},
}
GETS = [
    "/v1/search?q=soup",
    "/v1/entries/kitchen:whisk/related",
    "/v1/glossaries",
]


@pytest.mark.parametrize(
    "question", ["Whisk", "what is a deep spoon for soup?", "GPS", "zzzz qqqq"]
)
def test_search_gives_what_the_library_gives(
    client: TestClient, glossary: Glossary, question: str
) -> None:
    """HTTP adds nothing to an answer and leaves nothing out."""
    response = client.get("/v1/search", params={"q": question, "limit": 5})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.content == to_json(glossary.ask(question, k=5))
    TypeAdapter(WireAnswer).validate_json(response.content, strict=True)


def test_search_finds_a_term_and_an_alias_first(client: TestClient) -> None:
    """A name is found as such, with the reason."""
    for question, name in (("whisk", "Whisk"), ("egg beater", "Egg beater")):
        answer = client.get("/v1/search", params={"q": question, "limit": 1}).json()
        assert [hit["id"] for hit in answer["hits"]] == ["kitchen:whisk"]
        hit = answer["hits"][0]
        assert (hit["matched_by"], hit["matched_name"], hit["rank"]) == ("exact", name, 1)
        assert not answer["no_close_match"]
        assert {key: hit[key] for key in WHISK} == WHISK


def test_offsets_count_characters(client: TestClient) -> None:
    """Spans are offsets into the definition by characters, also behind one outside the BMP."""
    hit = client.get("/v1/search", params={"q": "stir sauces", "limit": 1}).json()["hits"][0]
    assert hit["id"] == "kitchen:whisk"
    for span in [*hit["matched_words"], hit["sentence"]]:
        assert hit["definition"][span["start"] : span["end"]] == span["text"]
    assert [span["text"] for span in hit["matched_words"]] == ["stir", "sauces"]
    assert hit["sentence"]["text"] == "Cooks also stir sauces with it."


def test_words_of_the_term_are_marked_too(client: TestClient) -> None:
    """Their offsets are those of the term; words that carry nothing are not among them."""
    asked = {"q": "a positioned system of the ships", "limit": "8"}
    hits = {hit["id"]: hit for hit in client.get("/v1/search", params=asked).json()["hits"]}
    gps = hits["ships:gps"]
    assert gps["matched_term_words"] == [
        {"start": 7, "end": 18, "text": "Positioning"},
        {"start": 19, "end": 25, "text": "System"},
    ]
    assert gps["term"][7:18] == "Positioning"
    assert [word["text"] for word in gps["matched_words"]] == ["ship"]
    assert hits["kitchen:ladle"]["matched_term_words"] == []


def test_search_within_one_glossary(client: TestClient) -> None:
    """Only entries of the glossary asked for are found, and `limit` bounds them."""
    asked = {"q": "a long handle", "glossary": "ships"}
    hits = client.get("/v1/search", params=asked).json()["hits"]
    assert {hit["glossary"] for hit in hits} == {"ships"}
    assert len(client.get("/v1/search", params=asked | {"limit": "2"}).json()["hits"]) == 2


def test_default_limit_is_ten_and_at_most_all_entries(client: TestClient) -> None:
    """An index of eight entries answers a hundred hits with eight."""
    for limit in ({}, {"limit": "100"}):
        answer = client.get("/v1/search", params={"q": "ship"} | limit).json()
        assert len(answer["hits"]) == len(ENTRIES)
        assert [hit["rank"] for hit in answer["hits"]] == list(range(1, 9))


@pytest.mark.parametrize("question", ["a deep spoon for soup", "Whisk", "wisk", "zzzz qqqq"])
def test_min_confidence_labels_and_never_moves(client: TestClient, question: str) -> None:
    """Order, scores and confidence stay; verdict, matches and labels obey the threshold."""
    bounds = ["0", "0.4", "0.75", "0.999999", "1", "1e-3"]
    asked = [{"q": question, "min_confidence": bound} for bound in bounds]
    answers = [client.get("/v1/search", params=one).json() for one in asked]
    first = answers[0]
    for bound, answer in zip(bounds, answers, strict=True):
        assert answer["confidence"] == first["confidence"]
        assert _order(answer) == _order(first)
        labels = [hit["matched_by"] for hit in answer["hits"]]
        assert answer["matches"] == sum(label != "nearest" for label in labels)
        assert answer["no_close_match"] == (answer["confidence"] < float(bound))
        assert (answer["matches"] == 0) == (answer["verdict"] == "no close match")
    counts = [answer["matches"] for answer in answers[:5]]
    assert counts == sorted(counts, reverse=True)
    assert (counts[0] > 0, counts[-1]) == (True, 0)


def _order(answer: dict[str, Any]) -> list[tuple[int, str, float]]:
    return [(hit["rank"], hit["id"], hit["score"]) for hit in answer["hits"]]


def test_min_confidence_is_the_threshold_unless_given(
    client: TestClient, glossary: Glossary
) -> None:
    """The default threshold applies if none is given; a batch uses it for every question."""
    questions = ["a deep spoon for soup", "Whisk"]
    default = client.get("/v1/search", params={"q": questions[0]})
    stated = client.get("/v1/search", params={"q": questions[0], "min_confidence": THRESHOLD})
    assert stated.json() == default.json()
    assert stated.headers["etag"] == default.headers["etag"]  # kept by address, checked by index
    batch = client.post("/v1/search", json={"questions": questions, "min_confidence": 1})
    assert batch.content == to_json(glossary.ask_many(questions, min_confidence=1))
    assert [answer["verdict"] for answer in batch.json()] == ["no close match"] * 2


def test_batch_answers_in_order(client: TestClient) -> None:
    """A batch is the answers of its questions, one by one."""
    questions = ["Whisk", "the lowest beam", "GPS"]
    response = client.post("/v1/search", json={"questions": questions, "limit": 2})
    assert response.status_code == 200
    single = [client.get("/v1/search", params={"q": q, "limit": 2}).json() for q in questions]
    assert response.json() == single
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_a_batch_is_bounded_in_sum(client: TestClient) -> None:
    """A small request for everything many times gets no megabytes."""
    asked = {"questions": ["GPS"] * 64, "limit": 100}
    problem = problem_of(client.post("/v1/search", json=asked), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/limit"
    assert "6,400 hits" in problem["detail"]
    assert client.post("/v1/search", json={**asked, "limit": 31}).status_code == 200


def test_batch_takes_64_questions_and_refuses_65(client: TestClient) -> None:
    """The bound is on the number of questions, and one too many answers none."""
    full = client.post("/v1/search", json={"questions": ["keel"] * 64, "limit": 1})
    assert full.status_code == 200
    assert [a["hits"][0]["id"] for a in full.json()] == ["ships:keel"] * 64
    body = problem_of(
        client.post("/v1/search", json={"questions": ["keel"] * 65}), 422, "invalid-request"
    )
    assert body["errors"][0]["pointer"] == "/questions"


def test_entry_by_id_name_alias_and_acronym(client: TestClient) -> None:
    """An entry has one id; its other names lead to it as well."""
    for name in ("kitchen:whisk", "Whisk", "egg%20beater"):
        assert client.get(f"/v1/entries/{name}").json() == {
            **WHISK,
            "see_also": ["ladle", "Fork"],
            "revision": 1,
        }
    assert client.get("/v1/entries/GPS").json()["id"] == "ships:gps"
    assert client.get("/v1/entries/Port%2FStarboard").json()["id"] == "ships:port-starboard"
    keel = client.get("/v1/entries/ships:keel").json()
    assert keel["source"] is None


def test_related_gives_what_the_library_gives(client: TestClient, glossary: Glossary) -> None:
    """Authored and computed terms, each in its group; a linked term is not repeated as similar."""
    body = client.get("/v1/entries/kitchen:whisk/related?limit=3").json()
    assert body == json.loads(to_json(glossary.related("kitchen:whisk", k=3)))
    ladle = {
        "id": "kitchen:ladle",
        "term": "Ladle",
        "glossary": "kitchen",
        "span": None,
        "relation": "see_also",
    }
    assert (body["see_also"], body["mentions"], body["mentioned_by"]) == ([ladle], [], [])
    similar = [n["id"] for n in body["similar_meaning"]]
    assert not {"kitchen:whisk", "kitchen:ladle"} & set(similar)
    assert [n["rank"] for n in body["similar_meaning"]] == list(range(1, len(similar) + 1))
    back = client.get("/v1/entries/Ladle/related").json()
    assert [r["id"] for r in back["mentioned_by"]] == ["kitchen:whisk"]
    slash = client.get("/v1/entries/Port%2FStarboard/related?limit=1").json()
    assert slash["id"] == "ships:port-starboard"


def test_glossaries(client: TestClient) -> None:
    """Glossaries come by name, with their sizes."""
    expected = [{"name": "kitchen", "entries": 4}, {"name": "ships", "entries": 4}]
    assert client.get("/v1/glossaries").json() == expected


@pytest.mark.parametrize("path", GETS)
def test_unchanged_answers_are_not_sent_again(
    client: TestClient, glossary: Glossary, path: str
) -> None:
    """A GET has an ETag of index, version and settings; sent back, also in a list, it gives 304."""
    first = client.get(path)
    etag = first.headers["etag"]
    assert re.fullmatch(f'"{re.escape(f"{glossary.tag}-{__version__}")}-[0-9a-f]{{8}}"', etag)
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "Accept, Authorization"
    check_common_headers(first.headers)
    for held in (etag, f"W/{etag}", f'"other", {etag}'):
        again = client.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        check_common_headers(again.headers)
    for other in ('"other"', "", "nonsense"):
        assert client.get(path, headers={"If-None-Match": other}).status_code == 200


def test_other_settings_make_other_tags(
    glossary: Glossary, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages and feeds have the public URL in links, and /llms.txt what is installed."""

    def tag_of(path: str, **settings: str) -> str:
        given = load_settings(index=index, read="open", **settings)
        with TestClient(create_app(glossary, given)) as client:
            return str(client.get(path).headers["etag"])

    first = {"public_url": "https://a.example"}
    second = {"public_url": "https://b.example"}
    for path in ("/feed.atom", "/llms.txt", "/entry/kitchen:whisk"):
        assert tag_of(path, **first) == tag_of(path, **first)
        assert tag_of(path, **first) != tag_of(path, **second)
    before = tag_of("/llms.txt", **first)
    monkeypatch.setattr("semsearch.server.app.is_installed", lambda: not is_installed())
    assert tag_of("/llms.txt", **first) != before
    settings = load_settings()
    assert settings_tag(settings, is_open=True, has_assistants=True) != settings_tag(
        settings, is_open=False, has_assistants=True
    )


def test_a_held_answer_does_not_hide_a_bad_request(client: TestClient) -> None:
    """Preconditions count only where the request would succeed."""
    etag = client.get("/v1/glossaries").headers["etag"]
    response = client.get("/v1/search?q=", headers={"If-None-Match": etag})
    problem_of(response, 422, "invalid-question")


@pytest.mark.parametrize(
    "path", [*GETS, "/", "/docs", "/openapi.json", "/livez", "/static/page.js"]
)
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    """HEAD has the headers of GET."""
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "cache-control"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health(client: TestClient, path: str) -> None:
    """A warm service is alive and ready."""
    response = client.get(path)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["cache-control"] == "no-store"


def test_not_ready_before_the_first_question(glossary: Glossary) -> None:
    """Alive is not ready: before its start-up has run, the service says so."""
    cold = TestClient(create_app(glossary, load_settings()))
    assert cold.get("/livez").status_code == 200
    response = cold.get("/readyz")
    problem_of(response, 503, "not-ready")
    assert response.headers["retry-after"] == "1"


def test_problem_types_can_be_read(client: TestClient) -> None:
    """The `type` of a problem leads to its explanation."""
    body: dict[str, Any] = client.get("/v1/entries/none").json()
    page = client.get(body["type"])
    assert page.status_code == 200
    assert page.text.startswith("There is no such entry (status 404)\n")
    problem_of(client.get("/problems/none"), 404, "not-found")


def test_search_within_one_language(client: TestClient) -> None:
    """Entries in other languages are not found; the refusal of an unknown one lists languages."""
    asked = {"q": "a long handle", "lang": "EN"}
    assert client.get("/v1/search", params=asked).json()["hits"][0]["id"] == "kitchen:ladle"
    for path in ("/v1/search", "/v1/suggest"):
        refused = client.get(path, params=asked | {"lang": "de"})
        assert (refused.status_code, refused.json()["type"]) == (
            400,
            "/problems/language-not-found",
        )
        assert (
            refused.json()["detail"] == "nothing is defined or named in that language; there are en"
        )
        assert client.get(path, params=asked | {"lang": "e_n"}).status_code == 422
    batch = {"questions": ["soup"], "lang": "de"}
    assert client.post("/v1/search", json=batch).status_code == 400
    assert client.post("/v1/search", json=batch | {"lang": "en"}).json()[0]["hits"]
