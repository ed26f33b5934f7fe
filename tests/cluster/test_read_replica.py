"""A server follows a read replica of PostgreSQL; what the replica lacks comes from the primary.

Covers `ingest/shared/replica`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from semsearch.core.errors import InvalidSetting, SemsearchError
from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.ingest import Editor
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared import follower
from semsearch.ingest.shared import replica as reading
from semsearch.ingest.shared.follower import SharedFollower, follower_of
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.ingest.shared.replica import ReadReplica
from semsearch.ingest.shared.rows import catch_up_rows
from semsearch.storage.files.following import follow_info
from semsearch.storage.files.layout import IndexLayout
from tests.ingest.shared.conftest import empty_store
from tests.ingest.shared.test_local_copy import SCORING, first_hit, same
from tests.postgres_server import TestServer, running_replica, running_server
from tests.server.service_process import comes

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase


@dataclass(frozen=True)
class PrimaryAndReplica:
    """A store on a primary, and a replica that streams from it."""

    primary: TestServer
    replica: TestServer
    url: str
    read_url: str
    folder: Path

    @property
    def database(self) -> SharedDatabase:
        """The store on the primary."""
        return database_of(self.url)

    def join(self, name: str) -> IndexLayout:
        """Make the index folder of a server by the replica."""
        layout = IndexLayout(self.folder / name)
        join_store(layout, self.url, Silent(), read_url=self.read_url)
        return layout

    @contextmanager
    def following(self, layout: IndexLayout) -> Iterator[SharedFollower]:
        """Keep an index folder in step by the replica."""
        follower = follower_of(layout, self.read_url)
        assert follower is not None
        with closing(follower):
            follower.start()
            yield follower

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the replica receive edits, and show none."""
        self.replica.run("SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self.replica.run("SELECT pg_wal_replay_resume()")


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[TestServer, TestServer]]:
    """Run a primary and its replica."""
    with running_server() as primary, running_replica(primary) as replica:
        yield primary, replica


@pytest.fixture
def store(
    servers: tuple[TestServer, TestServer],
    hashed_index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[PrimaryAndReplica]:
    """Give a store with the small glossary, which the replica has too."""
    monkeypatch.setattr(follower, "PAUSE_S", 0.1)
    monkeypatch.setattr(follower, "POLL_S", 0.2)
    monkeypatch.setattr(reading, "AWAY_S", 1.0)
    primary, replica = servers
    with empty_store(primary) as url:
        copy_into_store(IndexLayout(hashed_index), database_of(url), Silent())
        read_url = replica.url(url.partition("?")[0].rpartition("/")[2])
        yield PrimaryAndReplica(primary, replica, url, read_url, tmp_path)
        database_of(read_url).close()
    database_of.cache_clear()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, store: PrimaryAndReplica) -> dict[str, set[str]]:
    """Give the tables whose content was read, by the name of the server."""
    from semsearch.storage.postgres.connection import PostgresConnection  # noqa: PLC0415 - an extra

    names = {store.database.name: "primary", database_of(store.read_url).name: "replica"}
    execute, found = PostgresConnection.execute, {name: set[str]() for name in names.values()}

    def spy(self: PostgresConnection, query: str, values: Sequence[Any] = ()) -> object:
        for table in ("embedding", "file_part", "key"):
            if f"FROM {table}" in query and "count(" not in query:
                found[names[self.database.name]].add(table)
        return execute(self, query, values)

    monkeypatch.setattr(PostgresConnection, "execute", spy)
    return found


def add(layout: IndexLayout, term: str = SCORING.term) -> None:
    """Add an entry on a server."""
    with Editor(layout.root) as editor:
        editor.add("bakery", replace(SCORING, term=term))


def problem(layout: IndexLayout) -> str:
    """Return what `info` says is wrong."""
    found = follow_info(layout)
    return found.problem if found else ""


def test_a_copy_is_made_from_the_replica(
    store: PrimaryAndReplica, read: dict[str, set[str]]
) -> None:
    """Vectors and files come from there; keys are those of the primary."""
    layout = store.join("one")
    assert first_hit(layout, "the inside of a loaf") == "Crumb"
    assert read == {"primary": {"key"}, "replica": {"embedding", "file_part"}}
    assert same(layout, store.database)


