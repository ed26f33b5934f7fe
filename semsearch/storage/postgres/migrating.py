"""The tables of a shared store: numbered migrations, and the rights of the role of servers.

Servers of the version before may run while a migration is done. So each one states the oldest
version, by its number of migrations, that still reads and writes right afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from semsearch.core.errors import FormatTooNew, FormatTooOld, IndexDamaged, InvalidSetting
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import LONG_S
from semsearch.storage.postgres.candidates import CandidateKind
from semsearch.storage.postgres.connection import PostgresConnection
from semsearch.storage.postgres.database import SharedDatabase
from semsearch.storage.store_connection import Lock

_FOLDER = Path(__file__).with_name("migrations")
_GRANTS = Path(__file__).with_name("grants.sql")
OLDEST_SERVER = 150_000
"""PostgreSQL 15 is the first where only its owner may make tables in the schema `public`."""
_OLDEST = re.compile(r"-- oldest: (\d+)\n")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: a file of statements, which is never edited once it was released."""

    number: int
    name: str
    oldest: int
    """Versions that know fewer migrations are refused after this one."""
    script: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all steps in their order."""
    found = []
    for file in sorted(_FOLDER.glob("*.sql")):
        script = file.read_text(encoding="utf-8")
        oldest = _OLDEST.match(script)
        if oldest is None:
            raise IndexDamaged(f"{file} does not begin with `-- oldest: N`; install semsearch anew")
        found.append(Migration(int(file.stem[:4]), file.stem, int(oldest[1]), script))
    return tuple(found)


def open_store(database: SharedDatabase) -> EntryStore:
    """Return the store, open for reading and writing; `close` gives the connection back.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
        FormatTooOld: its tables are missing, or of an older version.
        FormatTooNew: its tables are of a version that this one cannot write.
    """
    connection = database.connect()
    try:
        _check_version(connection, database)
    except BaseException:
        connection.close()
        raise
    return EntryStore(connection)


def migrate(database: SharedDatabase, role: str | None = None) -> list[str]:
    """Do all migrations that are missing, each in a transaction, and return their names.

    Args:
        database: whose role owns the tables, or may make some.
        role: is given the rights that servers need; others that it has in the schema are revoked.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
        FormatTooNew: a newer version of semsearch has migrated it.
        InvalidSetting: there is no such role or schema, or PostgreSQL is too old.
    """
    connection = database.connect()
    try:
        if connection.raw.info.server_version < OLDEST_SERVER:
            raise InvalidSetting(
                f"{database.name} is PostgreSQL {connection.raw.info.server_version // 10000}; a "
                f"shared store needs {OLDEST_SERVER // 10000} or later"
            )
        with connection.locked(Lock.BUILDING, LONG_S):
            connection.execute(
                "CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, "
                "name text NOT NULL, oldest integer NOT NULL, "
                "at timestamptz NOT NULL DEFAULT now())"
            )
            done, _ = _version(connection)
            _check_not_too_new(connection, database)
            missing = [step for step in migrations() if step.number > done]
            for step in missing:
                _do(connection, step)
            if role is not None:
                _grant(connection, role)
            return [step.name for step in missing]
    finally:
        connection.close()


def _do(connection: PostgresConnection, step: Migration) -> None:
    with connection.raw.transaction():
        connection.execute(step.script)
        connection.execute(
            "INSERT INTO migration (number, name, oldest) VALUES (?, ?, ?)",
            (step.number, step.name, step.oldest),
        )


_GIVEN = """
    SELECT DISTINCT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname
    FROM pg_class, aclexplode(relacl) AS given
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        AND given.grantee = (SELECT oid FROM pg_roles WHERE rolname = %s)
        AND given.grantee <> relowner
        AND relowner = (SELECT relowner FROM pg_class WHERE oid = to_regclass('migration'))
        AND pg_has_role(relowner, 'USAGE')
"""
"""Tables and sequences to which a role has rights, of the owner of ours if this is run by it. The
owner keeps its own; a superuser leaves those of other owners."""


def _grant(connection: PostgresConnection, role: str) -> None:
    """Give a role the rights of `grants.sql` and those to the candidates that there are.

    What it had before in the schema is revoked, such as rights that an earlier version gave. All
    is one transaction, so servers that are running lack no right at any moment.
    """
    from psycopg import errors, sql

    row = connection.execute("SELECT current_schema(), current_database()").fetchone()
    schema, database = (sql.Identifier(name) for name in row)
    query = sql.SQL(_GRANTS.read_text(encoding="utf-8")).format(
        schema=schema, database=database, role=sql.Identifier(role)
    )
    with connection.translated(), connection.raw.transaction():
        for kind, name in connection.raw.execute(_GIVEN, (role,)).fetchall():
            connection.raw.execute(
                sql.SQL("REVOKE ALL ON {} {} FROM {}").format(
                    sql.SQL(kind), sql.Identifier(name), sql.Identifier(role)
                )
            )
        try:
            connection.raw.execute(query)
        except errors.UndefinedObject as error:
            raise InvalidSetting(
                f"there is no role {role!r}; make it with `CREATE ROLE ... LOGIN PASSWORD ...`"
            ) from error
        for (name,) in connection.raw.execute("SELECT name FROM candidate_set").fetchall():
            tables = sql.SQL(", ").join(sql.Identifier(f"{kind}_{name}") for kind in CandidateKind)
            connection.raw.execute(
                sql.SQL("GRANT SELECT, INSERT ON {} TO {}").format(tables, sql.Identifier(role))
            )


def _version(connection: PostgresConnection) -> Sequence[Any]:
    """Return the number of the last migration, and of the oldest version that may be used."""
    found: Sequence[Any] = connection.execute(
        "SELECT coalesce(max(number), 0), coalesce(max(oldest), 0) FROM migration"
    ).fetchone()
    return found


def _check_version(connection: PostgresConnection, database: SharedDatabase) -> None:
    (table,) = connection.execute("SELECT to_regclass('migration')").fetchone()
    if table is None:
        connection.check_schema()
    done = _version(connection)[0] if table else 0
    if done < len(migrations()):
        raise FormatTooOld(
            f"{database.name} has {done} of {len(migrations())} migrations of a store; run "
            "`semsearch store migrate` as the owner of the tables"
        )
    _check_not_too_new(connection, database)


def _check_not_too_new(connection: PostgresConnection, database: SharedDatabase) -> None:
    _, oldest = _version(connection)
    if oldest > len(migrations()):
        raise FormatTooNew(
            f"{database.name} was migrated for version {oldest} of its tables, this version of "
            f"semsearch knows {len(migrations())}; upgrade semsearch"
        )
