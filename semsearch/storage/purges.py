"""Entries that were erased for good: nothing of them is stored but a hash of the id.

The hash keeps them away: builds and edits do not bring them back, mirrors learn what to erase, and
an older backup that is restored loses them again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from semsearch.core.entries import Changed, glossary_of
from semsearch.storage import redirects
from semsearch.storage.idempotency import ACCEPTED_SUGGESTIONS
from semsearch.storage.store_connection import StoreConnection


def digest_of(id_: str) -> str:
    """Return the SHA-256 of an id in hexadecimal."""
    return hashlib.sha256(id_.encode()).hexdigest()


def record(connection: StoreConnection, id_: str, revision: int) -> None:
    """Record that an entry is to be erased, inside the transaction that deletes it."""
    record_digest(connection, digest_of(id_), glossary_of(id_), revision)


def record_digest(connection: StoreConnection, digest: str, glossary: str, revision: int) -> None:
    """Record the hash of an id that another store has purged, inside a transaction."""
    connection.execute(
        "INSERT INTO purged VALUES (?, ?, ?) ON CONFLICT (digest) "
        "DO UPDATE SET glossary = excluded.glossary, revision = excluded.revision",
        (digest, glossary, revision),
    )


def digests(connection: StoreConnection) -> frozenset[str]:
    """Return the hashes of all ids that were purged."""
    return frozenset(digest for (digest,) in connection.execute("SELECT digest FROM purged"))


def known_ids(connection: StoreConnection, wanted: Collection[str]) -> list[str]:
    """Return the ids with these hashes that an entry or the history has."""
    ids = connection.execute("SELECT id FROM entry UNION SELECT id FROM history ORDER BY id")
    return [id_ for (id_,) in ids if digest_of(id_) in wanted]


def erase(connection: StoreConnection, wanted: Collection[str]) -> None:
    """Erase history and redirects of the ids with these hashes, and all answers to edits.

    Call it inside a transaction.
    """
    for id_ in known_ids(connection, wanted):
        connection.execute("DELETE FROM history WHERE id = ?", (id_,))
        connection.execute("DELETE FROM live_deletion WHERE id = ?", (id_,))
        redirects.erase(connection, id_)
    # answers quote entries; of suggestions only the ids are stored
    connection.execute("DELETE FROM request WHERE who != ?", (ACCEPTED_SUGGESTIONS,))


def since(connection: StoreConnection, revision: int, limit: int) -> list[Changed]:
    """Return what was purged after a revision, each with the glossary and the hash of its id."""
    rows = connection.execute(
        "SELECT glossary, digest, revision FROM purged WHERE revision > ? ORDER BY revision LIMIT ?",
        (revision, limit),
    )
    return [Changed(f"{glossary}:", None, at, digest) for glossary, digest, at in rows]
