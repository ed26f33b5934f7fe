"""A real index of eight entries in two glossaries, and a client of the application over it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from semsearch.core.entries import Entry, Source
from semsearch.core.settings import load_settings
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.http.dispatcher import DIRECT_PATHS
from semsearch.server.http.middleware import SECURITY_HEADERS
from tests.built import cached
from tests.own_indexes import OwnIndexes

HOSTILE = '"><script>alert(1)</script>'
ENTRIES = (
    Entry(
        id="kitchen:whisk",
        term="Whisk",
        definition="A whisk is a tool of bent wires for beating air into eggs or cream. It is \U0001f95a "
        "light. Cooks also stir sauces with it.",
        glossary="kitchen",
        aliases=("Egg beater",),
        source=Source("kitchen.md", 3),
        see_also=("ladle", "Fork"),
    ),
    Entry(
        id="kitchen:ladle",
        term="Ladle",
        definition="A ladle is a deep spoon with a long handle for serving soup.",
        glossary="kitchen",
    ),
    Entry(
        id="kitchen:colander",
        term="Colander",
        definition="A bowl with holes that lets water run off pasta or washed vegetables.",
        glossary="kitchen",
    ),
    Entry(
        id="kitchen:bain-marie",
        term="Bain-marie",
        definition="A bath of hot water in which a smaller pot warms gently and never burns.",
        glossary="kitchen",
    ),
    Entry(
        id="ships:keel",
        term="Keel",
        definition="The keel is the lowest beam of a hull, from bow to stern.",
        glossary="ships",
    ),
    Entry(
        id="ships:gps",
        term="Global Positioning System (GPS)",
        definition="Satellites that tell a ship where it is.",
        glossary="ships",
    ),
    Entry(
        id="ships:port-starboard",
        term="Port/Starboard",
        definition="The left and the right side of a ship, seen by someone who looks forward.",
        glossary="ships",
    ),
    Entry(
        id="ships:hostile",
        term=HOSTILE,
        definition="A name that a page must show as it is, and never run.",
        glossary="ships",
    ),
)


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a built index with files of its own. Only to be read."""
    return cached(
        "server-index",
        [repr(ENTRIES)],
        partial(build_index, ENTRIES, model="hashed"),
        tmp_path_factory.mktemp("api") / "index",
    )


@pytest.fixture(scope="session")
def index(
    built_index: Path, own_indexes: OwnIndexes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Yield the folder of that index, on the store that tests run against. Only to be read."""
    with own_indexes.unchanged(built_index, tmp_path_factory.mktemp("read") / "index") as folder:
        yield folder


@pytest.fixture
def folder(built_index: Path, own_indexes: OwnIndexes, tmp_path: Path) -> Iterator[Path]:
    """Yield the folder of such an index that a test may change; its revisions are 1 to 8."""
    with own_indexes.copied(built_index, tmp_path / "index") as own:
        yield own


@pytest.fixture(scope="module")
def module_folder(
    built_index: Path, own_indexes: OwnIndexes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Yield the folder of such an index that the tests of a module change together."""
    with own_indexes.copied(built_index, tmp_path_factory.mktemp("own") / "index") as own:
        yield own


@pytest.fixture
def unbuilt(own_indexes: OwnIndexes, tmp_path: Path) -> Iterator[Path]:
    """Yield a folder that a test builds an index in."""
    with own_indexes.unbuilt(tmp_path / "built") as own:
        yield own


@pytest.fixture(scope="session")
def glossary(index: Path) -> Iterator[Glossary]:
    """Yield the open index."""
    with Glossary.open(index) as opened:
        yield opened


@pytest.fixture(scope="session", params=[DIRECT_PATHS, ()], ids=["direct", "router"])
def direct_paths(request: pytest.FixtureRequest) -> Collection[str]:
    """Return the paths that do not pass through the router: as it is, and none of them."""
    found: Collection[str] = request.param
    return found


@pytest.fixture(scope="session")
def app(glossary: Glossary, index: Path, direct_paths: Collection[str]) -> FastAPI:
    """Return the application, in which everything may be read without a key."""
    settings = load_settings(index=index, history="open")
    return create_app(glossary, settings, direct_paths=direct_paths)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """Yield a client; an error that nothing handles fails the test that causes it."""
    with TestClient(app) as started:
        yield started


def check_common_headers(headers: Any) -> None:  # noqa: ANN401 - any mapping of headers
    """Assert what every response carries."""
    for name, value in SECURITY_HEADERS.items():
        assert headers[name] == value
    assert len(headers["x-request-id"]) == 32
    assert "total;dur=" in headers["server-timing"]
    assert headers["cache-control"] in ("no-cache", "no-store")


def problem_of(response: Any, status: int, slug: str) -> dict[str, Any]:  # noqa: ANN401
    """Assert that a response is a problem of this kind, and return its body."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    check_common_headers(response.headers)
    body: dict[str, Any] = response.json()
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert set(body) <= {"type", "title", "status", "detail", "errors", "request_id"}
    return body
