"""Candidates in PostgreSQL: tables of a generation that pgvector searches.

    candidate_<set>   number (the position), languages, vector (halfvec), data
    phrase_<set>      number (of the phrase), languages of its entry, vector (halfvec)

`data` is what scoring an entry takes, as `index/pgvector/rows.py` lays it out. Both tables are
partitioned by a hash of the number if the glossary is large, so that each graph is built in
memory. Up to `EXACT_UP_TO` rows that may be returned are compared one by one; others are found by
an HNSW index (Malkov and Yashunin, 2018, https://arxiv.org/abs/1603.09320) whose scan goes on until
enough of them pass the filter.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from semsearch.core.errors import InvalidSetting
from semsearch.storage.postgres.connection_failures import one_line
from semsearch.storage.postgres.database import SharedDatabase

if TYPE_CHECKING:
    from psycopg import Connection

FLOOR = (0, 8, 6)
"""Oldest pgvector. Iterative scans came with 0.8.0; later ones of 0.8 mend index builds and
scans."""
EXACT_UP_TO = 10_000
"""Rows up to which each is compared."""
PARTITION_ROWS = 2_000_000
"""Rows above which a table is partitioned, into parts of at most so many: the graph of one is built
in some 3 GB of memory."""
_BUILD_BYTES = 1_600
"""Memory that a vector of 384 dimensions takes while a graph is built, with its links."""
_BUILD_MB = (64, 3_200)
"""Least and most memory for building a graph."""


class CandidateKind(StrEnum):
    """What a table has."""

    ENTRY = "candidate"
    PHRASE = "phrase"


def install_pgvector(database: SharedDatabase) -> str:
    """Make the extension if it is missing, and return its version.

    Raises:
        InvalidSetting: it is not installed on the machine, may not be made, or is too old.
        StoreUnavailable: PostgreSQL does not answer.
    """
    import psycopg

    with closing(database.connect()) as connection:
        try:
            connection.raw.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except (
            psycopg.errors.FeatureNotSupported,
            psycopg.errors.UndefinedFile,
            psycopg.errors.InsufficientPrivilege,
        ) as error:
            raise InvalidSetting(
                f"{database.name} cannot have the extension vector ({one_line(error)}); install "
                f"pgvector {floor()} or later beside PostgreSQL, and run CREATE EXTENSION vector "
                "as a superuser"
            ) from error
        return check_pgvector(database, connection.raw)


def check_pgvector(database: SharedDatabase, connection: Connection[Any]) -> str:
    """Return the version of pgvector.

    Raises:
        InvalidSetting: it is missing or too old.
    """
    row = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    found = row.fetchone()
    if found is None:
        raise InvalidSetting(
            f"{database.name} has no pgvector; run `semsearch store migrate --pgvector` as the owner "
            "of the tables"
        )
    version = str(found[0])
    if tuple(int(part) for part in version.split(".") if part.isdecimal()) < FLOOR:
        raise InvalidSetting(
            f"{database.name} has pgvector {version}; the engine pgvector needs {floor()} or "
            "later: install it, and run ALTER EXTENSION vector UPDATE as a superuser"
        )
    return version


def floor() -> str:
    """Return the oldest version of pgvector, as text."""
    return ".".join(map(str, FLOOR))


class CandidateWriter:
    """Makes the tables of a generation; nobody reads them before it is published."""

    def __init__(self, database: SharedDatabase, generation: int, dim: int, rows: int) -> None:
        """Make empty tables.

        Args:
            database: where to.
            generation: its number; earlier tables of this number were never published.
            dim: length of every vector.
            rows: how many entries there are, or phrases if these are more.

        Raises:
            InvalidSetting: pgvector is missing or too old, or the role lacks a right.
            StoreUnavailable: PostgreSQL does not answer.
        """
        self.name = secrets.token_hex(6)
        """The name of the set."""
        self._database = database
        with self._connected() as connection:
            check_pgvector(database, connection)
            for (former,) in connection.execute(
                "SELECT name FROM candidate_set WHERE generation = %s", (generation,)
            ).fetchall():
                connection.execute("SELECT drop_candidates(%s)", (former,))
            connection.execute(
                "SELECT make_candidates(%s, %s, %s, %s)",
                (self.name, generation, dim, -(-rows // PARTITION_ROWS)),
            )

    def put(self, kind: CandidateKind, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows: number, languages, vector, and data for entries; all or none of them."""
        with self._connected() as connection, connection.cursor() as cursor:
            statement = f"COPY {kind}_{self.name} FROM STDIN"
            with cursor.copy(statement.encode()) as copy:
                for row in rows:
                    copy.write_row(row)

    def index(self, kind: CandidateKind, count: int) -> None:
        """Build the graph over the vectors of a table that has so many rows."""
        megabytes = min(count, PARTITION_ROWS) * _BUILD_BYTES >> 20
        least, most = _BUILD_MB
        with self._connected() as connection:
            memory = f"{min(max(megabytes, least), most)}MB"
            connection.execute("SELECT set_config('maintenance_work_mem', %s, false)", (memory,))
            connection.execute("SELECT index_candidates(%s, %s)", (self.name, str(kind)))

    def analyze(self) -> int:
        """Count what the tables have, for the planner, and return the bytes of the graphs."""
        with self._connected() as connection:
            connection.execute("SELECT analyze_candidates(%s)", (self.name,))
            row = connection.execute(
                "SELECT coalesce(sum(pg_relation_size(indexrelid)), 0) FROM pg_index "
                "JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam "
                "WHERE amname = 'hnsw' AND indrelid::regclass::text LIKE %s",
                (f"%_{self.name}%",),
            ).fetchone()
            return int(row[0]) if row else 0

    @contextmanager
    def _connected(self) -> Iterator[Connection[Any]]:
        """Connect without a limit of time: graphs of millions take minutes."""
        with closing(self._database.connect()) as connection, connection.translated():
            try:
                connection.raw.execute("SET statement_timeout = 0")
                yield connection.raw
            finally:
                if not connection.raw.closed and not connection.raw.broken:
                    connection.raw.execute("RESET statement_timeout")
                    connection.raw.execute("RESET maintenance_work_mem")


def drop_unneeded(connection: Any) -> None:  # noqa: ANN401 - a connection of any store
    """Drop the tables that no generation of a shared store has.

    Args:
        connection: of the store, whose lock for publishing is held.
    """
    rows = connection.execute(
        "SELECT name FROM candidate_set WHERE generation NOT IN (SELECT number FROM generation)"
    ).fetchall()
    for (name,) in rows:
        connection.execute("SELECT drop_candidates(?)", (name,))


def drop_others(connection: Any, generation: int, kept: str) -> None:  # noqa: ANN401 - of any store
    """Drop tables that others made for a generation, before it is the newest one.

    A publisher that died leaves some, and the next generation may get the number of its own.

    Args:
        connection: of the store, whose lock for publishing is held.
        generation: is not published yet.
        kept: the name of its set; empty if it has files.
    """
    rows = connection.execute(
        "SELECT name FROM candidate_set WHERE generation = ? AND name <> ?", (generation, kept)
    ).fetchall()
    for (name,) in rows:
        connection.execute("SELECT drop_candidates(?)", (name,))


def as_text(vector: Iterable[float]) -> str:
    """Return a vector as PostgreSQL reads it."""
    return f"[{','.join(map(str, vector))}]"
