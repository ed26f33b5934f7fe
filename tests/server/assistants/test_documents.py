"""The configurations that the documents show start the server."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from tests.conftest import PROJECT
from tests.server.assistants.conversation import client_call, ten_calls

PAGE = (PROJECT / "docs" / "assistants.md").read_text(encoding="utf-8")
SHOWN_INDEX = "/home/ann/glossary/index"


def _configurations() -> list[dict[str, Any]]:
    """Return the servers of all JSON examples of the page."""
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    return [
        server
        for example in examples
        for servers in (example.get("mcpServers") or example.get("servers") or {"": example},)
        for server in servers.values()
    ]


def _commands() -> list[list[str]]:
    """Return the commands that assistants start, from JSON and from `claude mcp add`."""
    stated = [[one["command"], *one["args"]] for one in _configurations() if "command" in one]
    return stated + [shlex.split(line) for line in re.findall(r"add \w+ -- (.+)", PAGE)]


def test_every_client_is_shown_with_both_transports() -> None:
    """Three commands to start, and three addresses to send messages to."""
    assert [command[:2] for command in _commands()] == [["semsearch", "mcp"]] * 3
    urls = [one.get("url") or one.get("server_url") for one in _configurations()]
    assert [url for url in urls if url] == ["https://glossary.example.org/mcp"] * 3


@pytest.mark.process
@pytest.mark.parametrize(
    "command", _commands(), ids=["Claude and Cursor", "VS Code", "Claude Code"]
)
def test_shown_commands_start_the_server(index: Path, tmp_path: Path, command: list[str]) -> None:
    """As it is shown, from any folder, but with the index of this test."""
    assert SHOWN_INDEX in command
    args = [str(index) if one == SHOWN_INDEX else one for one in command[1:]]
    installed = Path(sys.executable).parent / command[0]
    started = StdioServerParameters(
        command=str(installed), args=args, cwd=tmp_path, env={"PYTHONPATH": str(PROJECT)}
    )

    async def talk() -> None:
        async with Client(started) as client:
            await ten_calls(client_call(client))

    anyio.run(talk)
