"""The real service over an index, answered by a thread of the test on a port of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.files.layout import IndexLayout


@dataclass(frozen=True)
class SourceService:
    """A service that mirrors follow: its URL, and a key of it."""

    url: str
    key: str


def key_of(index: Path, *glossaries: str) -> str:
    """Return a new key of an index that may read."""
    _, secret = KeyStore(IndexLayout(index).keys).create(
        name="mirror", scope=KeyScope.SEARCH, glossaries=glossaries, now=utc_now()
    )
    return secret.text


@contextmanager
def serving_source(index: Path) -> Iterator[SourceService]:
    """Serve an index until the end of the block."""
    key = key_of(index)
    with Glossary.open(index) as glossary, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = create_app(glossary, load_settings(index=index, workers=1))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_keep_alive=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            until = time.monotonic() + 60
            while not server.started and time.monotonic() < until:
                time.sleep(0.01)
            assert server.started
            yield SourceService(f"http://127.0.0.1:{listener.getsockname()[1]}", key)
        finally:
            server.should_exit = True
            thread.join()
