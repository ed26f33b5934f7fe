"""A service of this machine, asked by its address there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import KeyScope
from tests.own_indexes import key_header

ADDRESS = "http://127.0.0.1:8000"
Asking = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(scope="session")
def local(glossary: Glossary, index: Path) -> Iterator[TestClient]:
    """Yield a client of a service that only this machine reaches."""
    app = create_app(glossary, load_settings(index=index))
    with TestClient(app, base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def keyed(folder: Path) -> Asking:
    """Return what yields a client with a key for some glossaries, and other settings."""

    @contextmanager
    def asking(*glossaries: str, **settings: str) -> Iterator[TestClient]:
        with Glossary.open(folder) as glossary:
            app = create_app(glossary, load_settings(index=folder, read="key", **settings))
            with TestClient(app, base_url=ADDRESS) as client:
                client.headers.update(key_header(folder, KeyScope.SEARCH, *glossaries))
                yield client

    return asking
