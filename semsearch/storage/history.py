"""The history of entries: every former state, written in the transaction of the change.

A record holds the state *before* a change. The state after it is the one before the entry's next
change, or its row. So no text is stored twice, and an entry that a build added needs no record: it
has had the state of its row since the row's revision. The table `written` has the time and author
of revisions.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import zip_longest

from semsearch.core.entries import ChangeKind, Entry, Version
from semsearch.storage.rows import COLUMNS, from_json, to_json
from semsearch.storage.store_connection import StoreConnection

BUILD = "build"
"""The author of changes made by a build."""


def record(connection: StoreConnection, id_: str, revision: int, kind: ChangeKind) -> None:
    """Store the present state of an entry; called before its row changes.

    Args:
        connection: in a transaction.
        id_: of the entry, which may not exist.
        revision: of the coming change.
        kind: of the coming change.
    """
    row = connection.execute(
        f"SELECT {COLUMNS}, revision FROM entry WHERE id = ?",  # noqa: S608 - constant
        (id_,),
    ).fetchone()
    before = (row[-1], to_json(row[:-1])) if row else (None, None)
    connection.execute(
        "INSERT INTO history (revision, id, kind, before_revision, before) VALUES (?, ?, ?, ?, ?)",
        (revision, id_, kind, *before),
    )


def ids_with_history(connection: StoreConnection) -> set[str]:
    """Return the ids of all entries, present or not, that have a record."""
    return {id_ for (id_,) in connection.execute("SELECT DISTINCT id FROM history")}


def sign(connection: StoreConnection, revision: int, who: str) -> None:
    """Record author and time of the changes up to a revision."""
    connection.execute("UPDATE store SET revision = ?", (revision,))
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    connection.execute("INSERT INTO written VALUES (?, ?, ?)", (revision, at, who))


def last_build(connection: StoreConnection) -> int:
    """Return the revision of the last build, 0 if there was none."""
    found = connection.execute(
        "SELECT revision FROM written WHERE who = ? ORDER BY revision DESC LIMIT 1", (BUILD,)
    ).fetchone()
    return int(found[0]) if found else 0


def is_built_since(connection: StoreConnection, revision: int) -> bool:
    """Return whether a build has changed anything after a revision."""
    found = connection.execute(
        "SELECT 1 FROM written WHERE revision > ? AND who = ? LIMIT 1", (revision, BUILD)
    )
    return found.fetchone() is not None


def versions(
    connection: StoreConnection, id_: str, present: tuple[int, Entry] | None
) -> list[Version]:
    """Return all states of an entry, oldest first; empty if it never existed.

    Args:
        connection: of the store.
        id_: of the entry.
        present: revision and content of its row, if it has one.
    """
    records = connection.execute(
        "SELECT revision, kind, before_revision, before FROM history WHERE id = ? ORDER BY "
        "revision",
        (id_,),
    ).fetchall()
    now = present[1] if present else None
    states: list[tuple[int, str, Entry | None]] = []
    if records and records[0][3] is not None:
        _, _, revision, before = records[0]
        states.append((revision, ChangeKind.ADDED, from_json(before)))
    elif present and not records:
        states.append((present[0], ChangeKind.ADDED, now))
    for (revision, kind, _, _), following in zip_longest(records, records[1:]):
        after = now if following is None else from_json(following[3]) if following[3] else None
        states.append((revision, kind, after))
    return [
        Version(revision, ChangeKind(kind), *_signature(connection, revision), entry)
        for revision, kind, entry in states
    ]


def _signature(connection: StoreConnection, revision: int) -> tuple[str, str]:
    """Return the time and the author of a revision."""
    at, who = connection.execute(
        "SELECT at, who FROM written WHERE revision >= ? ORDER BY revision LIMIT 1", (revision,)
    ).fetchone()
    return str(at), str(who)


def gone_since(connection: StoreConnection, revision: int, limit: int) -> list[tuple[int, str]]:
    """Return revision and id of each entry deleted after a revision and still missing, in order."""
    return connection.execute(
        "SELECT revision, id FROM history AS gone WHERE revision > ? AND kind = ? "
        "AND NOT EXISTS (SELECT 1 FROM history AS later "
        "WHERE later.id = gone.id AND later.revision > gone.revision) ORDER BY revision LIMIT ?",
        (revision, ChangeKind.DELETED, limit),
    ).fetchall()
