"""Answers to edit requests by idempotency key, so that a repeated request is not executed again.

An answer is stored for a day, by the clock of the store, under the caller and the key. The accepted
suggestions of readers are stored in the same way for good: whoever accepts one, its entry is edited
once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from semsearch.core.errors import AnsweredBefore
from semsearch.storage.store_connection import StoreConnection

RETENTION = timedelta(days=1)
ACCEPTED_SUGGESTIONS = "suggestions of readers"
"""Stands for the caller where the key is the id of a suggestion (`storage/feedback/inbox.py`) and
the answer says who accepted it. Authors are ids of keys, or end with one in brackets, so none is
called so."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """An executed request: caller, key, hash of its content, and the answer."""

    who: str
    key: str
    digest: bytes
    answer: bytes


def keep(connection: StoreConnection, answered: StoredRequest) -> None:
    """Store an answer inside the transaction of the edit; remove those older than a day.

    Raises:
        AnsweredBefore: the key was used meanwhile.
    """
    now = connection.now()
    connection.execute(
        "DELETE FROM request WHERE at < ? AND who != ?",
        (now - RETENTION.total_seconds(), ACCEPTED_SUGGESTIONS),
    )
    written = connection.execute(
        "INSERT INTO request VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (answered.who, answered.key, now, answered.digest, answered.answer),
    )
    if not written.rowcount:
        raise AnsweredBefore(f"the request {answered.key!r} of {answered.who} was answered before")


def find(connection: StoreConnection, who: str, key: str) -> StoredRequest | None:
    """Return the answer to a request of the last day, or who accepted a suggestion, or None."""
    is_kept = who == ACCEPTED_SUGGESTIONS
    since = 0.0 if is_kept else connection.now() - RETENTION.total_seconds()
    found = connection.execute(
        "SELECT digest, answer FROM request WHERE who = ? AND key = ? AND at >= ?",
        (who, key, since),
    ).fetchone()
    return StoredRequest(who, key, bytes(found[0]), bytes(found[1])) if found else None
