"""Servers of a shared store, publishers and PostgreSQL are killed while clients edit.

What was acknowledged is there afterwards, exactly once, and every server answers with it.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from semsearch.core.entries import ChangeKind
from semsearch.core.progress import Silent
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.store_summary import summary
from tests.postgres_server import TestServer, running_server
from tests.server.service_process import ServiceProcess, comes, serving

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

CLIENTS = 3
PUBLISH = (
    "import sys; from pathlib import Path; from semsearch.core.progress import Silent;"
    "from semsearch.ingest.publish import publish_edits;"
    "from semsearch.storage.files.layout import IndexLayout;"
    "publish_edits(IndexLayout(Path(sys.argv[1])), Silent())"
)


@dataclass
class KilledCluster:
    """A store, the index folders of two servers, and the servers that run now."""

    postgres: TestServer
    url: str
    key: str
    layouts: list[IndexLayout]
    urls: list[str] = field(default_factory=lambda: ["", ""])
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Ids of added entries, by idempotency key."""
    _running: list[object] = field(default_factory=lambda: [None, None])
    _processes: list[ServiceProcess | None] = field(default_factory=lambda: [None, None])

    @property
    def database(self) -> SharedDatabase:
        """The store, with connections of this process."""
        return database_of(self.url)

    def start(self, number: int) -> None:
        """Start a server."""
        service = serving(self.layouts[number].root, workers=1, read="open")
        self._running[number] = service
        process = service.__enter__()
        self._processes[number] = process
        self.urls[number] = process.url

    def kill(self, number: int) -> None:
        """End a server as a crash does."""
        process, service = self._processes[number], self._running[number]
        assert process is not None
        process.process.kill()
        service.__exit__(None, None, None)  # type: ignore[attr-defined]

    def edit(self, client: int, stop: threading.Event) -> None:
        """Add entries, one after the other; ask any server again until one acknowledges."""
        draw = random.Random(client)  # noqa: S311 - no secret
        number = 0
        while not stop.is_set():
            number += 1
            name = f"c{client}-{number}"
            body = {"glossary": "bakery", "term": f"Tool {name}", "definition": f"Number {name}."}
            headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": name}
            while not stop.is_set():
                url = self.urls[draw.randrange(2)]
                with suppress(httpx2.HTTPError):
                    answer = httpx2.post(
                        f"{url}/v1/entries", json=body, headers=headers, timeout=30
                    )
                    if answer.status_code == 201:
                        self.acknowledged[name] = answer.json()["id"]
                        break
                    assert answer.status_code in {401, 503}, answer.text
                time.sleep(0.1)

    def check(self) -> None:
        """Every acknowledged edit is in the store once, and both servers have it."""
        with opened(self.database) as store:
            present = {entry.id for entry in store.entries()}
            assert len(set(self.acknowledged.values())) == len(self.acknowledged)
            for name, id_ in self.acknowledged.items():
                assert id_ in present, f"the edit {name} was lost"
                assert [v.kind for v in store.versions(id_)] == [ChangeKind.ADDED]
            added = [id_ for id_ in present if id_.startswith("bakery:tool")]
            assert len({id_.removesuffix("-2") for id_ in added}) == len(added), "applied twice"
        for url in self.urls:
            last = list(self.acknowledged.values())[-1]
            assert comes(lambda url=url, last=last: _is_there(url, last), 30), (url, last)  # type: ignore[misc]


def _is_there(url: str, id_: str) -> bool:
    with suppress(httpx2.HTTPError):
        return httpx2.get(f"{url}/v1/entries/{id_}", timeout=10).status_code == 200
    return False


@pytest.fixture
def cluster(hashed_index: Path, tmp_path: Path) -> Iterator[KilledCluster]:
    """Yield two servers of one store."""
    with running_server() as postgres:
        from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415 - an extra

        url = postgres.new_database()
        database = database_of(url)
        migrate(database)
        copy_into_store(IndexLayout(hashed_index), database, Silent())
        layouts = [IndexLayout(tmp_path / name) for name in ("one", "other")]
        for layout in layouts:
            join_store(layout, url, Silent())
        keys = KeyStore(layouts[0].keys, database)
        _, secret = keys.create(name="Ann", scope=KeyScope.EDIT, now=utc_now())
        found = KilledCluster(postgres, url, secret.text, layouts)
        for number in (0, 1):
            found.start(number)
        try:
            yield found
        finally:
            for number in (0, 1):
                with suppress(Exception):
                    found.kill(number)
            database_of(url).close()
            database_of.cache_clear()


def test_no_acknowledged_edit_is_lost_or_applied_twice(cluster: KilledCluster) -> None:
    """Each server, the publisher and PostgreSQL are killed in turn, while three clients edit."""
    stop = threading.Event()
    clients = [threading.Thread(target=cluster.edit, args=(n, stop)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        for turn in range(3):
            _wait_for_edits(cluster, 5)
            cluster.kill(turn % 2)
            _wait_for_edits(cluster, 3)
            cluster.start(turn % 2)
            _kill_publisher(cluster.layouts[turn % 2], 0.5 + turn)
            _wait_for_edits(cluster, 3)
            cluster.postgres.kill()
            question = {"q": "the inside of a loaf"}
            for url in cluster.urls:
                found = httpx2.get(f"{url}/v1/search", params=question, timeout=30)
                assert found.json()["hits"][0]["id"] == "bakery:crumb"
            cluster.postgres.start()
            _wait_for_edits(cluster, 3)
    finally:
        stop.set()
        for client in clients:
            client.join()
    cluster.check()
    for layout in cluster.layouts:
        catch_up(layout, cluster.database, Silent())
        with opened(cluster.database) as store, closing(EntryReader(layout.store)) as copy:
            wanted, there = summary(store), summary(copy)
        assert {**wanted, "answers": (0, "")} == {**there, "answers": (0, "")}


def test_another_server_publishes_when_the_publisher_has_died(cluster: KilledCluster) -> None:
    """Its lock ends with it, and what it left in the store disturbs nobody."""
    stop = threading.Event()
    client = threading.Thread(target=cluster.edit, args=(0, stop))
    client.start()
    try:
        _wait_for_edits(cluster, 2)
        for seconds in (1.0, 2.0):
            _kill_publisher(cluster.layouts[0], seconds)
        began = time.monotonic()
        _publish(cluster.layouts[1]).wait(120)
        assert time.monotonic() - began < 60
    finally:
        stop.set()
        client.join()
    wanted = cluster.layouts[1].current.read_bytes()
    assert comes(lambda: cluster.layouts[0].current.read_bytes() == wanted, 60)
    cluster.check()


def _publish(layout: IndexLayout) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PUBLISH, str(layout.root)])


def _kill_publisher(layout: IndexLayout, after_s: float) -> None:
    process = _publish(layout)
    with suppress(subprocess.TimeoutExpired):
        process.wait(after_s)
    process.kill()
    process.wait()


def _wait_for_edits(cluster: KilledCluster, count: int) -> None:
    """Wait until some further edits were acknowledged."""
    wanted = len(cluster.acknowledged) + count
    assert comes(lambda: len(cluster.acknowledged) >= wanted, 60), "no edit is acknowledged"
