"""The protocol over HTTP: every client, access keys, hosts, origins, limits and workers."""

from __future__ import annotations

import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.assistants.outputs import FetchOutput, RelatedOutput, SearchOutput
from semsearch.server.assistants.readers import RequestReader
from semsearch.server.auth.keys import KeyScope
from semsearch.server.queueing.waiting_line import Overloaded
from tests.own_indexes import new_key
from tests.server.assistants.conversation import PROTOCOLS, client_call, ten_calls
from tests.server.conftest import problem_of
from tests.server.service_process import serving

MODES = ("legacy", "auto")
ACCEPT = {"Accept": "application/json, text/event-stream"}
SEARCH = {"name": "search", "arguments": {"query": "whisk", "limit": 1}}


def _message(method: str, params: dict[str, Any], id: int = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


@asynccontextmanager
async def _connected(
    url: str, mode: str, transport: httpx2.AsyncBaseTransport | None = None, key: str = ""
) -> AsyncIterator[Client]:
    """Yield a client of the SDK, which sends a key if there is one."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        httpx2.AsyncClient(transport=transport, headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.mark.parametrize("mode", MODES)
def test_a_conversation_over_http(glossary: Glossary, index: Path, mode: str) -> None:
    """Ten calls by the client of the SDK; pages have addresses."""
    app = create_app(glossary, load_settings(index=index))

    async def talk() -> None:
        transport = httpx2.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            _connected("http://127.0.0.1", mode, transport) as client,
        ):
            await ten_calls(client_call(client))
            entry = await client.call_tool("fetch", {"id": "whisk"})
            assert entry.structured_content["url"] == "http://127.0.0.1/entry/kitchen:whisk"
            ladle = "[Ladle](http://127.0.0.1/entry/kitchen:ladle.md)"
            assert ladle in entry.structured_content["text"]

    anyio.run(talk)


@pytest.mark.parametrize("version", PROTOCOLS)
def test_a_conversation_over_http_in_earlier_versions(client: TestClient, version: str) -> None:
    """Bare messages with a handshake, as a client sends that does not use the SDK."""
    headers = {**ACCEPT, "MCP-Protocol-Version": version}

    def ask(method: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        answer = client.post("/mcp", json=_message(method, params), headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        return answer.json()["result"]

    about = {"name": "bare", "version": "1"}
    begun = ask("initialize", {"protocolVersion": version, "capabilities": {}, "clientInfo": about})
    assert begun["protocolVersion"] == version
    assert set(begun["capabilities"]) == {"tools"}
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert client.post("/mcp", json=note, headers=headers).status_code == 202

    async def call(name: str, arguments: dict[str, Any]) -> tuple[Any, bool]:
        result = ask("tools/call", {"name": name, "arguments": arguments})
        return result.get("structuredContent"), result.get("isError", False)

    anyio.run(ten_calls, call)


def test_what_the_address_refuses(client: TestClient) -> None:
    """Streams, which would hold a connection, and what is no message."""
    problem_of(client.get("/mcp", headers=ACCEPT), 405, "method-not-allowed")
    problem_of(client.delete("/mcp"), 405, "method-not-allowed")
    broken = client.post(
        "/mcp", content=b"{", headers={**ACCEPT, "Content-Type": "application/json"}
    )
    assert broken.status_code == 400
    assert broken.json()["error"]["code"] == -32700
    for untyped in ({"content": b"{}"}, {"data": {"a": "b"}}):
        answer = client.post("/mcp", headers=ACCEPT, **untyped)
        assert (answer.status_code, answer.text) == (400, "Invalid Content-Type header")
    large = client.post("/mcp", json={"a": "b" * 33_000}, headers=ACCEPT)
    assert large.status_code == 413


@pytest.mark.parametrize(
    ("origin", "is_answered"),
    [
        ("http://testserver", True),
        ("https://docs.example", True),
        ("https://evil.example", False),
        ("https://testserver.evil.example", False),
        ("http://[", False),
        ("null", False),
        ("", False),
    ],
)
def test_pages_of_other_sites(
    glossary: Glossary, index: Path, origin: str, is_answered: bool
) -> None:
    """A browser names the site of a page; only this one and those of the settings may ask."""
    settings = load_settings(index=index, origins="https://docs.example")
    with TestClient(create_app(glossary, settings)) as client:
        headers = {**ACCEPT, "Origin": origin}
        answer = client.post("/mcp", json=_message("tools/call", SEARCH), headers=headers)
        if is_answered:
            assert answer.status_code == 200
        else:
            problem_of(answer, 403, "not-permitted")


def test_other_hosts_are_refused(glossary: Glossary, index: Path) -> None:
    """The names by which the service is asked hold for assistants as well."""
    with TestClient(create_app(glossary, load_settings(index=index), hosts={"own"})) as client:
        asked = partial(client.post, "/mcp", json=_message("tools/call", SEARCH))
        assert asked(headers={**ACCEPT, "Host": "own"}).status_code == 200
        problem_of(asked(headers={**ACCEPT, "Host": "evil.example"}), 421, "wrong-host")


def test_rate_limits_count_calls(glossary: Glossary, index: Path) -> None:
    """A message is a request as any other."""
    settings = load_settings(index=index, rate_limit="2/hour")
    with TestClient(create_app(glossary, settings)) as client:
        asked = partial(client.post, "/mcp", json=_message("tools/call", SEARCH), headers=ACCEPT)
        assert [asked().status_code, asked().status_code] == [200, 200]
        problem_of(asked(), 429, "too-many-requests")


def test_a_call_that_waits_too_long(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """An assistant reads that it may ask again."""

    async def full(*_: object) -> None:
        raise Overloaded

    monkeypatch.setattr(RequestReader, "ask", full)
    answer = client.post("/mcp", json=_message("tools/call", SEARCH), headers=ACCEPT)
    result = answer.json()["result"]
    assert result["isError"]
    assert result["content"][0]["text"] == "too many requests wait; ask again in a second"


def test_messages_under_way_are_bounded(
    glossary: Glossary, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that wait for no thread, such as a list of the tools."""
    monkeypatch.setattr("semsearch.server.queueing.admission.MESSAGES_UNDER_WAY", 1)
    begun, end = threading.Event(), threading.Event()

    async def slow(*_: object) -> dict[str, object]:
        begun.set()
        await anyio.to_thread.run_sync(end.wait)
        return {}

    monkeypatch.setattr(RequestReader, "ask", slow)
    with TestClient(create_app(glossary, load_settings(index=index))) as client:
        asked = partial(client.post, "/mcp", headers=ACCEPT)
        found: list[int] = []
        call = threading.Thread(
            target=lambda: found.append(asked(json=_message("tools/call", SEARCH)).status_code),
            daemon=True,
        )
        call.start()
        try:
            assert begun.wait(30)
            problem_of(asked(json=_message("tools/list", {})), 503, "overloaded")
        finally:
            end.set()
            call.join(30)
        assert found == [200]
        assert asked(json=_message("tools/list", {})).status_code == 200


def test_outputs_are_made_in_threads(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long definition holds up nobody else: the event loop makes no output."""
    threads: set[str] = set()
    for shape in (SearchOutput, FetchOutput, RelatedOutput):

        def noted(*given: Any, make: Any = shape.of) -> Any:  # noqa: ANN401 - of any shape
            threads.add(threading.current_thread().name)
            return make(*given)

        monkeypatch.setattr(shape, "of", noted)
    entry = {"name": "fetch", "arguments": {"id": "whisk"}}
    for call in (SEARCH, SEARCH, entry, {**entry, "name": "related_terms"}):
        answer = client.post("/mcp", json=_message("tools/call", call), headers=ACCEPT)
        assert not answer.json()["result"].get("isError")
    assert threads == {"semsearch-worker"}


def test_without_the_sdk(glossary: Glossary, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address says what to install, and /llms.txt does not name it."""
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    monkeypatch.setattr("semsearch.server.assistants.endpoint.is_installed", lambda: False)
    with TestClient(create_app(glossary, load_settings(index=index))) as client:
        for answer in (
            client.post("/mcp", json=_message("tools/call", SEARCH), headers=ACCEPT),
            client.get("/mcp"),
        ):
            assert "pip install '.[mcp]'" in problem_of(answer, 404, "not-found")["detail"]
        assert "pip install" in client.get("/mcp", headers={"Accept": "text/html"}).text
        assert client.delete("/mcp").status_code == 405
    monkeypatch.undo()
    with TestClient(create_app(glossary, load_settings(index=index))) as client:
        assert "(streamable HTTP): http" not in client.get("/llms.txt").text
        assert "(streamable HTTP): ./mcp" in client.get("/llms.txt").text


def test_a_key_sees_only_its_glossary(folder: Path) -> None:
    """No tool shows anything of another glossary; a key for two must choose."""
    kitchen = new_key(folder, KeyScope.SEARCH, "kitchen")
    both = new_key(folder, KeyScope.SEARCH, "kitchen", "ships")
    with Glossary.open(folder) as glossary:
        app = create_app(glossary, load_settings(index=folder, read="key"))

        async def talk() -> None:
            transport = httpx2.ASGITransport(app)
            connected = partial(_connected, "http://127.0.0.1", "auto", transport)
            async with app.router.lifespan_context(app), connected(kitchen) as client:
                found = await client.call_tool("search", {"query": "keel of a ship", "limit": 20})
                seen = {one["glossary"] for one in found.structured_content["results"]}
                assert seen == {"kitchen"}
                for name, arguments in (
                    ("fetch", {"id": "ships:keel"}),
                    ("related_terms", {"id": "keel"}),
                    ("search", {"query": "keel", "glossary": "ships"}),
                ):
                    refused = await client.call_tool(name, arguments)
                    assert refused.is_error
                    assert "lowest beam" not in str(refused.content)
                async with connected(both) as other:
                    unclear = await other.call_tool("search", {"query": "keel"})
                    assert "name one of kitchen, ships" in str(unclear.content)
                    chosen = {"query": "keel", "glossary": "ships"}
                    clear = await other.call_tool("search", chosen)
                    assert clear.structured_content["results"][0]["id"] == "ships:keel"

        anyio.run(talk)
        with TestClient(app) as client:
            asked = partial(client.post, "/mcp", json=_message("tools/call", SEARCH))
            answer = asked(headers=ACCEPT)
            problem_of(answer, 401, "key-needed")
            assert answer.headers["www-authenticate"].startswith("Bearer")
            wrong = {**ACCEPT, "Authorization": f"Bearer {kitchen[:-1]}x"}
            problem_of(asked(headers=wrong), 401, "key-refused")


@pytest.mark.process
@pytest.mark.parametrize("mode", MODES)
def test_any_worker_answers(index: Path, mode: str) -> None:
    """There are no sessions, so calls that reach different processes are one conversation."""

    async def talk(url: str) -> None:
        async with _connected(url, mode) as client:
            await ten_calls(client_call(client))
        for _ in range(4):  # each with a connection of its own, which any worker accepts
            async with _connected(url, mode) as client:
                entry = await client.call_tool("fetch", {"id": "keel"})
                assert entry.structured_content["id"] == "ships:keel"

    with serving(index, workers=2) as service:
        anyio.run(talk, service.url)
