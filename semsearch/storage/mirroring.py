"""What a mirror needs of the changes of a store, and how a mirror applies them.

A mirror has the identity and the revisions of the store that it follows. So its own revision is the
position that it has reached, and ETags of entries are the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from semsearch.core.entries import Changed, ChangeKind, Entry, EntryPlace, glossary_of
from semsearch.core.errors import InvalidEntry
from semsearch.storage import purges
from semsearch.storage.changes import ChangeWriter
from semsearch.storage.rows import COLUMNS, Origin, from_row
from semsearch.storage.store_connection import StoreConnection

AUTHOR = "follow"
"""The author of mirrored changes in the history of a mirror."""


def for_mirrors(connection: StoreConnection, change: Changed) -> Changed:
    """Return a change with what only mirrors need: position and origin, or the successor."""
    if change.purged:
        return change
    if change.entry is not None:
        position, origin = connection.execute(
            "SELECT position, origin FROM entry WHERE id = ?", (change.id,)
        ).fetchone()
        return replace(change, position=position, is_live=origin == Origin.LIVE)
    target, is_live = connection.execute(
        "SELECT (SELECT target FROM redirect WHERE id = ?), "
        "EXISTS (SELECT 1 FROM live_deletion WHERE id = ?)",
        (change.id, change.id),
    ).fetchone()
    return replace(change, successor=target or "", is_live=bool(is_live))


def places(connection: StoreConnection) -> list[EntryPlace]:
    """Return where each entry stands, in order; behind them what was deleted live."""
    rows = connection.execute(
        "SELECT id, position, origin = ? FROM entry ORDER BY glossary, position", (Origin.LIVE,)
    )
    there = [EntryPlace(id_, position, bool(is_live)) for id_, position, is_live in rows]
    deleted = connection.execute("SELECT id FROM live_deletion ORDER BY id")
    return there + [EntryPlace(id_, None, is_live=True) for (id_,) in deleted]


def apply(connection: StoreConnection, change: ChangeWriter, changes: Sequence[Changed]) -> None:
    """Apply the changes of another store, inside a transaction.

    Raises:
        InvalidEntry: revisions do not rise, or an entry was purged before.
    """
    purged = purges.digests(connection)
    known = _ids_to_purge(connection, changes)
    for one in changes:
        if one.revision <= change.revision:
            raise InvalidEntry(
                f"the change of revision {one.revision} follows revision {change.revision}; "
                "revisions of a store rise"
            )
        change.continue_at(one.revision)
        if one.purged:
            if id_ := known.get(one.purged):
                change.purge(id_)
            else:
                change.record_purge(one.purged, glossary_of(one.id))
            purged |= {one.purged}
        elif one.entry is None:
            change.delete(one.id, Origin.LIVE if one.is_live else Origin.CORPUS)
            if one.successor:
                change.redirect(one.id, one.successor)
        elif purges.digest_of(one.id) in purged:
            raise InvalidEntry(f"the entry {one.id!r} was purged and does not come back")
        else:
            _put(connection, change, one, one.entry)


def _put(connection: StoreConnection, change: ChangeWriter, one: Changed, entry: Entry) -> None:
    row = connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE id = ?",  # noqa: S608 - constant
        (one.id,),
    ).fetchone()
    kind: ChangeKind | None = ChangeKind.ADDED
    if row is not None:
        same_text = replace(from_row(row), source=entry.source) == entry
        kind = None if same_text else ChangeKind.CHANGED
    origin = Origin.LIVE if one.is_live else Origin.CORPUS
    change.put(entry, one.position or 0, origin, kind)


def _ids_to_purge(connection: StoreConnection, changes: Sequence[Changed]) -> dict[str, str]:
    """Return the ids that changes purge, by their hashes.

    Finding them hashes all ids of the store, so it is done once for a page.
    """
    wanted = {one.purged for one in changes if one.purged}
    if not wanted:
        return {}
    ids = [*purges.known_ids(connection, wanted), *(one.id for one in changes if not one.purged)]
    return {digest: id_ for id_ in ids if (digest := purges.digest_of(id_)) in wanted}


def arrange(connection: StoreConnection, wanted: Iterable[EntryPlace]) -> None:
    """Move entries to their places, inside a transaction; unknown ids are passed over.

    The places may be of a later revision: the changes up to it then state the same places.
    """
    connection.execute("DELETE FROM live_deletion")
    for place in wanted:
        if place.position is None:
            connection.execute(
                "INSERT INTO live_deletion VALUES (?) ON CONFLICT DO NOTHING", (place.id,)
            )
        else:
            origin = Origin.LIVE if place.is_live else Origin.CORPUS
            connection.execute(
                "UPDATE entry SET position = ?, origin = ? WHERE id = ?",
                (place.position, origin, place.id),
            )
