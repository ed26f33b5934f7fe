"""Commits that no replica has: refused in time, never acknowledged, never copied.

Covers `storage/postgres/commits`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.storage.idempotency import StoredRequest
from tests.postgres_server import TestServer, running_server
from tests.server.service_process import comes

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

pytestmark = pytest.mark.process
ANSWER = StoredRequest("ann", "1", b"digest", b"answer")
WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND backend_type = 'client backend'"


class LonelyPrimary:
    """A primary that must not commit without a replica, and has none."""

    def __init__(self, server: TestServer, database: SharedDatabase) -> None:
        self.server = server
        self.database = database

    def require_replica(self, name: str) -> None:
        """Set which replica has to have a commit; empty for none."""
        self.server.run(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        self.server.run("SELECT pg_reload_conf()")
        assert comes(lambda: self.ask("SHOW synchronous_standby_names") == name)

    def ask(self, query: str) -> object:
        """Return the first value of an answer, or None."""
        import psycopg

        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
            return row[0] if row else None

    def answered(self) -> StoredRequest | None:
        """Return what is stored of the edit, as others see it."""
        from semsearch.storage.postgres.migrating import open_store  # noqa: PLC0415 - an extra

        with closing(open_store(self.database)) as store:
            return store.answered("ann", "1")

    def edit(self) -> None:
        """Edit."""
        from semsearch.storage.postgres.migrating import open_store  # noqa: PLC0415 - an extra

        with closing(open_store(self.database)) as store:
            store.apply([], "ann", answered=lambda _: ANSWER)

    def confirm(self) -> None:
        """Ask whether what is seen is on a replica."""
        with closing(self.database.connect()) as connection:
            connection.confirm()


@pytest.fixture
def primary(monkeypatch: pytest.MonkeyPatch) -> Iterator[LonelyPrimary]:
    """Run one of its own: its settings are those of all databases."""
    monkeypatch.setattr("semsearch.storage.postgres.commits.COMMIT_S", 1.0)
    with running_server() as server:
        from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415
        from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415

        with closing(SharedDatabase(server.new_database())) as database:
            migrate(database)
            yield LonelyPrimary(server, database)


def test_an_edit_that_no_replica_has_is_refused_in_time(primary: LonelyPrimary) -> None:
    """Nobody sees it until a replica has it; then the repeated request finds its answer."""
    primary.require_replica("nobody")
    with pytest.raises(StoreUnavailable, match="no replica has confirmed the commit within 1 s"):
        primary.edit()
    assert primary.answered() is None
    primary.require_replica("")
    assert comes(lambda: primary.answered() == ANSWER)


def test_a_wait_that_an_administrator_cancels_acknowledges_nothing(
    primary: LonelyPrimary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL warns, and answers as if the replica had it."""
    monkeypatch.setattr("semsearch.storage.postgres.commits.COMMIT_S", 60.0)
    primary.require_replica("nobody")
    told: list[StoreUnavailable] = []

    def edit() -> None:
        with pytest.raises(StoreUnavailable) as caught:
            primary.edit()
        told.append(caught.value)

    thread = threading.Thread(target=edit)
    thread.start()
    assert comes(lambda: primary.ask(WAITING) is not None)
    primary.server.run(f"SELECT pg_cancel_backend({primary.ask(WAITING)})")
    thread.join(30)
    assert "canceling wait for synchronous replication" in str(told[0])
    assert primary.answered() == ANSWER


def test_what_a_primary_shows_after_a_crash_is_not_taken_for_safe(primary: LonelyPrimary) -> None:
    """It shows commits that waited for a replica. Copies and repeated requests wait for one."""
    primary.require_replica("nobody")
    with pytest.raises(StoreUnavailable):
        primary.edit()
    primary.server.kill()
    primary.server.start()
    assert comes(lambda: primary.ask("SELECT 1") == 1)
    assert primary.answered() == ANSWER
    with pytest.raises(StoreUnavailable, match="no replica has confirmed"):
        primary.confirm()
    primary.require_replica("")
    primary.confirm()


def test_without_replicas_nothing_is_written_to_confirm(primary: LonelyPrimary) -> None:
    """A look of a copy costs no write then; after a commit nothing is asked at all."""
    from semsearch.storage.postgres.commits import CONFIRM  # noqa: PLC0415 - needs an extra

    assert primary.ask(CONFIRM) is None
    primary.require_replica("nobody")
    began = time.monotonic()
    with closing(primary.database.connect()) as connection:
        connection._is_confirmed = True
        connection.confirm()
    assert time.monotonic() - began < 1.0
    primary.require_replica("")


def test_the_role_of_servers_may_confirm(primary: LonelyPrimary) -> None:
    """Everybody may write a message of no effect into the log."""
    function = "pg_logical_emit_message(boolean, text, text, boolean)"
    assert primary.ask(f"SELECT has_function_privilege('public', '{function}', 'EXECUTE')")
