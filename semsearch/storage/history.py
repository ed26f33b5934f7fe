"""What happened to entries: written beside each change, in its transaction.

A record holds the state *before* the change; the state after it is the state before the next change of
the same entry, or the entry's own row. So no text is ever there twice, an addition costs no text, and
what a build adds needs no record at all: an entry without one has had the state of its row since the
revision of its row, and `written` says when that was and by whom.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from itertools import zip_longest

from semsearch.core.entries import ChangeKind, Entry, Version
from semsearch.storage.rows import AS_JSON, from_json

BUILD = "build"
"""Who reads a corpus."""


def record(connection: sqlite3.Connection, id_: str, revision: int, kind: ChangeKind) -> None:
    """Put the present state of an entry away; called before its row is changed.

    Args:
        connection: in a transaction.
        id_: of the entry; there may be none.
        revision: that the change makes.
        kind: what will happen.
    """
    written = connection.execute(
        "INSERT INTO history (revision, id, kind, before_revision, before) "  # noqa: S608 - constant
        f"SELECT ?, id, ?, revision, {AS_JSON} FROM entry WHERE id = ?",
        (revision, kind, id_),
    )
    if not written.rowcount:
        connection.execute(
            "INSERT INTO history (revision, id, kind) VALUES (?, ?, ?)", (revision, id_, kind)
        )


def ids_with_history(connection: sqlite3.Connection) -> set[str]:
    """Return the ids of all entries, present or not, that something is recorded of."""
    return {id_ for (id_,) in connection.execute("SELECT DISTINCT id FROM history")}


def sign(connection: sqlite3.Connection, revision: int, who: str) -> None:
    """Say who made the changes up to a revision, and that it was now."""
    connection.execute("UPDATE store SET revision = ?", (revision,))
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    connection.execute("INSERT INTO written VALUES (?, ?, ?)", (revision, at, who))


def is_built_since(connection: sqlite3.Connection, revision: int) -> bool:
    """Whether a build has changed anything after a revision."""
    found = connection.execute(
        "SELECT 1 FROM written WHERE revision > ? AND who = ? LIMIT 1", (revision, BUILD)
    )
    return found.fetchone() is not None


def versions(
    connection: sqlite3.Connection, id_: str, present: tuple[int, Entry] | None
) -> list[Version]:
    """Return all states of an entry, the oldest first; empty if there has never been such an entry.

    Args:
        connection: of the store.
        id_: of the entry.
        present: its revision and what its row says, if it has one.
    """
    records = connection.execute(
        "SELECT revision, kind, before_revision, before FROM history WHERE id = ? ORDER BY revision",
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


def _signature(connection: sqlite3.Connection, revision: int) -> tuple[str, str]:
    """Return when a revision was made, and by whom."""
    at, who = connection.execute(
        "SELECT at, who FROM written WHERE revision >= ? ORDER BY revision LIMIT 1", (revision,)
    ).fetchone()
    return str(at), str(who)


def gone_since(connection: sqlite3.Connection, revision: int, limit: int) -> list[tuple[int, str]]:
    """Return the entries deleted after a revision that are still gone, in that order, with the revision."""
    return connection.execute(
        "SELECT revision, id FROM history AS gone WHERE revision > ? AND kind = ? "
        "AND NOT EXISTS (SELECT 1 FROM history AS later "
        "WHERE later.id = gone.id AND later.revision > gone.revision) ORDER BY revision LIMIT ?",
        (revision, ChangeKind.DELETED, limit),
    ).fetchall()
