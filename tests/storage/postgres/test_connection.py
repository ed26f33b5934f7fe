"""Connections to a shared store that fail, stop, or lead to no schema.

Covers `storage/postgres/connection`, `storage/postgres/database`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import IndexBusy, IndexDamaged, InvalidEntry, InvalidSetting
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.storage.idempotency import StoredRequest
from semsearch.storage.store_connection import Lock
from tests.postgres_server import TestServer, running_server

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

HOLDER = """
import sys
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.storage.postgres import connection
from semsearch.storage.postgres.database import SharedDatabase
from semsearch.storage.store_connection import Lock
connection.EDIT_IDLE_S = 1
held = SharedDatabase(sys.argv[1]).connect()
with held.locked(Lock.EDITING, 5.0):
    print("held", flush=True)
    sys.stdin.readline()
    try:
        held.execute("SELECT 1")
    except StoreUnavailable as error:
        print(error, flush=True)
"""


def test_a_process_that_was_stopped_loses_the_lock_of_edits(
    database: SharedDatabase, postgres_server: TestServer
) -> None:
    """When it goes on, it is refused, so that it does not write beside the next holder."""
    url = postgres_server.url(database.name.rpartition("/")[2])
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        os.kill(process.pid, signal.SIGSTOP)
        try:
            with closing(database.connect()) as other, other.locked(Lock.EDITING, 30.0):
                pass
        finally:
            os.kill(process.pid, signal.SIGCONT)
        told, _ = process.communicate("\n", timeout=30)
    assert "does not answer" in told


def test_other_locks_may_be_held_for_long(
    database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build asks PostgreSQL nothing while it embeds; and after an edit all is as before."""
    monkeypatch.setattr("semsearch.storage.postgres.connection.EDIT_IDLE_S", 1)
    with closing(database.connect()) as held:
        with held.locked(Lock.BUILDING, 5.0):
            with held.locked(Lock.EDITING, 5.0):
                assert held.execute("SHOW idle_session_timeout").fetchone() == ("1s",)
            time.sleep(1.5)
            assert held.execute("SHOW idle_session_timeout").fetchone() == ("0",)
        held.locked(Lock.EDITING, 1.0).__enter__()
    with closing(database.connect()) as again:
        assert again.execute("SHOW idle_session_timeout").fetchone() == ("0",)


def test_a_schema_is_named_in_the_address(
    database: SharedDatabase, postgres_server: TestServer
) -> None:
    """A missing one is told, before its tables are missed or a lock is none."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra
    from semsearch.storage.postgres.migrating import migrate, open_store  # noqa: PLC0415

    name = database.name.rpartition("/")[2]
    url = postgres_server.url(name)
    sign = "&" if "?" in url else "?"
    with closing(SharedDatabase(f"{url}{sign}options=-csearch_path%3Dbread")) as schema:
        for use in (migrate, open_store):
            with pytest.raises(InvalidSetting, match=r"no schema 'bread' that .* CREATE SCHEMA"):
                use(schema)
        with closing(schema.connect()) as connection:
            with (
                pytest.raises(InvalidSetting, match="no schema"),
                connection.locked(Lock.EDITING, 1.0),
            ):
                pytest.fail("a lock of nothing")
            with pytest.raises(IndexDamaged, match="not as it was made"):
                connection.execute("CREATE TABLE x (y int)")
        postgres_server.run("CREATE SCHEMA bread", name)
        migrate(schema)
        with closing(open_store(schema)) as store:
            assert store.connection.execute("SELECT current_schema()").fetchone() == ("bread",)


def test_every_error_of_postgresql_is_one_of_the_index(database: SharedDatabase) -> None:
    """Also those that are no operational ones."""
    with closing(database.connect()) as connection:
        with pytest.raises(IndexDamaged, match='"nothing" does not exist'):
            connection.execute("SELECT * FROM nothing")
        with pytest.raises(InvalidEntry, match="NUL"):
            connection.execute("SELECT ?::text", ("a\x00b",))
        connection.execute("SET idle_in_transaction_session_timeout = 100")
        with pytest.raises(StoreUnavailable, match="idle-in-transaction"):  # noqa: SIM117
            with connection.reading():
                connection.execute("SELECT 1")
                time.sleep(0.5)
                connection.execute("SELECT 1")


def test_a_server_with_a_wrong_clock_removes_no_answers(
    database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are kept for a day by the clock of PostgreSQL, which all servers share."""
    from semsearch.storage.postgres.migrating import migrate, open_store  # noqa: PLC0415

    migrate(database)
    first, second = (StoredRequest("ann", key, b"digest", b"answer") for key in ("1", "2"))
    later = time.time() + 7 * 86400
    with closing(open_store(database)) as store:
        store.apply([], "ann", answered=lambda _: first)
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: later)
            store.apply([], "ann", answered=lambda _: second)
            assert store.answered("ann", "1") == first
        assert store.answered("ann", "2") == second


def test_connections_to_a_primary_that_died_are_not_tried_in_turn() -> None:
    """When one is lost, those that wait in the pool are replaced at once."""
    with running_server() as server:
        from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415

        with closing(SharedDatabase(server.url())) as database:
            several = [database.connect() for _ in range(3)]
            for one in several[1:]:
                one.close()
            server.kill()
            with pytest.raises(StoreUnavailable):
                several[0].execute("SELECT 1")
            server.start()
            several[0].close()
            with closing(database.connect()) as again:
                assert again.execute("SELECT 1").fetchone() == (1,)
            assert database._pool.get_stats().get("connections_lost", 0) == 0


def test_a_process_whose_connections_are_all_in_use_is_busy(database: SharedDatabase) -> None:
    """PostgreSQL answers, so nobody is told to look for it."""
    from semsearch.storage.postgres.database import MAX_CONNECTIONS  # noqa: PLC0415 - an extra

    with ExitStack() as used:
        for _ in range(MAX_CONNECTIONS):
            used.enter_context(closing(database.connect()))
        with pytest.raises(IndexBusy, match="all its 4 connections"):
            database.connect()
    database.connect().close()


def test_a_postgresql_that_is_out_of_reach_is_no_busy_process(
    database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the pool has all its connections: they are idle, and none of them answers in time."""
    import psycopg

    from semsearch.storage.postgres.database import MAX_CONNECTIONS  # noqa: PLC0415 - an extra

    for connection in [database.connect() for _ in range(MAX_CONNECTIONS)]:
        connection.close()

    def wait_in_vain(_: object) -> None:
        time.sleep(0.2)
        raise psycopg.OperationalError("could not receive data from server: timed out")

    monkeypatch.setattr(database._pool, "timeout", 0.1)
    monkeypatch.setattr(database._pool, "_check", wait_in_vain)
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        database.connect()


def test_each_host_of_an_address_has_its_time_to_answer() -> None:
    """The first one may be out of reach, so that a connection takes longer than one attempt."""
    pytest.importorskip("psycopg_pool", reason="the extra postgres is not installed")
    from semsearch.storage.postgres.database import CONNECT_S, SharedDatabase  # noqa: PLC0415

    for hosts, count in (("a:1", 1), ("a:1,b:2,c:3", 3)):
        with closing(SharedDatabase(f"postgresql://{hosts}/x")) as database:
            assert database._pool.timeout == count * CONNECT_S
            assert "tcp_user_timeout=6000" in database.conninfo, "locks of who is gone end"
