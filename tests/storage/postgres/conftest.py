"""An empty database of a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.postgres_server import TestServer

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase


@pytest.fixture
def database(postgres_server: TestServer) -> Iterator[SharedDatabase]:
    """Give an empty database."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra

    with closing(SharedDatabase(postgres_server.new_database())) as found:
        yield found
