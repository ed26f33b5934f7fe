"""Terms whose status says not to use them any more: on pages and in JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from tests.server.conftest import ENTRIES


def test_an_outdated_term_says_so_wherever_it_is_listed(unbuilt: Path) -> None:
    """On its card, in its line, in the alphabet and in JSON; another status stays on the page."""
    entries = [
        replace(entry, details=replace(entry.details, status=status))
        for entry, status in zip(ENTRIES, ("veraltet: Rührgerät", "approved"), strict=False)
    ]
    build_index(entries, unbuilt, model="hashed")
    with Glossary.open(unbuilt) as glossary:
        app = create_app(glossary, load_settings(index=unbuilt))
        with TestClient(app) as client:
            card = client.get("/?q=whisk").text
            lines = client.get("/?q=ladle").text
            listed = client.get("/glossary/kitchen").text
            hits = client.get("/v1/search?q=whisk").json()["hits"]
    badge = '<span class="unseen">Status: </span><span dir="auto">veraltet: Rührgerät</span></p>'
    assert f'<p class="status status-outdated">{badge}' in card
    mark = '<span class="outdated" dir="auto">veraltet: Rührgerät</span>'
    assert mark in lines
    assert mark in listed
    assert not any("approved" in page for page in (card, lines, listed))
    assert [(hit["status"], hit.get("outdated")) for hit in hits] == [
        ("veraltet: Rührgerät", True),
        ("approved", None),
    ]
