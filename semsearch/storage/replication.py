"""Makes a store the same as another one: rows, revisions, history, redirects, and embeddings.

Unlike a mirror (`mirroring.py`), which is told what readers may know, it sees the other store
itself. So nothing is lost: authors, times and former states are the same in both. What is there
already is not sent again. A copy that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from semsearch.core.entries import ChangeKind
from semsearch.core.progress import Progress
from semsearch.core.shared_store_errors import StoreRewound
from semsearch.storage import history, purges
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.rows import COLUMNS
from semsearch.storage.store_connection import StoreConnection

_BATCH = 1000
"""Embeddings of one transaction: some megabytes."""
_ENTRY = f"{COLUMNS}, position, origin, revision"
_HISTORY = "revision, id, kind, before_revision, before"
_EMBEDDING = "text, kept, vector, ids, tokens"
_OF_REVISIONS = ("entry", "history", "written", "purged")
"""Tables of which changed rows are taken over."""
_PAGE = 2000
"""Rows of a page of a summary: some ten megabytes of embeddings."""
_TABLES = {
    "entries": (f"SELECT {_ENTRY} FROM entry", "id"),  # noqa: S608 - constants
    "history": (f"SELECT {_HISTORY} FROM history", "revision"),  # noqa: S608
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


@dataclass(frozen=True, slots=True)
class Replicated:
    """How far a store is the same as another one."""

    identity: str
    revision: int
    embedded: int
    """Number of the last embedding that was taken over."""
    changes: int
    """How many entries were changed or deleted."""
    is_built: bool
    """Whether the other store was built since, so that the order of entries may be another."""


def replicate(
    source: EntryReader,
    target: EntryStore,
    progress: Progress,
    *,
    embedded: int | None = 0,
    with_answers: bool = False,
    anew: bool = False,
) -> Replicated:
    """Bring a store in step with another one; readers see the change at once as a whole.

    Args:
        source: the store whose changes are taken over; nobody waits for it to be read if it is in
            PostgreSQL.
        target: empty, or a copy of the same store that nobody edits.
        progress: reports batches of embeddings.
        embedded: number of the last embedding that was taken over before; None takes over none.
        with_answers: whether answers to requests are taken over, so that no repeated request is
            executed again where the copy is edited from now on.
        anew: whether all rows but embeddings are taken over, not only those that were changed.

    Raises:
        StoreRewound: the target is no earlier state of the source.
    """
    check_is_earlier(source, target)  # before anything is written
    there, here = source.connection, target.connection
    has_embeddings, last = embedded is not None, embedded or 0
    known = _known_embeddings(here) if has_embeddings and not last else set()
    if has_embeddings:
        last = _put_all_embeddings(there, here, last, known, progress)
    with there.reading():
        identity, revision = source.revision
        check_is_earlier(source, target)
        behind = 0 if anew else target.revision[1]
        with here.transaction():
            for table in _OF_REVISIONS if anew else ():
                here.execute(f"DELETE FROM {table}")  # noqa: S608 - constant
            while has_embeddings and (batch := _embeddings(there, last)):
                last = _put_embeddings(here, batch, known)
            changes, is_built = _put_changes(there, here, behind)
            if with_answers:
                _put_answers(there, here)
            here.execute("UPDATE store SET identity = ?, revision = ?", (identity, revision))
    here.committed(revision)
    return Replicated(identity, revision, last, changes, is_built)


def _put_all_embeddings(
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
    while batch := _embeddings(there, last):
        with here.transaction():
            last = _put_embeddings(here, batch, known)
        progress.advance(len(batch))
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
                _put_embeddings(here, rows, set())


def last_change(store: EntryReader) -> tuple[str, int, str]:
    """Return identity and revision of a store, and who made its last change, and when.

    A store that went back to a former state, as by a restore or a failover, may reach a revision
    anew, but not by the same change.
    """
    identity, revision = store.revision
    return identity, revision, _signature(store.connection, revision)


def check_is_earlier(source: EntryReader, target: EntryReader) -> None:
    """Refuse a copy that has changes which its store does not have.

    Args:
        source: the store.
        target: empty, or a copy.

    Raises:
        StoreRewound: the target is no earlier state of the source.
    """
    own, behind, signature = last_change(target)
    identity, revision = source.revision
    if behind and (
        own != identity or behind > revision or _signature(source.connection, behind) != signature
    ):
        raise StoreRewound(
            f"the copy is of the store {own[:12]} at revision {behind} (by {signature}), which is no "
            f"earlier state of the store {identity[:12]} at revision {revision}: that is another one, "
            "or went back to a former state, as after a restore or a failover; a server whose index "
            "folder was removed copies it anew, `semsearch copy` needs an empty store or folder"
        )


def _signature(connection: StoreConnection, revision: int) -> str:
    row = connection.execute(
        "SELECT who, at FROM written WHERE revision = ?", (revision,)
    ).fetchone()
    return f"{row[0]!r} at {row[1]}" if row else "nobody"


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


def _embeddings(there: StoreConnection, last: int) -> list[Sequence[Any]]:
    number = f"embedding.{there.row_number}"
    return there.execute(
        f"SELECT {number}, key, {_EMBEDDING} FROM embedding "  # noqa: S608 - constants
        f"JOIN encoder ON encoder.number = embedding.encoder WHERE {number} > ? "
        f"ORDER BY {number} LIMIT ?",
        (last, _BATCH),
    ).fetchall()


def _known_embeddings(here: StoreConnection) -> set[tuple[str, bytes, int]]:
    """Return encoder, text and version of tokens of all embeddings."""
    query = (
        "SELECT key, text, kept FROM embedding JOIN encoder ON encoder.number = embedding.encoder"
    )
    return {(key, bytes(text), kept) for key, text, kept in here.execute(query)}


def _put_embeddings(
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


def _put_changes(there: StoreConnection, here: StoreConnection, behind: int) -> tuple[int, bool]:
    """Write what was changed since a revision, inside a transaction.

    Returns:
        How many entries were changed or deleted, and whether there was a build.
    """

    def since(query: str) -> list[Sequence[Any]]:
        return there.execute(f"{query} WHERE revision > ? ORDER BY revision", (behind,)).fetchall()

    purged = since("SELECT digest, glossary, revision FROM purged")
    records = since(f"SELECT {_HISTORY} FROM history")  # noqa: S608 - constant
    entries = since(f"SELECT {_ENTRY} FROM entry")  # noqa: S608 - constant
    authors = since("SELECT revision, at, who FROM written")
    gone = [row[1] for row in records if row[2] == ChangeKind.DELETED]
    if purged:
        digests = {row[0] for row in purged}
        gone += purges.known_ids(here, digests)
        purges.erase(here, digests)
    here.executemany("DELETE FROM entry WHERE id = ?", [(id_,) for id_ in gone])
    here.executemany("DELETE FROM entry WHERE id = ?", [(row[0],) for row in entries])
    _insert(here, "entry", _ENTRY, entries)
    _insert(here, "history", _HISTORY, records)
    _insert(here, "written", "revision, at, who", authors)
    here.executemany("DELETE FROM purged WHERE digest = ?", [(row[0],) for row in purged])
    _insert(here, "purged", "digest, glossary, revision", purged)
    for table, columns in (("live_deletion", "id"), ("redirect", "id, target")):
        rows = there.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608 - constants
        here.execute(f"DELETE FROM {table}")  # noqa: S608 - constant
        _insert(here, table, columns, rows)
    is_built = any(who == history.BUILD for _, _, who in authors)
    if is_built:
        _move(there, here)
    return len({*gone, *(row[0] for row in entries)}), is_built


def _move(there: StoreConnection, here: StoreConnection) -> None:
    """Give entries the position and the origin that they have in the other store."""
    query = "SELECT id, position, origin FROM entry"
    present = {tuple(row) for row in here.execute(query)}
    here.executemany(
        "UPDATE entry SET position = ?, origin = ? WHERE id = ?",
        [(row[1], row[2], row[0]) for row in there.execute(query) if tuple(row) not in present],
    )


def _put_answers(there: StoreConnection, here: StoreConnection) -> None:
    columns = "who, key, at, digest, answer"
    here.execute("DELETE FROM request")
    _insert(here, "request", columns, there.execute(f"SELECT {columns} FROM request"))  # noqa: S608


def _insert(here: StoreConnection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    here.executemany(
        f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 - constants
        list(rows),
    )
