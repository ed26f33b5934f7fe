"""Requests that were answered, so that one that is sent again is not carried out again.

A request is known by who sends it and the key they gave it, and kept for a day together with what it changed.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from semsearch.core.errors import AnsweredBefore

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that has been carried out: who sent it, its key, a hash of all it asked for, and the answer."""

    who: str
    key: str
    digest: bytes
    answer: bytes


def keep(connection: sqlite3.Connection, answered: Answered) -> None:
    """Keep the answer to a request, in the transaction that carries it out; those older than a day go.

    Raises:
        AnsweredBefore: a request of this key has been answered meanwhile.
    """
    now = datetime.now(UTC)
    connection.execute("DELETE FROM request WHERE at < ?", ((now - KEPT).timestamp(),))
    try:
        connection.execute(
            "INSERT INTO request VALUES (?, ?, ?, ?, ?)",
            (answered.who, answered.key, now.timestamp(), answered.digest, answered.answer),
        )
    except sqlite3.IntegrityError as error:
        raise AnsweredBefore(
            f"the request {answered.key!r} of {answered.who} was answered before"
        ) from error


def find(connection: sqlite3.Connection, who: str, key: str) -> Answered | None:
    """Return a request of somebody by its key, if it was answered within a day."""
    found = connection.execute(
        "SELECT digest, answer FROM request WHERE who = ? AND key = ? AND at >= ?",
        (who, key, (datetime.now(UTC) - KEPT).timestamp()),
    ).fetchone()
    return Answered(who, key, bytes(found[0]), bytes(found[1])) if found else None
