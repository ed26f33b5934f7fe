"""Servers that share one store, each on a machine of its own, and publishers beside them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx2

from benchmarks.torture.cluster.network import PrivateNetwork
from benchmarks.torture.kill import PROJECT, PromiseBroken
from benchmarks.torture.service import SERVE
from semsearch.core.progress import Silent
from semsearch.ingest.shared.local_copy import join_store
from semsearch.storage.files.layout import IndexLayout

QUESTION = "the inside of a loaf"
RIGHT = "bakery:crumb"
"""The first hit for the question; nobody edits it."""
PUBLISH = (
    "import sys; from pathlib import Path; from semsearch.core.progress import Silent;"
    "from semsearch.ingest.publish import publish_edits;"
    "from semsearch.storage.files.layout import IndexLayout;"
    "publish_edits(IndexLayout(Path(sys.argv[1])), Silent())"
)
PUBLISH_S = 120.0
"""Seconds that a whole publication may take on a busy machine."""


class ClusterServer:
    """A server on a machine of its own, with an index folder that is a copy of the store."""

    def __init__(self, name: str, network: PrivateNetwork) -> None:
        """Take a name; nothing is made yet."""
        self.name = name
        self.address = network.add(name)
        self.layout = IndexLayout(network.folder / name)
        self.url = ""
        self._at = network.command(name)
        self._log = network.folder / f"{name}.log"
        self._process: subprocess.Popen[str] | None = None

    def join(self, store: str) -> None:
        """Make its folder a copy of a store."""
        join_store(self.layout, store, Silent())

    def start(self) -> None:
        """Start it, and wait until it listens.

        Raises:
            PromiseBroken: it does not.
        """
        given = {"SEMSEARCH_HOST": self.address, "SEMSEARCH_READ": "open"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._at, sys.executable, "-c", SERVE, str(self.layout.root)],
                env={**os.environ, **given},
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise PromiseBroken(f"{self.name} did not start: {self.log()}")

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def log(self) -> str:
        """Return the end of its log."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def publisher(self) -> subprocess.Popen[bytes]:
        """Start a publication from its folder, as another process of its machine."""
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*self._at, sys.executable, "-c", PUBLISH, str(self.layout.root)],
                cwd=PROJECT,
                stderr=log,
            )

    def kill_publisher(self, draw: random.Random) -> None:
        """Start a publication, and kill it at a random moment."""
        process = self.publisher()
        with suppress(subprocess.TimeoutExpired):
            process.wait(draw.uniform(0.5, 3.0))
        process.kill()
        process.wait()

    def publish(self) -> None:
        """Publish, and wait for it.

        Raises:
            PromiseBroken: it fails, or takes too long.
        """
        process = self.publisher()
        try:
            if code := process.wait(PUBLISH_S):
                raise PromiseBroken(f"{self.name} did not publish ({code}): {self.log()}")
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise PromiseBroken(f"{self.name} did not publish in {PUBLISH_S:.0f} s") from None

    def shows(self, http: httpx2.Client, id_: str, definition: str | None) -> bool:
        """Return whether it answers with this text of an entry, or with its absence."""
        with suppress(httpx2.HTTPError):
            answer = http.get(f"{self.url}/v1/entries/{id_}")
            if definition is None:
                return answer.status_code in {404, 410}
            if answer.status_code != 200 or answer.json()["definition"] != definition:
                return False
            found = http.get(f"{self.url}/v1/search", params={"q": answer.json()["term"]})
            hits = found.json()["hits"] if found.status_code == 200 else []
            return any(hit["id"] == id_ and hit["definition"] == definition for hit in hits)
        return False


def newest_generation(servers: list[ClusterServer]) -> bool:
    """Return whether all servers have the same generation."""
    return len({Path(server.layout.current).read_bytes() for server in servers}) == 1
