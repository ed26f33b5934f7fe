"""A real service of an index, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.torture.kill import PROJECT, PromiseBroken
from semsearch.ingest.shared.local_copy import shared_database
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.files.layout import IndexLayout

SERVE = """
import sys
from semsearch.server.workers.serve import serve
from semsearch.core.settings import load_settings

settings = load_settings(index=sys.argv[1], port=0, workers=1, log_level="warning")
serve(settings, lambda listening: print(listening.url, flush=True))
"""


@contextmanager
def serving(
    index: Path, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve an index, and yield the process and its address.

    It is killed at the end, unless it has ended.

    Args:
        index: the index folder.
        environment: settings as variables, such as `SEMSEARCH_CACHE`.

    Raises:
        PromiseBroken: it does not start.
    """
    command = [sys.executable, "-c", SERVE, str(index)]
    env = {**os.environ, **(environment or {})}
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, env=env
    ) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            if not url:
                raise PromiseBroken("a server did not start")
            yield server, url
        finally:
            server.kill()


def editing_key(index: Path) -> str:
    """Make a key that may edit."""
    layout = IndexLayout(index)
    keys = KeyStore(layout.keys, shared_database(layout))
    return keys.create(name="", scope=KeyScope.EDIT, now=utc_now())[1].text
