"""Migrations of a shared store, the rights of servers, and errors of connections.

Covers `storage/postgres/migrating`.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import FormatTooNew, FormatTooOld, IndexBusy, InvalidSetting
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.storage.entry_store import Edit
from semsearch.storage.store_connection import Lock
from tests.conftest import ENTRIES
from tests.postgres_server import TestServer

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase


def test_migrations_are_done_once(database: SharedDatabase) -> None:
    """Before them, a server says what to do; they are numbered without a gap."""
    from semsearch.storage.postgres.migrating import (  # noqa: PLC0415 - an extra
        migrate,
        migrations,
        open_store,
    )

    numbers = [step.number for step in migrations()]
    names = [step.name for step in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    with pytest.raises(FormatTooOld, match=r"0 of \d+ migrations.*semsearch store migrate"):
        open_store(database)
    assert migrate(database) == names
    assert migrate(database) == []
    open_store(database).close()


def test_two_may_migrate_at_once(database: SharedDatabase) -> None:
    """One waits for the other, and finds nothing left to do."""
    from semsearch.storage.postgres.migrating import migrate, migrations  # noqa: PLC0415

    done: list[list[str]] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(database))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [[], [step.name for step in migrations()]]


def test_a_server_of_the_version_before_goes_on_if_it_may(database: SharedDatabase) -> None:
    """A newer migration states the oldest version that may run beside it."""
    from semsearch.storage.postgres.migrating import migrate, migrations, open_store  # noqa: PLC0415

    migrate(database)
    known = len(migrations())
    insert = "INSERT INTO migration VALUES (?, 'next', ?)"
    with closing(database.connect()) as connection:
        connection.execute(insert, (known + 1, known))
        open_store(database).close()
        assert migrate(database) == []
        connection.execute(insert, (known + 2, known + 2))
        with pytest.raises(FormatTooNew, match="upgrade semsearch"):
            open_store(database)
        with pytest.raises(FormatTooNew):
            migrate(database)


def test_what_is_too_old_or_a_replica_is_told(
    database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first needs another server, the second passes when the replica is promoted."""
    from semsearch.storage.postgres import migrating  # noqa: PLC0415 - an extra

    with monkeypatch.context() as patch:
        patch.setattr(migrating, "OLDEST_SERVER", 990_000)
        with pytest.raises(InvalidSetting, match="needs 99 or later"):
            migrating.migrate(database)
    migrating.migrate(database)
    with closing(migrating.open_store(database)) as store:
        store.connection.execute("SET default_transaction_read_only = on")
        with pytest.raises(StoreUnavailable, match="read-only"):
            store.replace_all(list(ENTRIES))
        store.connection.execute("SET default_transaction_read_only = off")


def test_servers_have_the_least_rights(
    database: SharedDatabase, postgres_server: TestServer
) -> None:
    """They read and write rows; tables and migrations are not theirs."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra
    from semsearch.storage.postgres.migrating import migrate, open_store  # noqa: PLC0415

    name = database.name.rpartition("/")[2]
    with pytest.raises(InvalidSetting, match="no role 'nobody_here'"):
        migrate(database, "nobody_here")
    postgres_server.run(f"CREATE ROLE server_{name} LOGIN")
    url = postgres_server.url(name, f"server_{name}")
    with closing(SharedDatabase(url)) as servers:
        with pytest.raises(InvalidSetting, match=r"lacks a right.*--role"):
            open_store(servers)
        migrate(database, f"server_{name}")
        with closing(open_store(servers)) as store:
            store.replace_all(sorted(ENTRIES, key=lambda one: one.glossary))
            store.apply([Edit("bakery:crumb", None)], "ann")
            store.purge(["bakery:leaven"], "ann")
            store.erase_purged()
            assert list(store.texts.unused([])) == []
            for refused in (
                "DROP TABLE entry",
                "ALTER TABLE entry ADD x int",
                "TRUNCATE entry",
                "CREATE TABLE mine (x int)",
                "DELETE FROM migration",
                "DELETE FROM store",
                "INSERT INTO migration VALUES (9, 'x', 9)",
            ):
                with pytest.raises(InvalidSetting, match="lacks a right"):
                    store.connection.execute(refused)


def test_rights_are_those_of_the_tables_of_a_store(
    database: SharedDatabase, postgres_server: TestServer
) -> None:
    """A table of somebody else in the schema is not theirs; of the store none is forgotten."""
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415 - an extra

    name = database.name.rpartition("/")[2]
    role = f"reader_{name}"
    postgres_server.run(f"CREATE ROLE {role} LOGIN")
    migrate(database)
    postgres_server.run("CREATE TABLE salary (who text)", name)
    migrate(database, role)
    with closing(database.connect()) as connection:
        rows = connection.execute(
            "SELECT tablename, has_table_privilege(?, tablename::regclass, 'SELECT'), "
            "has_table_privilege(?, tablename::regclass, 'INSERT') FROM pg_tables "
            "WHERE schemaname = current_schema()",
            (role, role),
        ).fetchall()
    assert [table for table, may_read, _ in rows if not may_read] == ["salary"]
    assert sorted(table for table, _, may_add in rows if not may_add) == [
        "candidate_set",
        "migration",
        "salary",
        "store",
    ]


EARLIER_GRANTS = """
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT TEMPORARY ON DATABASE {database} TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA public TO {role};
    REVOKE INSERT, UPDATE, DELETE, MAINTAIN ON migration FROM {role};
    REVOKE INSERT, DELETE ON store FROM {role};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
