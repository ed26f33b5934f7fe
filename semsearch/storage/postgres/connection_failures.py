"""Why there is no connection to PostgreSQL, and what to do about it.

A pool connects in threads of its own, and tells those who wait only that time is up. So the class
of its connections remembers why the last attempt failed.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection

_WAYS_OUT = (
    (
        "certificate verify failed|unable to get local issuer",
        "no authority of `sslrootcert` has signed the certificate of this server, or it has expired; "
        "name the file of the one that did (`sslrootcert=FILE`), or `sslrootcert=system` for those of "
        "this machine",
    ),
    (
        "certificate for .* does not match host name",
        "the certificate of this server is for another host; name the host in the address as the "
        "certificate does, or give the server a certificate for the present name",
    ),
    (
        "does not support SSL",
        "this server has no TLS, which `sslmode` asks for; set `ssl = on` there, with a certificate",
    ),
    (
        "root certificate file|certificate file|private key file",
        "a file of TLS that the address names cannot be used; correct `sslrootcert`, `sslcert` or "
        "`sslkey` (a key only its owner may read)",
    ),
    (
        "alert unknown ca|alert (?:bad )?certificate(?! required)",
        "PostgreSQL does not take the certificate of this client; name one that its `ssl_ca_file` "
        "signed and that has not expired (`sslcert`, `sslkey`)",
    ),
    (
        "too many connections for",
        "this role or database may have no more connections; raise its limit (ALTER ... CONNECTION "
        "LIMIT), or run fewer servers",
    ),
    (
        "too many clients|remaining connection slots",
        "PostgreSQL has no connection left; raise `max_connections`, or run fewer servers",
    ),
    (
        "permission denied for database",
        "this user may not connect to it; run GRANT CONNECT ON DATABASE as the owner of the database",
    ),
    (
        "the database system is (?:starting up|shutting down|not yet accepting|in recovery)",
        "PostgreSQL starts or ends; try again in a moment",
    ),
    (
        "no encryption|certificate required|requires a valid client certificate",
        "this server wants TLS or a certificate; add `sslmode=verify-full` with `sslrootcert`, and "
        "if it checks its clients `sslcert` and `sslkey`",
    ),
    (
        "no pg_hba.conf entry",
        "PostgreSQL lets nobody in from this machine with this user, database and kind of connection; "
        "add a line to its pg_hba.conf",
    ),
    (
        "authentication failed|no password supplied|role .* does not exist",
        "user or password are wrong; both may stand in the address, the password also in PGPASSWORD "
        "or ~/.pgpass",
    ),
    (
        "invalid .* value|invalid connection option",
        "a parameter of the address is wrong; correct it (docs/shared-store.md)",
    ),
    ("database .* does not exist", "make the database with CREATE DATABASE, or name another one"),
    (
        "session is read-only|session is not read-only|server is in hot standby|"
        "server is not in hot standby",
        "no host of the address is what `target_session_attrs` asks for; name all hosts, or wait "
        "for the promotion of a replica",
    ),
    (
        "resolve host|translate host name|Name or service not known",
        "no machine has this name; correct the host in the address",
    ),
)
"""What libpq says, and the way out."""
_QUESTION = " Is the server running on that host and accepting TCP/IP connections?"
_CHECK = (
    "check host and port of the address (--store, SEMSEARCH_STORE), and that PostgreSQL runs there "
    "and can be reached from here (`psql` with this address tells more); or try again when it is back"
)


class FailedAttempts:
    """Remembers why the last attempt of a pool to connect failed. Thread-safe."""

    def __init__(self) -> None:
        self._last: tuple[float, Exception] | None = None

    def connection_class(self) -> type[Connection[tuple[Any, ...]]]:
        """Return the class of connections for `ConnectionPool`."""
        import psycopg

        attempts = self

        class RememberedConnection(psycopg.Connection[tuple[Any, ...]]):  # type: ignore[misc] # Any
            """Connects as any other one."""

            @classmethod
            def connect(cls, conninfo: str = "", **parameters: Any) -> Any:  # noqa: ANN401 - of psycopg
                """Connect, or remember why that failed."""
                try:
                    connection = super().connect(conninfo, **parameters)
                except psycopg.Error as error:
                    attempts._last = time.monotonic(), error
                    raise
                attempts._last = None
                return connection

        return RememberedConnection

    def reason(self, error: Exception, within_s: float) -> Exception:
        """Return why a pool gave no connection.

        Args:
            error: what it raised, which is all that is known if no attempt failed.
            within_s: seconds in which the last attempt has to have failed.
        """
        from psycopg_pool import PoolTimeout

        last = self._last
        is_known = last is not None and time.monotonic() - last[0] <= within_s
        return last[1] if last and is_known and isinstance(error, PoolTimeout) else error


def one_line(error: Exception) -> str:
    """Return what an error says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def reason_of(error: Exception) -> str:
    """Return why a connection failed, on one line: once for each host, without a question."""
    _, _, each = one_line(error).rpartition("All failures were: ")
    return each.replace(_QUESTION, "")


def way_out(reason: str) -> str:
    """Return what to do if a connection failed for this reason."""
    return next((way for said, way in _WAYS_OUT if re.search(said, reason)), _CHECK)
