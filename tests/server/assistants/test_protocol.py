"""The protocol in memory and over standard input and output.

Covers `cli/mcp`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters

from semsearch.core.errors import MissingExtra
from semsearch.search.glossary import Glossary
from semsearch.server.assistants.protocol import is_installed, make_server
from semsearch.server.assistants.readers import LocalReader
from semsearch.server.assistants.tools import INSTRUCTIONS, TOOLS
from semsearch.server.queueing.waiting_line import Overloaded
from tests.server.assistants.conversation import PROTOCOLS, client_call, ten_calls

MODES = ("legacy", "auto")
"""With the handshake of earlier versions, and without."""


class _FailingReader(LocalReader):
    """Fails as it is told to."""

    def __init__(self, glossary: Glossary, error: Exception) -> None:
        super().__init__(glossary, "")
        self._error = error

    async def ask(self, *_: object) -> Any:  # noqa: ANN401 - of any output
        """Fail."""
        raise self._error


def _client(reader: LocalReader, mode: str) -> Client:
    async def reader_of(_: object) -> LocalReader:
        return reader

    return Client(make_server(reader_of), mode=mode)


@pytest.mark.parametrize("mode", MODES)
def test_a_conversation_in_memory(glossary: Glossary, mode: str) -> None:
    """Ten calls, the tools as they are listed, and the instructions."""

    async def talk() -> None:
        async with _client(LocalReader(glossary, ""), mode) as client:
            await ten_calls(client_call(client))
            assert client.instructions == INSTRUCTIONS
            listed = (await client.list_tools()).tools
            assert [tool.name for tool in listed] == list(TOOLS)
            for tool in listed:
                assert tool.annotations
                assert tool.annotations.read_only_hint
                assert tool.output_schema

    anyio.run(talk)


def test_a_result_is_text_too(glossary: Glossary) -> None:
    """Connectors that do not know structured output read the same JSON from one text."""

    async def talk() -> None:
        async with _client(LocalReader(glossary, ""), "auto") as client:
            result = await client.call_tool("fetch", {"id": "kitchen:ladle"})
            (content,) = result.content
            assert content.type == "text"
            assert json.loads(content.text) == result.structured_content

    anyio.run(talk)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Overloaded(), "too many requests wait; ask again in a second"),
        (RuntimeError("/home/ann/secret"), "the service failed; see its log"),
    ],
)
def test_what_a_call_did_not_cause(
    glossary: Glossary, error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The assistant reads what to do; the text of an unexpected error is only logged."""

    async def talk() -> None:
        async with _client(_FailingReader(glossary, error), "auto") as client:
            result = await client.call_tool("search", {"query": "soup"})
            assert result.is_error
            assert [one.model_dump()["text"] for one in result.content] == [said]

    anyio.run(talk)
    assert ("secret" in caplog.text) == isinstance(error, RuntimeError)


def test_errors_name_what_to_mend(glossary: Glossary) -> None:
    """A wrong argument, an unknown entry and an unknown tool."""

    async def talk() -> None:
        async with _client(LocalReader(glossary, ""), "auto") as client:
            wrong = await client.call_tool("search", {"query": "soup", "limit": 100})
            assert wrong.content[0].model_dump()["text"] == (
                "limit: input should be less than or equal to 20"
            )
            without = await client.call_tool("search", {"lang": "en"})
            assert without.content[0].model_dump()["text"] == (
                "query: this is required; lang: there is no such argument"
            )
            unknown = await client.call_tool("fetch", {"id": "kitchen:spoon"})
            assert "kitchen:spoon" in unknown.content[0].model_dump()["text"]
            with pytest.raises(MCPError, match="there are search, fetch, related_terms"):
                await client.call_tool("define", {})

    anyio.run(talk)


def test_without_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    assert is_installed()
    monkeypatch.setitem(sys.modules, "mcp.server", None)

    async def nothing(_: object) -> LocalReader:
        raise AssertionError

    with pytest.raises(MissingExtra, match=r"pip install '\.\[mcp\]'"):
        make_server(nothing)


@pytest.mark.process
def test_the_sdk_is_loaded_when_it_is_used() -> None:
    """The command line and a service that no assistant asks do without it."""
    code = "import sys, semsearch.cli, semsearch.server.app; print('mcp' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout == "False\n"


@pytest.mark.process
@pytest.mark.parametrize("mode", MODES)
def test_a_conversation_over_stdio(index: Path, mode: str) -> None:
    """The command that assistants start, asked by the client of the SDK."""
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "semsearch", "mcp", "--index", str(index)],
        env={"SEMSEARCH_PUBLIC_URL": "https://words.example"},
    )

    async def talk() -> None:
        async with Client(command, mode=mode) as client:
            await ten_calls(client_call(client))
            entry = await client.call_tool("fetch", {"id": "keel"})
            assert entry.structured_content["url"] == "https://words.example/entry/ships:keel"

    anyio.run(talk)


@pytest.mark.process
@pytest.mark.parametrize("version", PROTOCOLS)
def test_a_conversation_over_stdio_in_earlier_versions(index: Path, version: str) -> None:
    """Bare lines of JSON, as a client writes that does not use the SDK."""
    command = [sys.executable, "-m", "semsearch", "mcp", "--index", str(index)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin
        assert process.stdout
        to, answers = process.stdin, process.stdout

        def send(message: Mapping[str, Any]) -> None:
            to.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
            to.flush()

        def ask(id: int, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
            send({"id": id, "method": method, "params": params})
            reply = json.loads(answers.readline())
            assert reply["id"] == id
            return reply["result"]

        client = {"name": "bare", "version": "1"}
        begun = ask(
            0,
            "initialize",
            {"protocolVersion": version, "capabilities": {}, "clientInfo": client},
        )
        assert begun["protocolVersion"] == version
        assert begun["instructions"] == INSTRUCTIONS
        send({"method": "notifications/initialized"})
        asked = iter(range(1, 100))

        async def call(name: str, arguments: dict[str, Any]) -> tuple[Any, bool]:
            result = ask(next(asked), "tools/call", {"name": name, "arguments": arguments})
            is_error = result.get("isError", False)
            return None if is_error else json.loads(result["content"][0]["text"]), is_error

        anyio.run(ten_calls, call)
        to.close()
        assert process.wait(timeout=30) == 0
