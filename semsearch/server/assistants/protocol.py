"""The tools over the Model Context Protocol, by the official SDK, which is an extra (`mcp`).

Only this module and `endpoint.py` import the SDK, and only when they are used: it takes a second.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import anyio
from pydantic import ValidationError

from semsearch.core.errors import MissingExtra, SemsearchError
from semsearch.core.version import __version__
from semsearch.search.glossary import Glossary
from semsearch.server.assistants.readers import GlossaryReader, LocalReader
from semsearch.server.assistants.tools import INSTRUCTIONS, TOOLS
from semsearch.server.http.error_responses import TOO_MANY_WAIT
from semsearch.server.http.exception_handlers import FROM_ERROR, described
from semsearch.server.queueing.waiting_line import Overloaded

if TYPE_CHECKING:
    from mcp.server import Server, ServerRequestContext
    from mcp.types import CallToolRequestParams, CallToolResult, ListToolsResult, Tool
    from mcp.types import PaginatedRequestParams as Page

_log = logging.getLogger("semsearch.server")


@cache
def is_installed() -> bool:
    """Whether the SDK is installed. It is not loaded."""
    return find_spec("mcp") is not None


def make_server(reader_of: Callable[[Any], Awaitable[GlossaryReader]]) -> Server[Any]:
    """Return the server of the protocol.

    Args:
        reader_of: returns what a call reads, from the HTTP request that carries the call (None
            without HTTP).

    Raises:
        MissingExtra: the SDK is not installed.
    """
    try:
        from mcp.server import Server
    except ModuleNotFoundError as error:
        raise MissingExtra("mcp", "the Model Context Protocol", extra="mcp") from error

    from mcp.types import ListToolsResult

    async def list_tools(_: ServerRequestContext[Any], __: Page | None) -> ListToolsResult:
        return ListToolsResult(tools=_tools())

    async def call_tool(
        context: ServerRequestContext[Any], call: CallToolRequestParams
    ) -> CallToolResult:
        return await _called(call, await reader_of(context.request))

    return Server(
        "semsearch",
        version=__version__,
        title="Glossary search",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


@cache
def _tools() -> list[Tool]:
    from mcp.types import Tool, ToolAnnotations

    hints = ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    return [
        Tool(
            name=tool.name,
            description=tool.about,
            input_schema=tool.input_schema,
            output_schema=tool.output_schema,
            annotations=hints,
        )
        for tool in TOOLS.values()
    ]


async def _called(call: CallToolRequestParams, reader: GlossaryReader) -> CallToolResult:
    """Return the output of a tool, or the error that the assistant can mend.

    Raises:
        MCPError: there is no such tool.
    """
    from mcp import MCPError
    from mcp.types import INVALID_PARAMS, CallToolResult, TextContent

    tool = TOOLS.get(call.name)
    if tool is None:
        message = f"there is no tool {call.name[:64]!r}; there are {', '.join(TOOLS)}"
        raise MCPError(INVALID_PARAMS, message)
    try:
        output = await tool.call(call.arguments or {}, reader)
    except Exception as error:
        content = TextContent(type="text", text=_said(error, call.name))
        return CallToolResult(content=[content], is_error=True)
    text = json.dumps(output, ensure_ascii=False)
    content = TextContent(type="text", text=text)
    return CallToolResult(content=[content], structured_content=output)


def _said(error: Exception, tool: str) -> str:
    """Return what the assistant reads of an error. What the call did not cause is only logged."""
    if isinstance(error, ValidationError):
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        return "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {described(fault, 'argument')}"
            for fault in faults[:10]
        )
    if isinstance(error, Overloaded):
        return TOO_MANY_WAIT
    if isinstance(error, SemsearchError) and isinstance(error, tuple(FROM_ERROR)):
        return str(error)
    _log.exception("the tool %s failed", tool, exc_info=error)
    return "the service failed; see its log"


def run_stdio(glossary: Glossary, url: str = "") -> None:
    """Answer calls from standard input on standard output until it ends.

    Args:
        glossary: the open index.
        url: base URL of a service with its pages, with a slash at its end; empty if there is none.

    Raises:
        MissingExtra: the SDK is not installed.
    """
    reader = LocalReader(glossary, url)

    async def local(_: Any) -> GlossaryReader:  # noqa: ANN401 - there is no request
        return reader

    server = make_server(local)

    async def serve() -> None:
        from mcp.server.stdio import stdio_server

        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(serve)
