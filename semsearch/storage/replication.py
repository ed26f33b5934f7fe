"""Makes a store the same as another one: rows, revisions, history, redirects, and embeddings.

Unlike a mirror (`mirroring.py`), which is told what readers may know, it sees the other store
itself. So nothing is lost: authors, times and former states are the same in both. What is there
already is not sent again. A copy that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from semsearch.core.entries import ChangeKind
from semsearch.core.progress import Progress
from semsearch.core.shared_store_errors import StoreRewound
from semsearch.storage import history, purges
from semsearch.storage.embedding_copies import (
    embeddings_after,
    known_embeddings,
    put_all_embeddings,
    put_embeddings,
)
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.rows import COLUMNS
from semsearch.storage.store_connection import StoreConnection

ENTRY_COLUMNS = f"{COLUMNS}, position, origin, revision"
HISTORY_COLUMNS = "revision, id, kind, before_revision, before"
_OF_REVISIONS = ("entry", "history", "written", "purged")
"""Tables of which changed rows are taken over."""


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
    known = known_embeddings(here) if has_embeddings and not last else set()
    if has_embeddings:
        last = put_all_embeddings(there, here, last, known, progress)
    with there.reading():
        identity, revision = source.revision
        check_is_earlier(source, target)
        behind = 0 if anew else target.revision[1]
        with here.transaction():
            for table in _OF_REVISIONS if anew else ():
                here.execute(f"DELETE FROM {table}")  # noqa: S608 - constant
            while has_embeddings and (batch := embeddings_after(there, last)):
                last = put_embeddings(here, batch, known)
            changes, is_built = _put_changes(there, here, behind)
            if with_answers:
                _put_answers(there, here)
            here.execute("UPDATE store SET identity = ?, revision = ?", (identity, revision))
    here.committed(revision)
    return Replicated(identity, revision, last, changes, is_built)


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


def _put_changes(there: StoreConnection, here: StoreConnection, behind: int) -> tuple[int, bool]:
    """Write what was changed since a revision, inside a transaction.

    Returns:
        How many entries were changed or deleted, and whether there was a build.
    """

    def since(query: str) -> list[Sequence[Any]]:
        return there.execute(f"{query} WHERE revision > ? ORDER BY revision", (behind,)).fetchall()

    purged = since("SELECT digest, glossary, revision FROM purged")
    records = since(f"SELECT {HISTORY_COLUMNS} FROM history")  # noqa: S608 - constant
    entries = since(f"SELECT {ENTRY_COLUMNS} FROM entry")  # noqa: S608 - constant
    authors = since("SELECT revision, at, who FROM written")
    gone = [row[1] for row in records if row[2] == ChangeKind.DELETED]
    if purged:
        digests = {row[0] for row in purged}
        gone += purges.known_ids(here, digests)
        purges.erase(here, digests)
    here.executemany("DELETE FROM entry WHERE id = ?", [(id_,) for id_ in gone])
    here.executemany("DELETE FROM entry WHERE id = ?", [(row[0],) for row in entries])
    _insert(here, "entry", ENTRY_COLUMNS, entries)
    _insert(here, "history", HISTORY_COLUMNS, records)
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
