"""Copies embeddings from one store into another, batch by batch, by their numbers.

A new embedding has a higher number than all before it. So a copy that knows the last number it has
reads what is new, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from semsearch.core.progress import Progress
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.store_connection import StoreConnection

_BATCH = 1000
"""Embeddings of one transaction: some megabytes."""
_EMBEDDING = "text, kept, vector, ids, tokens"


def put_all_embeddings(
    there: StoreConnection,
    here: StoreConnection,
    last: int,
    known: set[tuple[str, bytes, int]],
    progress: Progress,
) -> int:
    """Write the embeddings after a number, batch by batch, and return the number of the last."""
    (count,) = there.execute(
        f"SELECT count(*) FROM embedding WHERE {there.row_number} > ?",  # noqa: S608 - constant
        (last,),
    ).fetchone()
    progress.start("vectors", int(count))
    while batch := embeddings_after(there, last):
        with here.transaction():
            last = put_embeddings(here, batch, known)
        progress.advance(len(batch))
    return last


def embeddings_after(there: StoreConnection, last: int) -> list[Sequence[Any]]:
    """Return the next batch after a number: number, key of the encoder, and the columns."""
    number = f"embedding.{there.row_number}"
    return there.execute(
        f"SELECT {number}, key, {_EMBEDDING} FROM embedding "  # noqa: S608 - constants
        f"JOIN encoder ON encoder.number = embedding.encoder WHERE {number} > ? "
        f"ORDER BY {number} LIMIT ?",
        (last, _BATCH),
    ).fetchall()


def known_embeddings(here: StoreConnection) -> set[tuple[str, bytes, int]]:
    """Return encoder, text and version of tokens of all embeddings."""
    query = (
        "SELECT key, text, kept FROM embedding JOIN encoder ON encoder.number = embedding.encoder"
    )
    return {(key, bytes(text), kept) for key, text, kept in here.execute(query)}


def put_embeddings(
    here: StoreConnection, batch: Sequence[Sequence[Any]], known: set[tuple[str, bytes, int]]
) -> int:
    """Write embeddings inside a transaction, and return the number of the last one."""
    last = int(batch[-1][0])
    batch = [row for row in batch if (row[1], bytes(row[2]), row[3]) not in known]
    here.executemany(
        "INSERT INTO encoder (key) VALUES (?) ON CONFLICT DO NOTHING",
        ((key,) for key in dict.fromkeys(row[1] for row in batch)),
    )
    numbers = dict(here.execute("SELECT key, number FROM encoder").fetchall())
    here.executemany(
        "DELETE FROM embedding WHERE text = ? AND encoder = ?",
        [(row[2], numbers[row[1]]) for row in batch],
    )
    here.executemany(
        f"INSERT INTO embedding (encoder, {_EMBEDDING}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        [(numbers[row[1]], *row[2:]) for row in batch],
    )
    return last


def put_embeddings_of(
    there: StoreConnection, here: StoreConnection, texts: Sequence[bytes], key: str
) -> None:
    """Copy the embeddings of some texts by one encoder; those that are nowhere are left out.

    Args:
        there: the store that has them.
        here: the copy.
        texts: their hashes.
        key: of the encoder.
    """
    for start in range(0, len(texts), _BATCH):
        some = texts[start : start + _BATCH]
        marks = ",".join("?" * len(some))
        rows = there.execute(
            f"SELECT 0, key, {_EMBEDDING} FROM embedding "  # noqa: S608 - marks and constants
            f"JOIN encoder ON encoder.number = embedding.encoder WHERE key = ? AND text IN ({marks})",
            (key, *some),
        ).fetchall()
        if rows:
            with here.transaction():
                put_embeddings(here, rows, set())


def embedded_text(store: EntryReader, number: int) -> str:
    """Return which text has the embedding of a number, as hexadecimal digits; empty for none."""
    column = store.connection.row_number
    row = store.connection.execute(
        f"SELECT text FROM embedding WHERE {column} = ?",  # noqa: S608 - constant
        (number,),
    ).fetchone()
    return bytes(row[0]).hex() if row else ""


def forget_embeddings(source: EntryReader, target: EntryStore) -> None:
    """Delete the embeddings of a copy that its store has no longer, as after a build."""
    query = "SELECT text, key FROM embedding JOIN encoder ON encoder.number = embedding.encoder"
    present = {(bytes(text), key) for text, key in source.connection.execute(query)}
    here = target.connection
    gone = [(t, key) for t, key in here.execute(query) if (bytes(t), key) not in present]
    with here.transaction():
        here.executemany(
            "DELETE FROM embedding WHERE text = ? "
            "AND encoder = (SELECT number FROM encoder WHERE key = ?)",
            gone,
        )
