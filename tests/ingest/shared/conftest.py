"""A glossary in PostgreSQL, and the index folders of servers that are copies of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.core.progress import Silent
from semsearch.ingest.shared.local_copy import database_of, join_store
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.storage.files.layout import IndexLayout
from tests.postgres_server import TestServer

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase


@contextmanager
def empty_store(server: TestServer) -> Iterator[str]:
    """Make an empty store on a server, and yield its address."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415

    found = server.new_database()
    with closing(SharedDatabase(found)) as owner:
        migrate(owner)
    yield found
    database_of(found).close()


@pytest.fixture
def url(postgres_server: TestServer) -> Iterator[str]:
    """Give the address of an empty store."""
    with empty_store(postgres_server) as found:
        yield found
    database_of.cache_clear()  # last: a store of the same test would be opened again to be closed


@pytest.fixture
def database(url: str, hashed_index: Path) -> SharedDatabase:
    """Give a store with the entries of the small glossary."""
    found = database_of(url)
    copy_into_store(IndexLayout(hashed_index), found, Silent())
    return found


@pytest.fixture
def new_server(url: str, database: SharedDatabase, tmp_path: Path) -> Callable[[str], IndexLayout]:
    """Give a function that makes the index folder of a server, from nothing."""

    def make(name: str) -> IndexLayout:
        layout = IndexLayout(tmp_path / name)
        join_store(layout, url, Silent())
        return layout

    return make
