"""Questions in a batch, from the cache, and beyond the queue."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from semsearch.core.errors import GlossaryNotFound
from semsearch.core.settings import load_settings
from semsearch.search.answer import EmbeddedQuery, SearchRequest
from semsearch.search.glossary import Glossary
from semsearch.server import search_service
from semsearch.server.app import create_app
from semsearch.server.queueing.batching import Client
from semsearch.server.queueing.waiting_line import Overloaded
from semsearch.server.search_service import PART_COST, SearchService, TimedAnswer, cost_of
from semsearch.server.serialize import to_json
from tests.server.conftest import problem_of


def _names(timing: str) -> list[str]:
    return [part.split(";")[0] for part in timing.split(", ")]


def test_where_the_time_went(client: TestClient, request: pytest.FixtureRequest) -> None:
    """An answer says how long encoding and searching took, and one that is remembered says so."""
    question = f"a spoon for {request.node.name}"  # which the encoder does not remember
    first = client.get("/v1/search", params={"q": question})
    again = client.get("/v1/search", params={"q": question})
    other = client.get("/v1/search", params={"q": question, "limit": 3})
    assert _names(first.headers["server-timing"]) == [
        "queue",
        "encode",
        "retrieve",
        "answer",
        "total",
    ]
    assert re.fullmatch(r'cache;desc="answer", total;dur=\d+\.\d\d', again.headers["server-timing"])
    assert 'cache;desc="vector"' in other.headers["server-timing"]
    assert first.content == again.content
    assert other.json()["hits"] == first.json()["hits"][:3]


def test_many_at_once_are_answered_as_one_by_one(glossary: Glossary, index: Path) -> None:
    """Each gets the answer to its own question, with its own settings."""
    asked = [
        SearchRequest(question, k, name)
        for question in ("a tool of wires", "GPS", "left of a ship", "Whisk", "holes", "soup")
        for k in (1, 3)
        for name in (None, "kitchen", "ships")
    ]

    async def together() -> list[TimedAnswer]:
        search_service = SearchService(glossary, load_settings(index=index))
        try:
            return await asyncio.gather(*(search_service.ask(one, Client()) for one in asked))
        finally:
            search_service.close()

    for one, reply in zip(asked, asyncio.run(together()), strict=True):
        expected = glossary.ask(one.question, k=one.k, glossary=one.glossary)
        assert reply.content == to_json(expected)


@pytest.mark.parametrize(
    ("question", "cost"),
    [
        ("what makes dough rise?", 1),
        ("what makes dough rise " * 9, 2),
        ("\u4ec0\u4e48\u53ef\u4ee5\u9632\u6b62" * 16, 4),
        ("?!" * 48, 4),
        ("\u4ec0" * 1000, 11),
        ("a" * 1000, 11),
    ],
)
def test_a_question_costs_as_its_tokens(question: str, cost: int) -> None:
    """A sign, a digit or a character of Chinese may be a token, where four letters of English are.

    What the encoder cuts off costs nothing.
    """
    assert cost_of(SearchRequest(question)) == cost


def test_a_bad_one_spoils_no_other(glossary: Glossary, index: Path) -> None:
    """What cannot be asked is refused before it waits with others."""

    async def together() -> list[object]:
        search_service = SearchService(glossary, load_settings(index=index))
        asked = (SearchRequest("GPS", glossary=name) for name in ("ships", "nowhere", "ships"))
        try:
            found = (search_service.ask(one, Client()) for one in asked)
            return await asyncio.gather(*found, return_exceptions=True)
        finally:
            search_service.close()

    first, bad, last = asyncio.run(together())
    assert isinstance(bad, GlossaryNotFound)
    assert isinstance(first, TimedAnswer)
    assert isinstance(last, TimedAnswer)
    assert json.loads(first.content)["hits"][0]["id"] == "ships:gps"


def test_a_batch_is_answered_as_one_by_one(glossary: Glossary, index: Path) -> None:
    """A batch keeps its order, with repeats and cached answers, and fills the cache."""
    asked = [SearchRequest(f"soup {n % 45}", k=3) for n in range(60)]

    async def together() -> tuple[list[bytes], TimedAnswer]:
        search_service = SearchService(glossary, load_settings(index=index))
        try:
            await search_service.ask(asked[3], Client())
            return await search_service.ask_all(asked, Client()), await search_service.ask(
                asked[7], Client()
            )
        finally:
            search_service.close()

    answers, again = asyncio.run(together())
    assert answers == [to_json(glossary.ask(one.question, k=3)) for one in asked]
    assert (again.content, again.timings) == (answers[7], {"cache": "answer"})


def test_the_answers_to_a_batch_are_bounded_in_sum(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """350 bytes asked for 135 MB, since repeats and remembered answers count as much as others."""
    size = len(client.post("/v1/search", json={"questions": ["a deep spoon"]}).content)
    monkeypatch.setattr(search_service, "MAX_ANSWERS_BYTES", 4 * size + 100)
    for questions in (["a deep spoon"] * 5, [f"a deep spoon {'!' * n}" for n in range(8)]):
        refused = client.post("/v1/search", json={"questions": questions})
        detail = problem_of(refused, 413, "too-large")["detail"]
        assert detail.endswith("bytes in sum; ask fewer questions at a time, or for fewer hits")
    assert len(client.post("/v1/search", json={"questions": ["a deep spoon"] * 4}).json()) == 4


def test_a_batch_lets_others_through(glossary: Glossary, index: Path) -> None:
    """A question that comes after a batch is answered before all of the batch is."""
    done: list[str] = []

    async def batch(search_service: SearchService) -> None:
        await search_service.ask_all([SearchRequest(f"soup {n}") for n in range(64)], Client())
        done.append("batch")

    async def question(search_service: SearchService) -> None:
        await search_service.ask(SearchRequest("GPS"), Client())
        done.append("question")

    async def both() -> None:
        search_service = SearchService(glossary, load_settings(index=index))
        try:
            await asyncio.gather(batch(search_service), question(search_service))
        finally:
            search_service.close()

    asyncio.run(both())
    assert done == ["question", "batch"]


def test_a_batch_is_answered_in_small_parts_by_one_thread(
    glossary: Glossary, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So long questions hold neither both threads nor much memory."""
    parts: list[int] = []
    under_way = [0, 0]
    prepare = Glossary.prepare

    def observed(
        self: Glossary, requests: Sequence[SearchRequest], *, refresh: bool
    ) -> list[EmbeddedQuery]:
        under_way[0] += 1
        under_way[1] = max(under_way)
        parts.append(sum(map(cost_of, requests)))
        try:
            return prepare(self, requests, refresh=refresh)
        finally:
            under_way[0] -= 1

    monkeypatch.setattr(Glossary, "prepare", observed)
    long = [SearchRequest(f"soup {n} " + "spoon " * 160) for n in range(4)]
    short = [SearchRequest(f"soup {n}") for n in range(20)]

    async def ask() -> None:
        search_service = SearchService(glossary, load_settings(index=index))
        try:
            await asyncio.gather(
                *(search_service.ask_all(one, Client()) for one in ([*long, *short], long[:1]))
            )
        finally:
            search_service.close()

    asyncio.run(ask())
    assert under_way[1] == 1
    assert sorted(parts, reverse=True)[:5] == 5 * [cost_of(long[0])]
    assert sorted(parts)[:3] == [4, PART_COST, PART_COST]


