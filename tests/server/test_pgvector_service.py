"""A service whose candidates are in PostgreSQL: its answers, and what it says without them.

Covers `index/pgvector/shared`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.progress import Silent
from semsearch.core.settings import load_settings
from semsearch.index.ann.engine import PGVECTOR
from semsearch.index.pgvector import rows
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared.local_copy import database_of, join_store
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres import candidate_reader
from tests.postgres_server import TestServer
from tests.server.conftest import problem_of


@dataclass(frozen=True)
class CandidateService:
    """A running service, and the database behind it."""

    client: TestClient
    server: TestServer
    database: str

    def refuse_connections(self) -> None:
        """End those of the database, and take no others."""
        self.server.run(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS false")
        self.server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608 - a made-up name
            f"WHERE datname = '{self.database}'"
        )

    def take_connections(self) -> None:
        """Let them come again."""
        self.server.run(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS true")


@pytest.fixture
def service(
    postgres_server: TestServer, built_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CandidateService]:
    """Yield a service of a store with the engine pgvector."""
    from semsearch.storage.postgres.candidates import install_pgvector  # noqa: PLC0415 - an extra
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415

    monkeypatch.setattr(candidate_reader, "CONNECT_S", 0.5)
    monkeypatch.setattr(candidate_reader, "AWAY_S", 0.5)
    monkeypatch.setattr(rows, "CACHE_BYTES", 1)  # or all of so few would be kept
    url = postgres_server.new_database()
    layout = IndexLayout(tmp_path / "one")
    with ExitStack() as running:
        running.callback(database_of.cache_clear)
        running.callback(database_of(url).close)
        migrate(database_of(url))
        install_pgvector(database_of(url))
        copy_into_store(IndexLayout(built_index), database_of(url), Silent())
        join_store(layout, url, Silent())
        assert publish_edits(layout, Silent(), PGVECTOR)
        glossary = running.enter_context(Glossary.open(layout.root))
        app = create_app(glossary, load_settings(index=layout.root))
        client = running.enter_context(TestClient(app))
        yield CandidateService(client, postgres_server, re.findall(r"test_\w+", url)[0])


def test_questions_need_postgresql_and_say_so(service: CandidateService) -> None:
    """They get 503 while it is away, and answers afterwards; texts and names stay."""
    client = service.client
    service.refuse_connections()
    refused = client.get("/v1/search", params={"q": "a pot with a heavy lid"})
    problem_of(refused, 503, "store-away")
    assert int(refused.headers["retry-after"]) > 0
    assert client.get("/v1/entries/kitchen:whisk").json()["term"] == "Whisk"
    assert "Whisk" in client.get("/v1/suggest", params={"q": "whi"}).text
    service.take_connections()
    deadline = time.monotonic() + 30
    while client.get("/v1/search", params={"q": "a pot with a heavy lid"}).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