"""
"""What `grants.sql` said when it was written first."""

RIGHTS = """
    SELECT relname, privilege_type FROM pg_class, aclexplode(relacl) AS given
    WHERE relnamespace = 'public'::regnamespace AND grantee = ?::text::regrole
"""


def test_rights_that_an_earlier_version_gave_are_revoked(
    database: SharedDatabase, postgres_server: TestServer
) -> None:
    """A role that was served before has the rights of a new one; those of others stay."""
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415 - an extra

    name = database.name.rpartition("/")[2]
    old, new, other = (f"{one}_{name}" for one in ("old", "new", "other"))
    for role in (old, new, other):
        postgres_server.run(f"CREATE ROLE {role} LOGIN")
    migrate(database)
    for statement in (
        "CREATE TABLE salary (number bigserial, who text)",
        EARLIER_GRANTS.format(role=old, database=name),
        f"GRANT SELECT ON salary TO {other}",
    ):
        postgres_server.run(statement, name)
    with closing(database.connect()) as connection:

        def rights(role: str) -> set[tuple[str, str]]:
            return {tuple(row) for row in connection.execute(RIGHTS, (role,)).fetchall()}

        assert {("salary", "INSERT"), ("entry", "MAINTAIN")} <= rights(old)
        migrate(database, new)
        migrate(database, old)
        assert rights(old) == rights(new)
        assert rights(other) == {("salary", "SELECT")}


def test_rights_to_tables_of_others_are_not_touched(
    database: SharedDatabase, postgres_server: TestServer
) -> None:
    """An owner of ours who is no superuser may not revoke them; a superuser does not either."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415

    name = database.name.rpartition("/")[2]
    owner, role = f"owner_{name}", f"server_{name}"
    for statement in (
        f"CREATE ROLE {owner} LOGIN",
        f"CREATE ROLE {role} LOGIN",
        f"GRANT CREATE ON SCHEMA public TO {owner}",
        f"GRANT TEMPORARY ON DATABASE {name} TO {owner} WITH GRANT OPTION",
        f"GRANT USAGE ON SCHEMA public TO {owner} WITH GRANT OPTION",
        "CREATE TABLE salary (who text)",
        f"GRANT SELECT ON salary TO {role}",
    ):
        postgres_server.run(statement, name)
    with closing(SharedDatabase(postgres_server.url(name, owner))) as owned:
        migrate(owned, role)
        migrate(owned, owner)  # who keeps its rights
        migrate(database, role)
        migrate(owned, role)
        with closing(owned.connect()) as connection:
            rights = {tuple(row) for row in connection.execute(RIGHTS, (role,)).fetchall()}
    assert ("salary", "SELECT") in rights
    assert ("entry", "DELETE") in rights


def test_a_lock_ends_with_its_connection(database: SharedDatabase) -> None:
    """Until then others are told that it is taken; locks of other kinds are free."""
    holder, other = database.connect(), database.connect()
    with closing(other):
        with pytest.raises(IndexBusy), holder.locked(Lock.EDITING, 1.0):
            with other.locked(Lock.BUILDING, 0.1):
                pass
            with other.locked(Lock.EDITING, 0.1):
                pytest.fail("two have the lock")
        taken = holder.locked(Lock.EDITING, 1.0)
        taken.__enter__()
        holder.raw.close()
        began = time.monotonic()
        with other.locked(Lock.EDITING, 30.0):
            assert time.monotonic() - began < 15.0
    holder.close()


def test_a_connection_is_given_back_as_it_was_taken(database: SharedDatabase) -> None:
    """A lock that was not returned is free again, and timeouts are the usual ones."""
    first = database.connect()
    first.locked(Lock.EDITING, 1.0).__enter__()
    first.close()
    with closing(database.connect()) as again, again.locked(Lock.EDITING, 0.1):
        assert again.execute("SHOW statement_timeout").fetchone()[0] == "1min"
        assert again.execute("SHOW idle_in_transaction_session_timeout").fetchone()[0] == "1min"


def test_changes_are_heard(database: SharedDatabase) -> None:
    """A commit is heard by those who listen, a rollback is not."""
    from semsearch.storage.postgres.migrating import migrate, open_store  # noqa: PLC0415

    migrate(database)
    with database.listening() as wait, closing(open_store(database)) as store:
        store.replace_all(sorted(ENTRIES, key=lambda one: one.glossary))
        assert wait(10.0)
        assert not wait(0.1)
        with pytest.raises(ZeroDivisionError), store.connection.transaction():
            store.connection.execute("UPDATE store SET revision = revision + 1")
            raise ZeroDivisionError
        assert not wait(0.2)


def test_errors_name_the_store_but_no_password(
    database: SharedDatabase, postgres_server: TestServer
) -> None:
    """What is away is told apart from what is wrong."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra

    for url in ("postgresql://ann:secret@127.0.0.1:1/x", "postgresql://ann:secret@127.0.0.1:1/x?y"):
        with (
            pytest.raises((StoreUnavailable, InvalidSetting)) as caught,
            closing(SharedDatabase(url)) as away,
        ):
            away.connect()
        assert "secret" not in str(caught.value)
