"""Static files and the hash in their URL.

Covers `web/assets`.
"""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.testclient import TestClient

from semsearch.web.assets import FOLDER, assets_path


def test_pages_load_assets_that_are_kept_for_good(client: TestClient) -> None:
    """The URL in a page has the hash of the present content, and its response never expires."""
    page = client.get("/", headers={"Accept": "text/html"}).text
    found = re.findall(r'(?:href|src)="\./(static/[^"]+)"', page)
    assert len(found) >= 3
    for address in found:
        assert address.startswith(assets_path())
        answer = client.get(f"/{address}")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["etag"]
        assert answer.content == (FOLDER / Path(address).name).read_bytes()


def test_scripts_load_their_own_kind_from_the_same_folder(client: TestClient) -> None:
    """A relative import stays at the address with the hash."""
    imports = re.findall(r'from "(.*?)"', client.get(f"/{assets_path()}page.js").text)
    assert "./service.js" in imports
    assert all(name.startswith("./") for name in imports)


def test_addresses_without_a_hash_are_asked_for_again(client: TestClient) -> None:
    """Those that other sites and the documentation name: they stay, what they say may change."""
    for address, kept in {
        "/static/page.js": "no-cache",
        "/widget.js": "public, max-age=3600",
    }.items():
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == kept


def test_what_is_not_there_is_not_kept(client: TestClient) -> None:
    """An address with a hash that is no more, or with none of its files."""
    for address in (f"/{assets_path()}nothing.js", "/static/000000000000/page.js"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.headers["cache-control"] == "no-store"
