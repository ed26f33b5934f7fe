"""A connection to a store in PostgreSQL: statements, transactions, locks, and what errors mean.

A session has timeouts, so that neither a lost network nor a server that was stopped in the middle
of an edit holds up others for good. `database.py` says how it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from semsearch.core.errors import IndexBusy, IndexDamaged, InvalidEntry, InvalidSetting
from semsearch.storage.postgres.commits import CONFIRM, bounded_commit
from semsearch.storage.postgres.connection_failures import one_line
from semsearch.storage.store_connection import Lock, ResultRows

if TYPE_CHECKING:
    from psycopg import Connection

    from semsearch.storage.postgres.database import SharedDatabase

STATEMENT_S = 60
"""Seconds that one statement may take; the longest reads all entries."""
EDIT_IDLE_S = 300
"""Seconds between two statements of an edit, outside of its transaction, before PostgreSQL ends it
and its lock: many new texts are embedded meanwhile, but a process that was stopped does nothing."""


class PostgresConnection:
    """A connection to a shared store, as `StoreConnection` describes it."""

    is_shared = True
    bytes_type = "bytea"
    row_number = "number"

    def __init__(self, connection: Connection[tuple[Any, ...]], database: SharedDatabase) -> None:
        """Take a connection of the pool of a database."""
        self.raw = connection
        self.database = database
        self._is_confirmed = False

    def execute(self, query: str, values: Sequence[Any] = (), /) -> ResultRows:
        """Run one statement."""
        with self.translated():
            rows: ResultRows = self.raw.execute(_marked(query), values or None)
            return rows

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> ResultRows:
        """Run one statement for each row of values, without waiting between them."""
        with self.translated():
            cursor: Any = self.raw.cursor()
            cursor.executemany(_marked(query), rows)
            written: ResultRows = cursor
            return written

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let several queries see the same state; nobody waits for them."""
        if self._is_in_transaction:
            yield
            return
        with self.translated(), self.raw.transaction():
            self.raw.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begin with the row of the store, which one transaction at a time holds; then commit.

        So revisions are committed in their order, and nobody who follows the feed misses one.
        """
        with self._committing():
            self.raw.execute("SELECT revision FROM store FOR UPDATE")
            yield

    def confirm(self) -> None:
        """Wait until replicas have what this connection sees, if commits have to wait for them.

        After a crash, PostgreSQL shows commits that no replica has yet.

        Raises:
            StoreUnavailable: they do not, in the time of a commit.
        """
        if not self._is_confirmed:
            with self._committing():
                self.raw.execute(CONFIRM.encode())

    @contextmanager
    def _committing(self) -> Iterator[None]:
        with self.translated(), ExitStack() as bounded, self.raw.transaction():
            yield
            bounded.enter_context(bounded_commit(self.raw, self.database.unavailable))
        self._is_confirmed = True

    def committed(self, revision: int) -> None:
        """Do nothing: a trigger tells others in the transaction itself."""

    def state(self) -> None:
        """Return None: only the server knows whether something was committed."""

    def now(self) -> float:
        """Return the time of PostgreSQL, so that clocks of servers need not agree."""
        row = self.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
        return float(row[0])

    def close(self) -> None:
        """Give the connection back."""
        self.database.give_back(self.raw)

    def check_schema(self) -> None:
        """Refuse a connection without a schema, which could make no tables and take no locks.

        Raises:
            InvalidSetting: there is none of the name in the address, or the role may not use it.
        """
        schema, path = self.execute(
            "SELECT current_schema(), current_setting('search_path')"
        ).fetchone()
        if schema is None:
            raise InvalidSetting(
                f"{self.database.name} has no schema {path!r} that its role may use; make it with "
                "CREATE SCHEMA, give rights with `semsearch store migrate --role ROLE`, or name "
                "another schema in the address with ?options=-csearch_path%3DNAME"
            )

    @contextmanager
    def locked(self, lock: Lock, patience_s: float) -> Iterator[None]:
        """Hold a lock of the store until the end, or until the connection is lost.

        Args:
            lock: which one.
            patience_s: seconds to wait for the present holder.

        Raises:
            IndexBusy: another process still holds it after this time.
            InvalidSetting: there is no such schema; see `check_schema`.
        """
        with self.translated():
            self.raw.execute(f"SET lock_timeout = {max(1, int(patience_s * 1000))}".encode())
            self.raw.execute(f"SET statement_timeout = {int((patience_s + 5) * 1000)}".encode())
            try:
                taken = self.raw.execute(
                    "SELECT pg_advisory_lock(hashtext(current_schema()), %s::int) IS NOT NULL",
                    (int(lock),),
                ).fetchone()
                if taken != (True,):
                    self.check_schema()
                if lock is Lock.EDITING:
                    self.raw.execute(f"SET idle_session_timeout = '{EDIT_IDLE_S}s'".encode())
            finally:
                with suppress(Exception):  # a lost connection has no settings
                    self.raw.execute("SET lock_timeout = 0")
                    self.raw.execute(f"SET statement_timeout = {STATEMENT_S * 1000}".encode())
        try:
            yield
        finally:
            with suppress(Exception):  # a lost connection has no lock any more
                self.raw.execute(
                    "SELECT pg_advisory_unlock(hashtext(current_schema()), %s::int)", (int(lock),)
                )
                if lock is Lock.EDITING:
                    self.raw.execute("RESET idle_session_timeout")

    @property
    def _is_in_transaction(self) -> bool:
        return self.raw.info.transaction_status.name in {"INTRANS", "INERROR"}

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Translate errors of PostgreSQL into errors of the index, with the way out."""
        import psycopg

        try:
            yield
        except psycopg.errors.LockNotAvailable as error:
            raise IndexBusy(
                f"another build or edit of the store {self.database.name} is under way; wait for it"
            ) from error
        except (psycopg.errors.DataCorrupted, psycopg.errors.IndexCorrupted) as error:
            raise IndexDamaged(
                f"the store {self.database.name} is damaged ({error}); restore a backup of "
                "PostgreSQL"
            ) from error
        except (
            psycopg.OperationalError,
            psycopg.InterfaceError,
            psycopg.errors.ReadOnlySqlTransaction,  # of a replica that is not the primary yet
            psycopg.errors.IdleInTransactionSessionTimeout,
        ) as error:
            raise self.database.unavailable(error) from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise InvalidSetting(
                f"the role of the store {self.database.name} lacks a right ({error}); run "
                "`semsearch store migrate --role ROLE` as the owner of the tables"
            ) from error
        except psycopg.DataError as error:
            raise InvalidEntry(f"PostgreSQL cannot store this text ({one_line(error)})") from error
        except psycopg.Error as error:
            raise IndexDamaged(
                f"the store {self.database.name} is not as it was made ({one_line(error)}); run "
                "`semsearch store migrate`, or restore a backup of PostgreSQL"
            ) from error


@lru_cache(maxsize=512)
def _marked(query: str) -> bytes:
    """Return a statement with the marks of psycopg for values."""
    return query.replace("?", "%s").encode()
