"""A store in PostgreSQL by its address: the pool of its connections, and the one that listens.

Everything that the address says counts for each of them: TLS, several hosts, a schema.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from semsearch.core.errors import IndexBusy, MissingExtra
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.storage.files.shared_setting import address_parts, public_address
from semsearch.storage.postgres.connection import STATEMENT_S, PostgresConnection
from semsearch.storage.postgres.connection_failures import (
    FailedAttempts,
    one_line,
    reason_of,
    way_out,
)

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

CONNECT_S = 3
"""Seconds to wait for a connection."""
IDLE_S = 60
"""Seconds that a transaction may wait for its next statement, before PostgreSQL ends it."""
_DEAD_AFTER = (
    "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=6000"  # nothing is probed while an answer is on the way to it
)
"""A machine that is gone keeps its locks for six seconds; a process that ends, not at all. An edit
elsewhere waits that long, and is to be shown within ten."""
_PARAMETERS = {
    "application_name": "semsearch",
    "connect_timeout": CONNECT_S,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
"""Unless the address says otherwise; a primary that is gone is noticed in five seconds."""
MAX_CONNECTIONS = 4
"""Of one process: edits take turns, and reads of the store are short."""


class SharedDatabase:
    """A store in PostgreSQL, by its address. Thread-safe; connects when it is first used."""

    def __init__(self, url: str) -> None:
        """Take an address.

        Args:
            url: `postgresql://user@host:port/database`, with all parameters of libpq, such as
                `sslmode=verify-full`.

        Raises:
            InvalidSetting: it is no such address.
            MissingExtra: the library is not installed.
        """
        try:
            from psycopg import conninfo
            from psycopg_pool import ConnectionPool
        except ImportError as error:
            raise MissingExtra("psycopg", "a store in PostgreSQL", "postgres") from error
        parts = address_parts(url)
        self.name = public_address(url)
        """The address without user and password, for messages."""
        timeouts = (
            f"-c statement_timeout={STATEMENT_S}s "
            f"-c idle_in_transaction_session_timeout={IDLE_S}s {_DEAD_AFTER} -c timezone=UTC"
        )
        parts["options"] = f"{parts.get('options') or ''} {timeouts}".strip()
        for name, value in _PARAMETERS.items():
            parts.setdefault(name, value)
        hosts = str(parts.get("host") or parts.get("hostaddr") or "").count(",") + 1
        self._patience_s = CONNECT_S * hosts  # each is tried in turn, also those that are gone
        self.conninfo = conninfo.make_conninfo(**parts)
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # each caller tells it
        self._attempts = FailedAttempts()
        self._counting = threading.Lock()
        self._in_use = 0
        """Connections that were given out; the pool also counts idle ones, which may be lost."""
        self._pool: ConnectionPool[Connection[tuple[Any, ...]]] = ConnectionPool(
            self.conninfo,
            connection_class=self._attempts.connection_class(),
            min_size=0,
            max_size=MAX_CONNECTIONS,
            open=False,
            timeout=self._patience_s,
            reconnect_timeout=self._patience_s,  # so that the next one who asks does not wait for longer
            kwargs={"autocommit": True},
            check=ConnectionPool.check_connection,
            reset=_unlock,
            name=f"semsearch {self.name}",
        )

    def connect(self) -> PostgresConnection:
        """Return a connection; `close` gives it back.

        Raises:
            StoreUnavailable: PostgreSQL does not answer or refuses the connection.
            IndexBusy: this process has all its connections in use.
        """
        import psycopg

        self._pool.open()
        try:
            taken = self._pool.getconn()
        except psycopg.Error as error:
            reason = self._attempts.reason(error, self._patience_s)
            if reason is error and self._in_use >= MAX_CONNECTIONS:
                raise IndexBusy(
                    f"this process has all its {MAX_CONNECTIONS} connections to {self.name} in use; "
                    "try again in a moment"
                ) from error
            raise self._unreachable(reason) from error
        self._count(1)
        return PostgresConnection(taken, self)

    @contextmanager
    def listening(self) -> Iterator[Callable[[float], bool]]:
        """Hear of changes by a connection of its own.

        Yields:
            What waits for a change for so many seconds, and returns whether there was one.

        Raises:
            StoreUnavailable: PostgreSQL does not answer, or not any more.
        """
        import psycopg

        try:
            connected = psycopg.connect(self.conninfo, autocommit=True)
        except psycopg.Error as error:
            self._pool.drain()  # its connections lead to the same primary
            raise self._unreachable(error) from error
        try:
            with connected as connection:
                connection.execute("LISTEN semsearch")

                def wait(seconds: float) -> bool:
                    return any(True for _ in connection.notifies(timeout=seconds, stop_after=1))

                yield wait
        except psycopg.Error as error:
            self._pool.drain()
            raise self.unavailable(error) from error

    def give_back(self, connection: Connection[tuple[Any, ...]]) -> None:
        """Put a connection into the pool; one that is broken or in a transaction is closed."""
        if connection.broken:
            self._pool.drain()  # the others lead to the same primary
        self._count(-1)
        self._pool.putconn(connection)

    def close(self) -> None:
        """End all connections."""
        self._pool.close()

    def _count(self, more: int) -> None:
        with self._counting:
            self._in_use += more

    def unavailable(self, error: Exception) -> StoreUnavailable:
        """Return the error for a store that does not answer any more."""
        return StoreUnavailable(
            f"the store {self.name} does not answer ({one_line(error)}); try again when PostgreSQL is "
            "back"
        )

    def _unreachable(self, error: Exception) -> StoreUnavailable:
        """Return the error for a store to which there is no connection."""
        reason = reason_of(error)
        return StoreUnavailable(
            f"the store {self.name} cannot be reached ({reason}); {way_out(reason)}"
        )


def _unlock(connection: Connection[tuple[Any, ...]]) -> None:
    """Give back a connection as it was taken."""
    connection.execute("SELECT pg_advisory_unlock_all()")
    connection.execute("RESET idle_session_timeout")
