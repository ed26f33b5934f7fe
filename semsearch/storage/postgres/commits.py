"""Commits that wait for replicas: bounded in time, and not taken for done if no replica has them.

With `synchronous_standby_names` a commit waits until a replica has it. If none can be reached, it
waits for good: no timeout of PostgreSQL ends that. If an administrator cancels the wait, PostgreSQL
warns, and answers as if all were well, although a failover would lose the commit.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from semsearch.core.shared_store_errors import StoreUnavailable

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.errors import Diagnostic

COMMIT_S = 10.0
"""Seconds for a commit, with its way to a replica."""
CONFIRM = (
    "SELECT CASE WHEN current_setting('synchronous_standby_names') != '' "
    "AND NOT pg_is_in_recovery() THEN pg_logical_emit_message(true, 'semsearch', '') END"
)
"""Writes something of no effect, so that the commit waits for replicas, if it has to for any: they
have everything then that was committed before."""


@contextmanager
def bounded_commit(
    connection: Connection[tuple[Any, ...]], unavailable: Callable[[Exception], StoreUnavailable]
) -> Iterator[None]:
    """End the connection if the commit inside takes too long.

    PostgreSQL goes on to wait, and nobody sees the commit before a replica has it.

    Args:
        connection: which commits.
        unavailable: makes the error.

    Raises:
        StoreUnavailable: it is not known whether the commit will hold.
    """
    import psycopg

    warnings: list[str] = []
    is_late = threading.Event()
    line = socket.socket(fileno=os.dup(connection.fileno()))

    def hang_up() -> None:
        is_late.set()
        with suppress(OSError):  # it is lost already
            line.shutdown(socket.SHUT_RDWR)

    def hear(notice: Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING":
            warnings.append(notice.message_primary or "a warning")

    timer = threading.Timer(COMMIT_S, hang_up)
    connection.add_notice_handler(hear)
    timer.start()
    try:
        yield
    except psycopg.OperationalError as error:
        if not is_late.is_set():
            raise
        late = TimeoutError(f"no replica has confirmed the commit within {COMMIT_S:g} s")
        raise unavailable(late) from error
    finally:
        timer.cancel()
        timer.join()
        line.close()
        connection.remove_notice_handler(hear)
    if warnings:
        raise unavailable(RuntimeError("; ".join(warnings)))
