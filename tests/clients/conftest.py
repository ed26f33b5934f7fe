"""A service in a process of its own, a key to edit, and a proxy before it that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from semsearch.ingest.build import build_index
from tests.clients.flaky_proxy import flaky_proxy
from tests.own_indexes import OwnIndexes, new_key
from tests.server.conftest import ENTRIES
from tests.server.service_process import serving


@dataclass(frozen=True)
class ClientTarget:
    """What a client is tested against: a service, the proxy before it, and a key for both."""

    url: str
    flaky: str
    key: str


@pytest.fixture(scope="session")
def target(
    own_indexes: OwnIndexes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClientTarget]:
    """Yield a service that keeps what tests write; each writes entries of its own."""
    with own_indexes.unbuilt(tmp_path_factory.mktemp("clients") / "index") as index:
        build_index(ENTRIES, index, model="hashed")
        with (
            pytest.MonkeyPatch.context() as environment,
            serving(index, workers=1) as service,
            flaky_proxy(service.url) as flaky,
        ):
            environment.setenv("NO_PROXY", "127.0.0.1")
            yield ClientTarget(service.url, flaky, new_key(index))
