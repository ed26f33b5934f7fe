"""A service of this machine, asked by its address there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now

ADDRESS = "http://127.0.0.1:8000"
Asking = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(scope="session")
def local(glossary: Glossary, index: Path) -> Iterator[TestClient]:
    """Yield a client of a service that only this machine reaches."""
    app = create_app(glossary, load_settings(index=index))
    with TestClient(app, base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def keyed(index: Path, tmp_path: Path) -> Asking:
    """Return what yields a client with a key for some glossaries, and other settings."""
    folder = Path(shutil.copytree(index, tmp_path / "index"))
    store = KeyStore(folder / "keys.db")

    @contextmanager
    def asking(*glossaries: str, **settings: str) -> Iterator[TestClient]:
        _, secret = store.create(
            name="Ann", scope=KeyScope.SEARCH, glossaries=glossaries, expires=None, now=utc_now()
        )
        with Glossary.open(folder) as glossary:
            app = create_app(glossary, load_settings(index=folder, read="key", **settings))
            with TestClient(app, base_url=ADDRESS) as client:
                client.headers["Authorization"] = f"Bearer {secret.text}"
                yield client

    return asking
