"""A conversation of ten tool calls, held by every kind of client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from mcp import Client

Call = Callable[[str, dict[str, Any]], Awaitable[tuple[Any, bool]]]
"""Calls a tool; returns its structured output (None if there is none) and whether it failed."""

PROTOCOLS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""Versions of the protocol that begin with a handshake."""


def client_call(client: Client) -> Call:
    """Return how a client of the SDK calls a tool."""

    async def call(name: str, arguments: dict[str, Any]) -> tuple[Any, bool]:
        result = await client.call_tool(name, arguments)
        return result.structured_content, result.is_error

    return call


async def ten_calls(call: Call) -> None:
    """Ask, read on, and make mistakes, as an assistant does, about the entries of `conftest`."""
    found, _ = await call("search", {"query": "egg beater", "limit": 2})
    assert (found["verdict"], found["no_close_match"]) == ("exact", False)
    assert found["confidence"] >= 0.9
    assert [set(one) >= {"id", "title", "url"} for one in found["results"]] == [True, True]
    first = found["results"][0]
    assert (first["id"], first["title"], first["glossary"]) == ("kitchen:whisk", "Whisk", "kitchen")

    entry, _ = await call("fetch", {"id": first["id"]})
    assert set(entry) == {"id", "title", "text", "url", "metadata"}
    assert (entry["id"], entry["title"]) == ("kitchen:whisk", "Whisk")
    assert "for beating air into eggs or cream" in entry["text"]
    assert entry["metadata"]["aliases"] == "Egg beater"

    near, _ = await call("related_terms", {"id": first["id"]})
    assert [(one["id"], one["relation"]) for one in near["see_also"]] == [
        ("kitchen:ladle", "see_also")
    ]
    back, _ = await call("related_terms", {"id": near["see_also"][0]["id"], "limit": 1})
    assert [one["id"] for one in back["mentioned_by"]] == ["kitchen:whisk"]

    missing, _ = await call("search", {"query": "quantum chromodynamics", "limit": 1})
    assert (missing["verdict"], missing["no_close_match"]) == ("no close match", True)
    assert missing["results"][0]["matched_by"] == "nearest"

    repaired, _ = await call("search", {"query": "colandr", "limit": 1})
    assert (repaired["repaired"], repaired["results"][0]["id"]) == ("Colander", "kitchen:colander")

    ships, _ = await call("search", {"query": "lowest beam", "glossary": "ships", "limit": 20})
    assert {one["glossary"] for one in ships["results"]} == {"ships"}

    named, _ = await call("fetch", {"id": "GPS"})
    assert named["id"] == "ships:gps"

    assert await call("fetch", {"id": "kitchen:spoon"}) == (None, True)
    assert await call("search", {"query": "soup", "limit": 21}) == (None, True)
