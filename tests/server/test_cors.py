"""Which pages of other sites may read what."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.exposure import Exposure
from semsearch.server.http.cors import frame_ancestors, origins_of

DOCS = "https://docs.example"
ALLOWED = "access-control-allow-origin"
PRIVATE: dict[str, str] = {}
PUBLIC = {"public_url": "https://words.example"}
OPEN = {"host": "0.0.0.0", "read": "open"}  # noqa: S104 - nothing listens
KEYED = {"read": "key"}


@pytest.mark.parametrize(
    ("settings", "origin", "is_allowed"),
    [
        (PRIVATE, "http://127.0.0.1:3333", True),
        (PRIVATE, "http://localhost:3333", True),
        (PRIVATE, "http://[::1]:3333", True),
        (PRIVATE, "https://evil.example", False),
        (PRIVATE, "http://localhost.evil.example", False),
        (PRIVATE, "null", False),
        ({"public_url": "http://localhost:8000"}, "https://evil.example", False),
        ({"public_url": "http://127.1:8000"}, "https://evil.example", False),
        ({"read": "open"}, "https://evil.example", False),
        ({"origins": DOCS}, DOCS, True),
        (PUBLIC, "https://anywhere.example", True),
        (OPEN, "https://anywhere.example", True),
        (KEYED, "https://anywhere.example", True),
    ],
)
def test_who_may_read_reconciliation(
    glossary: Glossary, index: Path, settings: dict[str, str], origin: str, is_allowed: bool
) -> None:
    """All, unless only this machine reaches the service and it needs no key."""
    address = settings.get("host", "127.0.0.1")
    app = create_app(glossary, load_settings(index=index, **settings), address=address)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        preflight = client.options(
            "/reconcile/draft/match",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            },
        )
        assert (preflight.status_code == 200) == is_allowed
        for path in ("/reconcile", "/reconcile/suggest/entity?prefix=wh", "/reconcile/none"):
            answer = client.get(path, headers={"Origin": origin})
            assert (answer.headers.get(ALLOWED) in (origin, "*")) == is_allowed
            assert "access-control-allow-credentials" not in answer.headers
        for path in ("/", "/v1/search?q=soup", "/mcp", "/reconciled"):
            stated = client.get(path, headers={"Origin": origin}).headers.get(ALLOWED)
            is_shared = path.startswith("/v1") or path == "/mcp"
            assert stated == (DOCS if is_shared and origin == DOCS else None)


def test_pages_of_named_origins_may_send_messages_of_assistants(
    glossary: Glossary, index: Path
) -> None:
    """With the headers that a client in a browser sends; no other page may."""
    with TestClient(create_app(glossary, load_settings(index=index, origins=DOCS))) as client:
        asked = {
            "Origin": DOCS,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "accept, authorization, content-type, mcp-method, "
            "mcp-name, mcp-protocol-version",
        }
        preflight = client.options("/mcp", headers=asked)
        assert preflight.status_code == 200
        assert preflight.headers[ALLOWED] == DOCS
        assert "POST" in preflight.headers["access-control-allow-methods"]
        others = {**asked, "Origin": "https://evil.example"}
        assert client.options("/mcp", headers=others).status_code == 400
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        accept = "application/json, text/event-stream"
        answer = client.post("/mcp", json=message, headers={"Origin": DOCS, "Accept": accept})
        assert (answer.status_code, answer.headers[ALLOWED]) == (200, DOCS)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_nobody_may_edit(glossary: Glossary, index: Path, method: str) -> None:
    """Methods that edit are refused before they are sent."""
    with TestClient(create_app(glossary, load_settings(index=index, origins=DOCS))) as client:
        for path in ("/reconcile", "/v1/entries/kitchen:whisk", "/mcp"):
            headers = {"Origin": DOCS, "Access-Control-Request-Method": method}
            assert client.options(path, headers=headers).status_code == 400


def test_who_may_frame_a_preview() -> None:
    """The same pages that may read, but those of IPv6 addresses, which no policy can name."""
    public, private = Exposure(is_only_here=False, is_open=True), Exposure(True, True)
    assert frame_ancestors(load_settings(**PUBLIC), public) == "*"
    named = load_settings(origins=f"{DOCS} , http://b.example")
    assert frame_ancestors(named, private) == (
        "'self' http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:* "
        f"{DOCS} http://b.example"
    )
    assert origins_of(load_settings()) == []
