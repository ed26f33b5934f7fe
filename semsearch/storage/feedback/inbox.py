"""What readers suggest, in `inbox.db` beside the store: missing terms, changes of entries.

No row says who suggested it. Each has a random id, by which whoever suggested it finds out what
became of it. The number of open ones is bounded; of decided ones the latest are kept.

How many a sender and a network may make is counted here, since several processes take suggestions.
For an hour the file has digests of each sender and network. Their key is never written, and no row
connects a digest with a suggestion.
"""

from __future__ import annotations

import math
import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from semsearch.core.errors import InvalidSetting, TooManySuggestions
from semsearch.storage.feedback.private_database import reading, writing

MAX_OPEN = 1_000
"""Most suggestions that wait for a decision."""
MAX_OPEN_OF_READERS = 800
"""From so many on, suggestions of owners alone are added."""
MAX_DECIDED = 1_000
"""Most decided suggestions that are kept."""
MAX_OF_SENDER = 5
"""Most suggestions of one sender within `SENDER_KEPT`."""
MAX_OF_NETWORK = 20
"""Most suggestions from one network within `SENDER_KEPT`: whoever rents a network has some 200
addresses."""
SENDER_KEPT = timedelta(hours=1)
"""How long the digest of a sender is kept."""
_ID_BYTES = 16

_MIGRATIONS = (
    """
    CREATE TABLE suggestion (
        number INTEGER NOT NULL PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        made TEXT NOT NULL,
        glossary TEXT NOT NULL,
        entry TEXT NOT NULL,
        term TEXT NOT NULL,
        text TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        decided_by TEXT NOT NULL
    ) STRICT;
    CREATE INDEX suggestion_by_state ON suggestion (state);
    """,
    """
    CREATE TABLE sender (made TEXT NOT NULL, digest BLOB NOT NULL) STRICT;
    CREATE INDEX sender_in_time ON sender (made);
    """,
    "ALTER TABLE sender ADD COLUMN network BLOB",
)
_COLUMNS = "id, made, glossary, entry, term, text, state, reason, decided_by"


class InboxState(StrEnum):
    """What became of a suggestion."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReaderSuggestion:
    """A missing term, or a change of an entry, as a reader wrote it.

    `entry` is the id of the entry to change, empty for a missing term. `term` is the missing term,
    or that of the entry. `decided_by` is the name of the key that decided.
    """

    id: str
    made: datetime
    glossary: str
    entry: str
    term: str
    text: str
    state: InboxState = InboxState.OPEN
    reason: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who suggests something.

    Args:
        digest: a keyed digest of the access key or the address.
        network: a keyed digest of the network of the address, None if there is an access key.
        is_owner: whether the key is good for editing; the last places are for those.
    """

    digest: bytes
    network: bytes | None = None
    is_owner: bool = False


def suggest(
    file: Path,
    glossary: str,
    term: str,
    text: str,
    now: datetime,
    entry: str = "",
    *,
    sender: Sender,
) -> ReaderSuggestion | None:
    """Add a suggestion and return it, or None if as many as may wait already.

    Only one that is added counts for its sender.

    Args:
        file: `inbox.db`, made if it is missing.
        glossary: of the term or the entry.
        term: the missing term, or that of the entry.
        text: what is suggested.
        now: the time.
        entry: the id of the entry to change.
        sender: who suggests it.

    Raises:
        TooManySuggestions: the sender has made `MAX_OF_SENDER` within `SENDER_KEPT`, or its network
            `MAX_OF_NETWORK`.
        StoredIndexError: the file cannot be written or is damaged.
    """
    made = ReaderSuggestion(secrets.token_hex(_ID_BYTES), now, glossary, entry, term, text)
    with writing(file, _MIGRATIONS) as connection:
        _forget_senders(connection, now)
        _check_rate(connection, "digest", sender.digest, MAX_OF_SENDER, now)
        if sender.network is not None:
            _check_rate(connection, "network", sender.network, MAX_OF_NETWORK, now)
        (waiting,) = connection.execute(
            "SELECT count(*) FROM suggestion WHERE state = ?", (InboxState.OPEN,)
        ).fetchone()
        if waiting >= (MAX_OPEN if sender.is_owner else MAX_OPEN_OF_READERS):
            return None
        connection.execute(
            f"INSERT INTO suggestion ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (made.id, _time(now), glossary, entry, term, text, made.state, "", ""),
        )
        connection.execute(
            "INSERT INTO sender VALUES (?, ?, ?)", (_time(now), sender.digest, sender.network)
        )
    return made


