"""Writes changes of entries, each with its revision and its history.

Nothing else writes the rows of entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from semsearch.core.entries import ChangeKind, Entry
from semsearch.storage import history, purges, redirects
from semsearch.storage.rows import COLUMNS, Origin, to_row
from semsearch.storage.store_connection import StoreConnection

_NAMES = (*COLUMNS.split(", "), "position", "origin", "revision")
_PUT = (
    f"INSERT INTO entry ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))}) "  # noqa: S608 - constants
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{n} = excluded.{n}' for n in _NAMES[1:])}"
)


class ChangeWriter:
    """Changes of entries in one transaction; each raises the revision by one."""

    def __init__(self, connection: StoreConnection) -> None:
        self._connection = connection
        (self._before,) = connection.execute("SELECT revision FROM store").fetchone()
        self.revision: int = self._before

    def put(self, entry: Entry, position: int, origin: Origin, kind: ChangeKind | None) -> int:
        """Add or replace an entry, and return the new revision.

        Args:
            entry: the new state.
            position: within its glossary.
            origin: whether a build or an edit made it.
            kind: for the history; None to record nothing.
        """
        self.revision += 1
        if kind is not None:
            history.record(self._connection, entry.id, self.revision, kind)
        self._connection.execute(_PUT, (*to_row(entry), position, origin, self.revision))
        if origin is Origin.LIVE:
            self._connection.execute("DELETE FROM live_deletion WHERE id = ?", (entry.id,))
        return self.revision

    def delete(self, id_: str, origin: Origin) -> int:
        """Delete an entry and return the new revision; later builds respect a live deletion."""
        self.revision += 1
        history.record(self._connection, id_, self.revision, ChangeKind.DELETED)
        self._connection.execute("DELETE FROM entry WHERE id = ?", (id_,))
        redirects.forget(self._connection, id_)  # of an earlier deletion
        if origin is Origin.LIVE:
            self._connection.execute(
                "INSERT INTO live_deletion VALUES (?) ON CONFLICT DO NOTHING", (id_,)
            )
        return self.revision

    def redirect(self, id_: str, target: str) -> None:
        """Record that an entry has taken the place of a deleted one."""
        redirects.record(self._connection, id_, target)

    def purge(self, id_: str) -> int:
        """Delete an entry and record that it never comes back; returns the new revision.

        Its history remains until `EntryStore.erase_purged`, so that open indexes see it go.
        """
        self.revision += 1
        history.record(self._connection, id_, self.revision, ChangeKind.DELETED)
        if self._connection.execute("DELETE FROM entry WHERE id = ?", (id_,)).rowcount:
            redirects.forget(self._connection, id_)  # of an earlier deletion
        purges.record(self._connection, id_, self.revision)
        return self.revision

    def continue_at(self, revision: int) -> None:
        """Give the next change a revision, as a mirror does that has those of another store."""
        self.revision = revision - 1

    def record_purge(self, digest: str, glossary: str) -> None:
        """Record a purge of another store, of an entry that this one never had."""
        self.revision += 1
        purges.record_digest(self._connection, digest, glossary, self.revision)

    def shift(self, id_: str, position: int, origin: Origin) -> None:
        """Change position or origin of an entry without a new revision; readers see neither."""
        self._connection.execute(
            "UPDATE entry SET position = ?, origin = ? WHERE id = ?", (position, origin, id_)
        )

    def finish_mirroring(self, reached: int) -> None:
        """State the revision up to which a mirror has all changes of the other store."""
        self.revision = max(self.revision, reached)

    def finish_build(self, deleted: Iterable[str]) -> None:
        """Finish a build: store the remaining live deletions, and always raise the revision."""
        self._connection.execute("DELETE FROM live_deletion")
        self._connection.executemany(
            "INSERT INTO live_deletion VALUES (?)", ((id_,) for id_ in deleted)
        )
        self.revision = max(self.revision, self._before + 1)

    def next_position(self, glossary: str) -> int:
        """Return the position after the last entry of a glossary."""
        (last,) = self._connection.execute(
            "SELECT max(position) FROM entry WHERE glossary = ?", (glossary,)
        ).fetchone()
        return 0 if last is None else int(last) + 1

    def sign(self, who: str) -> None:
        """Record who made the changes, if there are any."""
        if self.revision > self._before:
            history.sign(self._connection, self.revision, who)


@contextmanager
def change_transaction(connection: StoreConnection, who: str) -> Iterator[ChangeWriter]:
    """Change entries in one transaction, signed if anything changed.

    Args:
        connection: of the store.
        who: the author of the changes.
    """
    with connection.transaction():
        change = ChangeWriter(connection)
        yield change
        change.sign(who)
