"""A service whose embeddings server is away, and comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from semsearch.core.entries import Details
from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.example_questions import PASSING_S, ExampleQuestions
from tests.chat_server import Reply
from tests.embeddings_server import EmbeddingsStandIn, embedding
from tests.models.test_circuit_breaker import StoppedClock
from tests.own_indexes import key_header
from tests.server.conftest import ENTRIES, problem_of
from tests.server.test_edits import SIEVE

DESCRIBED = {"q": "a deep spoon with a long handle"}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingsStandIn]:
    """Run a server whose address is in the environment."""
    with embedding() as (server, made):
        monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", server.url)
        yield made


@pytest.fixture
def client(stand_in: EmbeddingsStandIn, unbuilt: Path) -> Iterator[TestClient]:
    """Yield a client of a service over an index that it embedded."""
    build_index(ENTRIES, unbuilt, model="api:m")
    stand_in.fault = lambda _: Reply.error(418, "on strike at 10.1.2.3")
    with (
        Glossary.open(unbuilt) as glossary,
        TestClient(create_app(glossary, load_settings(index=unbuilt))) as started,
    ):
        started.headers.update(key_header(unbuilt))
        yield started


def test_questions_are_answered_with_a_notice_that_nothing_stores(
    stand_in: EmbeddingsStandIn, client: TestClient
) -> None:
    """JSON and page say it; when the server is back, the next answer is whole."""
    answer = client.get("/v1/search", params=DESCRIBED)
    assert answer.status_code == 200
    (notice,) = answer.json()["notices"]
    assert notice["kind"] == "words-only"
    assert answer.json()["hits"][0]["term"] == "Ladle"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    page = client.get("/", params=DESCRIBED)
    assert notice["message"] in page.text
    assert page.headers["cache-control"] == "no-store"
    (batch,) = client.post("/v1/search", json={"questions": [DESCRIBED["q"]]}).json()
    assert batch["notices"] == [notice]
    stand_in.fault = lambda _: None
    answer = _whole_answer(client)
    assert answer.json()["hits"][0]["similarity"] > 0
    assert answer.headers["etag"]


def test_examples_are_made_again_when_the_server_is_back(
    stand_in: EmbeddingsStandIn, unbuilt: Path
) -> None:
    """Those found by words alone stay for a while, and no client stores their page."""
    described = replace(ENTRIES[0], details=Details(asked_as=("what makes eggs fluffy?",)))
    build_index([described, *ENTRIES[1:]], unbuilt, model="api:m")
    clock = StoppedClock()
    with Glossary.open(unbuilt) as glossary:
        whole = ExampleQuestions(glossary)
        expected = whole.get()
        assert not whole.are_passing
    stand_in.fault = lambda _: Reply.error(400, "on strike")  # does not open the circuit
    with Glossary.open(unbuilt) as glossary:
        examples = ExampleQuestions(glossary, clock)
        passing = examples.get()
        assert examples.are_passing
        stand_in.fault = lambda _: None
        assert examples.get() is passing
        clock.now += PASSING_S
        assert examples.get() == expected
        assert not examples.are_passing
        assert examples.get() is examples.get()


def test_no_client_stores_a_page_of_such_examples(
    stand_in: EmbeddingsStandIn, client: TestClient
) -> None:
    """It has no tag, by which it would be taken for the present page later."""
    page = client.get("/")
    assert page.headers["cache-control"] == "no-store"
    assert "etag" not in page.headers


def _whole_answer(client: TestClient) -> Any:  # noqa: ANN401 - of the test client
    """Ask until the circuit breaker lets a question pass."""
    for _ in range(600):
        answer = client.get("/v1/search", params=DESCRIBED)
        if "notices" not in answer.json():
            return answer
        time.sleep(0.1)
    pytest.fail("the server is not asked again")


def test_what_needs_a_vector_waits(stand_in: EmbeddingsStandIn, client: TestClient) -> None:
    """503 with `Retry-After`, and no word of where the server is."""
    for response in (
        client.post("/v1/entries", json=SIEVE),
        client.get("/v1/map/question", params=DESCRIBED),
    ):
        problem_of(response, 503, "encoder-away")
        assert response.headers["retry-after"] == "5"
        assert not any(part in response.text for part in ("10.1.2.3", "127.0.0.1"))
    stand_in.fault = lambda _: None
    assert client.post("/v1/entries", json=SIEVE).status_code == 201