def forget_senders(file: Path, now: datetime) -> None:
    """Delete the digests of senders that are older than `SENDER_KEPT`.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    if not file.exists():
        return
    with reading(file, _MIGRATIONS) as connection:
        oldest = connection.execute("SELECT min(made) FROM sender").fetchone()[0]
    if oldest is not None and oldest <= _time(now - SENDER_KEPT):
        with writing(file, _MIGRATIONS) as connection:
            _forget_senders(connection, now)


def _forget_senders(connection: sqlite3.Connection, now: datetime) -> None:
    connection.execute("DELETE FROM sender WHERE made <= ?", (_time(now - SENDER_KEPT),))


def _check_rate(
    connection: sqlite3.Connection, column: str, digest: bytes, most: int, now: datetime
) -> None:
    """Refuse a suggestion if `most` were made with a digest in a column of `sender`."""
    times = connection.execute(
        f"SELECT made FROM sender WHERE {column} = ? ORDER BY made DESC",  # noqa: S608 - ours
        (digest,),
    ).fetchall()
    if len(times) >= most:
        (oldest,) = times[most - 1]
        rest = datetime.fromisoformat(oldest) + SENDER_KEPT - now
        raise TooManySuggestions(max(1, math.ceil(rest.total_seconds())))


def listed(file: Path, state: InboxState) -> list[ReaderSuggestion]:
    """Return the suggestions in a state, the latest first.

    Raises:
        StoredIndexError: the file is damaged, or a newer version of semsearch wrote it.
    """
    return _select(file, "state = ? ORDER BY number DESC", state)


def find(file: Path, id_: str) -> ReaderSuggestion | None:
    """Return a suggestion by its id, None if there is none.

    Raises:
        StoredIndexError: the file is damaged, or a newer version of semsearch wrote it.
    """
    return next(iter(_select(file, "id = ?", id_)), None)


def decide(file: Path, id_: str, state: InboxState, reason: str, decided_by: str) -> bool:
    """Accept or refuse a suggestion; return whether that is its state now.

    The same decision of the same key may come again, since its answer may have been lost.

    Raises:
        InvalidSetting: it is refused without a reason.
        StoredIndexError: the file cannot be written or is damaged.
    """
    if state is InboxState.REFUSED and not reason.strip():
        raise InvalidSetting("a suggestion is refused with a reason; state one")
    if not file.exists():
        return False
    decision = (state, reason.strip(), decided_by)
    with writing(file, _MIGRATIONS) as connection:
        _decide(connection, id_, decision)
        row = connection.execute(
            "SELECT state, reason, decided_by FROM suggestion WHERE id = ?", (id_,)
        ).fetchone()
    return bool(row == decision)


def note_accepted(file: Path, id_: str, decided_by: str, reason: str) -> None:
    """Note that a suggestion was accepted by an edit, unless that is noted.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    if file.exists():
        with writing(file, _MIGRATIONS) as connection:
            _decide(connection, id_, (InboxState.ACCEPTED, reason.strip(), decided_by))


def _decide(connection: sqlite3.Connection, id_: str, decision: tuple[str, str, str]) -> None:
    """Give an open suggestion its state, reason and author, and keep the latest decided ones."""
    connection.execute(
        "UPDATE suggestion SET state = ?, reason = ?, decided_by = ? WHERE id = ? AND state = ?",
        (*decision, id_, InboxState.OPEN),
    )
    connection.execute(
        "DELETE FROM suggestion WHERE number IN (SELECT number FROM suggestion WHERE state != ? "
        "AND id != ? ORDER BY number DESC LIMIT -1 OFFSET ?)",
        (InboxState.OPEN, id_, MAX_DECIDED - 1),
    )


def erase_entries(file: Path, ids: Collection[str]) -> None:
    """Delete the suggestions about purged entries.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    if file.exists():
        with writing(file, _MIGRATIONS) as connection:
            connection.executemany(
                "DELETE FROM suggestion WHERE entry = ?", [(one,) for one in ids]
            )


def _select(file: Path, condition: str, value: str) -> list[ReaderSuggestion]:
    if not file.exists():
        return []
    with reading(file, _MIGRATIONS) as connection:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM suggestion WHERE {condition}",  # noqa: S608 - constants
            (value,),
        )
        return [
            ReaderSuggestion(
                id_,
                datetime.fromisoformat(made),
                glossary,
                entry,
                term,
                text,
                InboxState(state),
                reason,
                decided_by,
            )
            for id_, made, glossary, entry, term, text, state, reason, decided_by in rows
        ]


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
