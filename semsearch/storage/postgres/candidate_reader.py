"""Searches the candidates of a generation in PostgreSQL; see `candidates.py`.

The pool is apart from that of edits: its sessions have the settings of searches, and a question
never waits for an edit.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from semsearch.core.errors import IndexDamaged, InvalidSetting
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.storage.postgres.candidates import (
    CandidateKind,
    as_text,
    check_pgvector,
    floor,
)
from semsearch.storage.postgres.connection_failures import FailedAttempts, one_line
from semsearch.storage.postgres.database import CONNECT_S, SharedDatabase

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

T_Found = TypeVar("T_Found")

MAX_SCANNED = 200_000
"""Rows that a scan visits at most, if few of them pass the filter."""
MAX_BREADTH = 1_000
"""Largest `hnsw.ef_search`."""
ANSWER_S = 10
"""Seconds that a search may take."""
AWAY_S = 2.0
"""Seconds after a connection was awaited in vain, in which nobody waits for one again."""
CONNECTIONS = 4
"""Of one process that searches."""
_AT_A_TIME = 1_000
"""Rows of a statement that reads slices."""
_NAME = re.compile("[0-9a-f]{12}")


class CandidateReader:
    """Searches the tables of a generation, by connections of its own. Thread-safe."""

    def __init__(self, database: SharedDatabase, name: str, breadth: int) -> None:
        """Name the tables; nothing is connected yet.

        Args:
            database: which has them.
            name: of the set.
            breadth: candidates considered by a search (`hnsw.ef_search`); 0 leaves the default.

        Raises:
            IndexDamaged: this is no such name.
        """
        from psycopg_pool import ConnectionPool

        if not _NAME.fullmatch(name):
            raise IndexDamaged(f"{name!r} is no name of a set of candidates; build the index again")
        self._database = database
        self._name = name
        self._breadth = breadth
        self._configured: WeakSet[Connection[tuple[Any, ...]]] = WeakSet()
        self._failed_at = -AWAY_S
        self._attempts = FailedAttempts()
        self._pool: ConnectionPool[Connection[tuple[Any, ...]]] = ConnectionPool(
            database.conninfo,
            connection_class=self._attempts.connection_class(),
            min_size=0,
            max_size=CONNECTIONS,
            open=False,
            timeout=CONNECT_S,
            reconnect_timeout=CONNECT_S,
            kwargs={"autocommit": True},
            name=f"semsearch candidates {database.name}",
        )

    def close(self) -> None:
        """End all connections."""
        self._pool.close()

    def nearest(
        self,
        kind: CandidateKind,
        vectors: Sequence[Sequence[float]],
        k: int,
        allowed: range | Sequence[int] | None,
        languages: Sequence[str] = (),
        *,
        exact: bool = False,
    ) -> list[list[int]]:
        """Return the numbers of the rows nearest to each vector, nearest first.

        Args:
            kind: of entries or of phrases.
            vectors: those to compare with.
            k: rows wanted for each.
            allowed: numbers that may be returned: a range of step 1, or some; None for all.
            languages: tags, of which a row has at least one; empty for all.
            exact: whether every allowed row is compared, instead of using the graph.
        """
        where, values = [], list[Any]()
        if isinstance(allowed, range):
            where.append("number >= %s AND number < %s")
            values += allowed.start, allowed.stop
        elif allowed is not None:
            where.append("number = ANY(%s)")
            values.append(list(allowed))
        if languages:
            where.append("languages && %s")
            values.append(list(languages))
        condition = f"WHERE {' AND '.join(where)} " if where else ""
        # no index has the order of a sum
        order = "(vector <#> %s::halfvec) + 0" if exact else "vector <#> %s::halfvec"
        statement = f"SELECT number FROM {kind}_{self._name} {condition}ORDER BY {order} LIMIT %s"  # noqa: S608

        def ask(connection: Connection[tuple[Any, ...]]) -> list[list[int]]:
            with connection.pipeline():
                cursors = [
                    connection.execute(statement.encode(), (*values, as_text(vector), k))
                    for vector in vectors
                ]
            return [[number for (number,) in cursor.fetchall()] for cursor in cursors]

        return self._run(ask)

    def data(self, positions: Sequence[int]) -> dict[int, bytes]:
        """Return what scoring some entries takes, in one round trip."""
        statement = f"SELECT number, data FROM candidate_{self._name} WHERE number = ANY(%s)"  # noqa: S608
        return self._run(
            lambda connection: dict(
                connection.execute(statement.encode(), (list(positions),), binary=True).fetchall()
            )
        )

    def slices(
        self, positions: Sequence[int], firsts: Sequence[int], lengths: Sequence[int]
    ) -> list[bytes]:
        """Return a part of the data of each of some entries, for those who read very many."""
        statement = (
            f"SELECT substring(data FROM first + 1 FOR length) FROM unnest(%s::int[], %s::int[], "  # noqa: S608
            f"%s::int[]) WITH ORDINALITY AS wanted (number, first, length, place) "
            f"JOIN candidate_{self._name} USING (number) ORDER BY place"
        )
        found: list[bytes] = []
        for start in range(0, len(positions), _AT_A_TIME):
            some = [list(one[start : start + _AT_A_TIME]) for one in (positions, firsts, lengths)]
            found += self._run(
                lambda connection, some=some: [  # type: ignore[misc] # bound now
                    part
                    for (part,) in connection.execute(
                        statement.encode(), some, binary=True
                    ).fetchall()
                ]
            )
        return found

    def _run(self, ask: Callable[[Connection[tuple[Any, ...]]], T_Found]) -> T_Found:
        """Ask by a connection of the pool, and again by a new one if it was lost meanwhile.

        Raises:
            StoreUnavailable: PostgreSQL does not answer, has not the tables any more, or has no
                pgvector that can be used.
        """
        import psycopg

        if time.monotonic() - self._failed_at < AWAY_S:
            raise self._unavailable("it did not a moment ago")
        try:
            self._pool.open()
            try:
                return self._ask(ask)
            except psycopg.errors.QueryCanceled:  # it took too long, and would again
                raise
            except psycopg.OperationalError:
                if time.monotonic() - self._failed_at < AWAY_S:
                    raise
                self._pool.check()
                return self._ask(ask)
        except (psycopg.Error, InvalidSetting) as error:
            why = self._attempts.reason(error, CONNECT_S)
            raise self._unavailable(one_line(why)) from error

    def _ask(self, ask: Callable[[Connection[tuple[Any, ...]]], T_Found]) -> T_Found:
        from psycopg_pool import PoolTimeout

        try:
            with self._pool.connection() as connection:
                if connection not in self._configured:
                    self._configure(connection)
                    self._configured.add(connection)
                return ask(connection)
        except PoolTimeout:
            if not self._pool.get_stats().get("pool_size"):  # or all connections are busy
                self._failed_at = time.monotonic()
            raise

    def _configure(self, connection: Connection[tuple[Any, ...]]) -> None:
        """Set how the graph is scanned, and read it back.

        A setting of a library that is not loaded, or does not know it, would be ignored.
        """
        check_pgvector(self._database, connection)
        schema = connection.execute("SELECT vector_schema()").fetchone()
        settings = {
            "hnsw.iterative_scan": "relaxed_order",
            "hnsw.max_scan_tuples": str(MAX_SCANNED),
            "hnsw.ef_search": str(min(self._breadth or 40, MAX_BREADTH)),
            "statement_timeout": f"{ANSWER_S}s",
            "plan_cache_mode": "force_custom_plan",
            "enable_seqscan": "off",
            "jit": "off",
            "search_path": f"{_path(connection)}, {schema[0] if schema else 'public'}",
        }
        for name, value in settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
            if name == "search_path":
                connection.execute("SELECT '[1]'::halfvec <#> '[1]'::halfvec")
        for name, value in settings.items():
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            if row is None or row[0] != value:
                raise InvalidSetting(
                    f"{self._database.name} does not take the setting {name} = {value} (it has "
                    f"{row and row[0]!r}); upgrade pgvector to {floor()} or later"
                )

    def _unavailable(self, why: str) -> StoreUnavailable:
        return StoreUnavailable(
            f"{self._database.name}, which finds the entries of this glossary, does not answer "
            f"({why}); names and texts of entries are still there; ask again when "
            "PostgreSQL is back"
        )


def _path(connection: Connection[tuple[Any, ...]]) -> str:
    row = connection.execute("SELECT current_setting('search_path')").fetchone()
    return str(row[0]) if row else "public"
