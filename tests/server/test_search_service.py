"""Questions in a batch, from the cache, and beyond the queue."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from semsearch.core.errors import GlossaryNotFound
from semsearch.core.settings import load_settings
from semsearch.search.answer import SearchRequest
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.batching import Client, Overloaded
from semsearch.server.search_service import SearchService, TimedAnswer
from semsearch.server.serialize import to_json
from tests.server.conftest import problem_of


def _names(timing: str) -> list[str]:
    return [part.split(";")[0] for part in timing.split(", ")]


def test_where_the_time_went(client: TestClient) -> None:
    """An answer says how long encoding and searching took, and one that is remembered says so."""
    first = client.get("/v1/search", params={"q": "a spoon for the soup of today"})
    again = client.get("/v1/search", params={"q": "a spoon for the soup of today"})
    other = client.get("/v1/search", params={"q": "a spoon for the soup of today", "limit": 3})
    assert _names(first.headers["server-timing"]) == ["queue", "encode", "search", "total"]
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
            search_service.workers.close()

    for one, reply in zip(asked, asyncio.run(together()), strict=True):
        expected = glossary.ask(one.question, k=one.k, glossary=one.glossary)
        assert reply.content == to_json(expected)


def test_a_bad_one_spoils_no_other(glossary: Glossary, index: Path) -> None:
    """What cannot be asked is refused before it waits with others."""

    async def together() -> list[object]:
        search_service = SearchService(glossary, load_settings(index=index))
        asked = (SearchRequest("GPS", glossary=name) for name in ("ships", "nowhere", "ships"))
        try:
            found = (search_service.ask(one, Client()) for one in asked)
            return await asyncio.gather(*found, return_exceptions=True)
        finally:
            search_service.workers.close()

    first, bad, last = asyncio.run(together())
    assert isinstance(bad, GlossaryNotFound)
    assert isinstance(first, TimedAnswer)
    assert isinstance(last, TimedAnswer)
    assert json.loads(first.content)["hits"][0]["id"] == "ships:gps"


def test_a_batch_is_answered_as_one_by_one(glossary: Glossary, index: Path) -> None:
    """In its order, also what it asks twice or what is remembered; and it is remembered."""
    asked = [SearchRequest(f"soup {n % 45}", k=3) for n in range(60)]

    async def together() -> tuple[list[bytes], TimedAnswer]:
        search_service = SearchService(glossary, load_settings(index=index))
        try:
            await search_service.ask(asked[3], Client())
            return await search_service.ask_all(asked, Client()), await search_service.ask(
                asked[7], Client()
            )
        finally:
            search_service.workers.close()

    answers, again = asyncio.run(together())
    assert answers == [to_json(glossary.ask(one.question, k=3)) for one in asked]
    assert (again.content, again.timings) == (answers[7], {"cache": "answer"})


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
            search_service.workers.close()

    asyncio.run(both())
    assert done == ["question", "batch"]


def test_a_batch_is_refused_as_a_whole(glossary: Glossary, index: Path) -> None:
    """When no more may wait; the first one finds the threads free."""

    async def ask() -> list[bool]:
        search_service = SearchService(glossary, load_settings(index=index, queue=1))
        asked = [SearchRequest(f"soup {n}") for n in range(64)]
        try:
            batches = (search_service.ask_all(asked[n:], Client()) for n in range(8))
            found = await asyncio.gather(*batches, return_exceptions=True)
        finally:
            search_service.workers.close()
        return [isinstance(one, Overloaded) for one in found]

    assert asyncio.run(ask()) == [False] + 7 * [True]


def test_what_is_remembered_is_bounded(glossary: Glossary, index: Path) -> None:
    """With no room nothing is kept, and everything is answered."""

    async def twice() -> list[TimedAnswer]:
        search_service = SearchService(glossary, load_settings(index=index, cache=0))
        try:
            return [
                await search_service.ask(SearchRequest("soup of the day"), Client())
                for _ in range(2)
            ]
        finally:
            search_service.workers.close()

    first, second = asyncio.run(twice())
    assert first.content == second.content
    assert "encode" in second.timings


@pytest.fixture
def narrow(glossary: Glossary, index: Path) -> FastAPI:
    """Return an application in which one request may wait."""
    return create_app(glossary, load_settings(index=index, queue=1, cache=0))


def test_too_many_are_refused_quickly(narrow: FastAPI) -> None:
    """With 503, a time to come back and nothing done; afterwards all is as before."""

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
    """Whatever needs a thread waits in the same line."""
    search_service: SearchService = narrow.state.search_service

    async def fill() -> None:
        tasks = [
            asyncio.create_task(search_service.workers.run(lambda: 1, replace(Client())))
            for _ in range(30)
        ]
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert any(isinstance(one, Overloaded) for one in done)

    asyncio.run(fill())
    search_service.workers.close()
