"""Tells which generations of a shared store somebody fetches, so that nobody removes their files.

Whoever fetches a generation holds a shared advisory lock of PostgreSQL. It ends with the connection
at the latest, so a server that died holds up nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from semsearch.core.errors import SemsearchError
from semsearch.storage.store_connection import StoreConnection


@contextmanager
def fetching(connection: StoreConnection, number: int) -> Iterator[None]:
    """Keep the files of a generation from being removed.

    Args:
        connection: of the store.
        number: of the generation, which may have been removed before.
    """
    connection.execute(
        "SELECT pg_advisory_lock_shared(hashtext(current_schema() || '.generation'), ?::int)",
        (number,),
    )
    try:
        yield
    finally:
        with suppress(SemsearchError):  # a lost connection has no lock any more
            connection.execute(
                "SELECT pg_advisory_unlock_shared(hashtext(current_schema() || '.generation'), "
                "?::int)",
                (number,),
            )


@contextmanager
def unless_fetched(connection: StoreConnection, number: int) -> Iterator[bool]:
    """Tell whether nobody fetches a generation, and if so, let nobody begin until the end.

    Args:
        connection: of the store.
        number: of the generation.
    """
    (is_free,) = connection.execute(
        "SELECT pg_try_advisory_lock(hashtext(current_schema() || '.generation'), ?::int)",
        (number,),
    ).fetchone()
    try:
        yield bool(is_free)
    finally:
        if is_free:
            with suppress(SemsearchError):
                connection.execute(
                    "SELECT pg_advisory_unlock(hashtext(current_schema() || '.generation'), ?::int)",
                    (number,),
                )