def test_edits_and_publications_of_others_come_from_the_replica(
    store: PrimaryAndReplica, read: dict[str, set[str]]
) -> None:
    """The server that follows asks the primary for keys, and how new it is."""
    one, other = store.join("one"), store.join("other")
    add(other)
    publish_edits(other, Silent())
    for tables in read.values():
        tables.clear()
    with store.following(one):
        assert comes(lambda: one.current.read_bytes() == other.current.read_bytes())
        assert comes(lambda: first_hit(one) == "Scoring")
    assert read == {"primary": {"key"}, "replica": {"embedding", "file_part"}}
    assert problem(one) == ""


def test_a_replica_that_is_behind_holds_up_nothing(store: PrimaryAndReplica) -> None:
    """The server's own edit is answered at once, that of another one from the primary."""
    one, other = store.join("one"), store.join("other")
    with store.following(one):
        with store.paused():
            add(one, "Own")
            assert first_hit(one, "Own") == "Own"
            add(other, "Foreign")
            assert comes(lambda: first_hit(one, "Foreign") == "Foreign")
            assert comes(lambda: "is behind; the primary is read" in problem(one))
            assert same(one, store.database)
        assert comes(lambda: problem(one) == "")
    assert same(one, store.database)


def test_a_copy_ahead_of_the_replica_stays_as_it_is(store: PrimaryAndReplica) -> None:
    """An edit of this server may come in between; it is no other history."""
    one = store.join("one")
    with store.paused():
        add(one)
        with opened(database_of(store.read_url)) as behind:
            catch_up_rows(one, behind, Silent(), may_lag=True)
        assert same(one, store.database)


def test_without_the_replica_the_primary_is_read(store: PrimaryAndReplica) -> None:
    """Also from the first file on; `info` says so until the replica is back."""
    store.join("other")
    store.replica.kill()
    try:
        one = store.join("one")
        with store.following(one):
            add(IndexLayout(store.folder / "other"))
            assert comes(lambda: first_hit(one) == "Scoring")
            assert comes(lambda: "does not answer; the primary is read" in problem(one))
            store.replica.start()
            assert comes(lambda: problem(one) == "")
    finally:
        store.replica.start()


def test_without_the_primary_the_replica_is_read(store: PrimaryAndReplica) -> None:
    """It may have edits that this server has not seen; its own are refused."""
    one, other = store.join("one"), store.join("other")
    add(other)
    with opened(store.database) as shared, opened(database_of(store.read_url)) as replica:
        assert comes(lambda: replica.revision == shared.revision)
    store.primary.kill()
    try:
        with store.following(one):
            assert comes(lambda: first_hit(one) == "Scoring")
            with pytest.raises(StoreUnavailable):
                add(one, "Refused")
    finally:
        store.primary.start()
    catch_up(one, store.database, Silent())
    assert same(one, store.database)


def test_a_replica_of_another_store_is_not_read(store: PrimaryAndReplica, tmp_path: Path) -> None:
    """It never gets as new as the primary."""
    with empty_store(store.primary) as other:
        name = other.partition("?")[0].rpartition("/")[2]
        replica = ReadReplica(database_of(store.replica.url(name)))
        layout = IndexLayout(tmp_path / "new")
        join_store(layout, store.url, Silent())
        with opened(database_of(other)) as shared:
            wanted = shared.revision
        assert comes(lambda: _revision(replica.database) == wanted)
        catch_up(layout, store.database, Silent(), replica)
        assert "is behind" in replica.problem
        replica.database.close()
    assert same(layout, store.database)


def _revision(database: SharedDatabase) -> tuple[str, int] | None:
    """Return identity and revision, None before the database is there."""
    try:
        with opened(database) as store:
            return store.revision
    except SemsearchError:
        return None


def test_only_a_copy_has_a_replica(hashed_index: Path) -> None:
    """An index of its own has none to read."""
    with pytest.raises(InvalidSetting, match="name that with --store"):
        follower_of(IndexLayout(hashed_index), "postgresql://replica/db")