def test_a_batch_ends_when_its_client_leaves(glossary: Glossary, index: Path) -> None:
    """Nothing is embedded that nobody waits for."""
    asked = [SearchRequest(f"soup {n}") for n in range(64)]

    async def ask() -> int:
        search_service = SearchService(glossary, load_settings(index=index))
        client = Client()
        try:
            batch = asyncio.create_task(search_service.ask_all(asked, client))
            while not search_service.cached:
                await asyncio.sleep(0)
            client.has_left = True
            with pytest.raises(Overloaded):
                await batch
            return search_service.cached
        finally:
            search_service.close()

    assert asyncio.run(ask()) <= 2 * PART_COST


def test_a_batch_has_a_deadline(
    glossary: Glossary, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is not answered in time is refused, and the rest is not asked."""
    monkeypatch.setattr("semsearch.server.search_service.BATCH_S", 0.05)

    async def ask() -> None:
        search_service = SearchService(glossary, load_settings(index=index))
        slow = asyncio.create_task(search_service.run_heavy(partial(time.sleep, 0.2), Client()))
        await asyncio.sleep(0)
        try:
            with pytest.raises(Overloaded):
                await search_service.ask_all([SearchRequest("soup")], Client())
            await slow
            assert await search_service.run_heavy(lambda: 3, Client()) == 3
        finally:
            search_service.close()

    asyncio.run(ask())


def test_what_is_remembered_is_bounded(glossary: Glossary, index: Path) -> None:
    """With a cache of size 0 nothing is cached, and every question is answered."""

    async def twice() -> list[TimedAnswer]:
        search_service = SearchService(glossary, load_settings(index=index, cache=0))
        try:
            return [
                await search_service.ask(SearchRequest("soup of the day"), Client())
                for _ in range(2)
            ]
        finally:
            search_service.close()

    first, second = asyncio.run(twice())
    assert first.content == second.content
    assert "encode" in second.timings


@pytest.fixture
def narrow(glossary: Glossary, index: Path) -> FastAPI:
    """Return an application in which one request may wait."""
    return create_app(glossary, load_settings(index=index, queue=1, cache=0))


def test_too_many_are_refused_quickly(narrow: FastAPI) -> None:
    """The refusal is 503 with `Retry-After`; afterwards the service answers as before."""

    async def ask() -> list[httpx2.Response]:
        async with (
            narrow.router.lifespan_context(narrow),
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(narrow), base_url="http://test"
            ) as http,
        ):
            many = (http.get("/v1/search", params={"q": f"soup {n}"}) for n in range(40))
            found = await asyncio.gather(*many)
            return [*found, await http.get("/v1/search", params={"q": "soup"})]

    *found, after = asyncio.run(ask())
    refused = [response for response in found if response.status_code == 503]
    assert refused
    assert len(refused) < len(found)
    for response in refused:
        problem_of(response, 503, "overloaded")
        assert response.headers["retry-after"] == "1"
    assert after.status_code == 200


def test_other_routes_are_refused_too(narrow: FastAPI) -> None:
    """All routes that need a thread wait in the same queue."""
    search_service: SearchService = narrow.state.search_service

    async def fill() -> None:
        tasks = [
            asyncio.create_task(search_service.page_workers.run(lambda: 1, replace(Client())))
            for _ in range(30)
        ]
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert any(isinstance(one, Overloaded) for one in done)

    asyncio.run(fill())
    search_service.close()


def test_pages_do_not_hide_how_long_questions_take(glossary: Glossary, index: Path) -> None:
    """Each line has a pace of its own."""
    search_service = SearchService(glossary, load_settings(index=index))

    async def work() -> None:
        for _ in range(20):
            await search_service.page_workers.run(lambda: None)

    asyncio.run(work())
    search_service.close()
    assert search_service.page_workers.line.pace > 0
    assert search_service.question_line.pace == 0


def test_many_that_look_at_the_index_share_a_look(glossary: Glossary, index: Path) -> None:
    """Nobody waits for the looks of all others; whoever comes later gets a later look."""
    service = SearchService(glossary, load_settings(index=index))
    looks: list[int] = []

    class Behind:
        is_behind = True

        def refresh(self, *, wait: bool) -> None:
            assert not wait
            looks.append(len(looks))
            time.sleep(0.05)

    service._glossary = Behind()  # type: ignore[assignment]

    async def many() -> None:
        first = [asyncio.create_task(service.refresh()) for _ in range(50)]
        await asyncio.sleep(0.02)  # the first look is under way
        first[0].cancel()
        await asyncio.gather(*(service.refresh() for _ in range(50)))
        await asyncio.gather(*first, return_exceptions=True)

    asyncio.run(many())
    service.close()
    assert looks == [0, 1]
