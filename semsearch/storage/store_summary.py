"""Number and SHA-256 of the rows of a store, by which a copy is compared with what was copied."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.replication import ENTRY_COLUMNS, HISTORY_COLUMNS
from semsearch.storage.store_connection import StoreConnection

_PAGE = 2000
"""Rows of a page of a summary: some ten megabytes of embeddings."""
_TABLES = {
    "entries": (f"SELECT {ENTRY_COLUMNS} FROM entry", "id"),  # noqa: S608 - constants
    "history": (f"SELECT {HISTORY_COLUMNS} FROM history", "revision"),  # noqa: S608
    "authors": ("SELECT revision, at, who FROM written", "revision"),
    "deletions": ("SELECT id FROM live_deletion", "id"),
    "redirects": ("SELECT id, target FROM redirect", "id"),
    "purges": ("SELECT digest, glossary, revision FROM purged", "digest"),
    "answers": ("SELECT who, key, digest, answer FROM request", "who, key"),
    "embeddings": (
        "SELECT text, key, kept, vector, ids, tokens FROM embedding "
        "JOIN encoder ON encoder.number = embedding.encoder",
        "text, key",
    ),
}
"""What a store consists of, with the first columns, by which the order does not depend on the
database."""


def summary(store: EntryReader) -> dict[str, tuple[int, str]]:
    """Return number and SHA-256 of the rows of each kind; equal stores have equal summaries."""
    with store.connection.reading():
        found = {"store": (store.revision[1], store.revision[0])}
        for name, (query, order) in _TABLES.items():
            count, digest = 0, hashlib.sha256()
            for row in _rows(store.connection, query, order):
                count += 1
                for value in row:
                    part = value if isinstance(value, bytes) else str(value).encode()
                    digest.update(len(part).to_bytes(8, "little") + part)
            found[name] = count, digest.hexdigest()
    return found


def _rows(connection: StoreConnection, query: str, order: str) -> Iterator[Sequence[Any]]:
    """Yield all rows in an order of their first columns, page by page, so that none is too large.

    A statement of PostgreSQL has to end in its time, and its rows are in memory at once.
    """
    keys = order.split(", ")
    marks = ", ".join("?" * len(keys))
    after = f"WHERE {keys[0]} >= ? AND ({order}) > ({marks})"  # the first condition is for an index
    page = connection.execute(f"{query} ORDER BY {order} LIMIT ?", (_PAGE,)).fetchall()
    yield from page
    while len(page) == _PAGE:
        last = page[-1][: len(keys)]
        page = connection.execute(
            f"{query} {after} ORDER BY {order} LIMIT ?", (last[0], *last, _PAGE)
        ).fetchall()
        yield from page
