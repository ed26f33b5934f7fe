"""What readers suggest, in `inbox.db` beside the store: missing terms, changes of entries.

No row says who suggested it. Each has a random id, by which whoever suggested it finds out what
became of it. The number of open ones is bounded; of decided ones the latest are kept.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from semsearch.core.errors import InvalidSetting
from semsearch.storage.database import (
    open_for_reading,
    open_for_writing,
    transaction,
    translate_corruption,
)
from semsearch.storage.io_errors import translate_os_errors

MAX_OPEN = 1_000
"""Most suggestions that wait for a decision."""
MAX_DECIDED = 1_000
"""Most decided suggestions that are kept."""
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


def suggest(
    file: Path, glossary: str, term: str, text: str, now: datetime, entry: str = ""
) -> ReaderSuggestion | None:
    """Add a suggestion and return it, or None if `MAX_OPEN` wait already.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    made = ReaderSuggestion(secrets.token_hex(_ID_BYTES), now, glossary, entry, term, text)
    with _writing(file) as connection:
        (waiting,) = connection.execute(
            "SELECT count(*) FROM suggestion WHERE state = ?", (InboxState.OPEN,)
        ).fetchone()
        if waiting >= MAX_OPEN:
            return None
        connection.execute(
            f"INSERT INTO suggestion ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (made.id, _time(now), glossary, entry, term, text, made.state, "", ""),
        )
    return made


def listed(file: Path, state: InboxState) -> list[ReaderSuggestion]:
    """Return the suggestions in a state, the latest first.

    Raises:
        StoredIndexError: the file is damaged, or another version of semsearch wrote it.
    """
    return _select(file, "state = ? ORDER BY number DESC", state)


def find(file: Path, id_: str) -> ReaderSuggestion | None:
    """Return a suggestion by its id, None if there is none.

    Raises:
        StoredIndexError: the file is damaged, or another version of semsearch wrote it.
    """
    return next(iter(_select(file, "id = ?", id_)), None)


def decide(file: Path, id_: str, state: InboxState, reason: str, decided_by: str) -> bool:
    """Accept or refuse a suggestion; return whether it was still open.

    Raises:
        InvalidSetting: it is refused without a reason.
        StoredIndexError: the file cannot be written or is damaged.
    """
    if state is InboxState.REFUSED and not reason.strip():
        raise InvalidSetting("a suggestion is refused with a reason; state one")
    if not file.exists():
        return False
    with _writing(file) as connection:
        changed = connection.execute(
            "UPDATE suggestion SET state = ?, reason = ?, decided_by = ? WHERE id = ? AND state = ?",
            (state, reason.strip(), decided_by, id_, InboxState.OPEN),
        ).rowcount
        connection.execute(
            "DELETE FROM suggestion WHERE number IN (SELECT number FROM suggestion WHERE state != ? "
            "AND id != ? ORDER BY number DESC LIMIT -1 OFFSET ?)",
            (InboxState.OPEN, id_, MAX_DECIDED - 1),
        )
    return changed == 1


def erase_entries(file: Path, ids: Collection[str]) -> None:
    """Delete the suggestions about purged entries.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    if file.exists():
        with _writing(file) as connection:
            connection.executemany(
                "DELETE FROM suggestion WHERE entry = ?", [(one,) for one in ids]
            )


def _select(file: Path, condition: str, value: str) -> list[ReaderSuggestion]:
    if not file.exists():
        return []
    with (
        translate_os_errors(file.parent),
        translate_corruption(file),
        closing(open_for_reading(file, _MIGRATIONS)) as connection,
    ):
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


@contextmanager
def _writing(file: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection inside a transaction; the file is its owner's alone."""
    with translate_os_errors(file.parent), translate_corruption(file):
        file.touch(mode=0o600)
        with closing(open_for_writing(file, _MIGRATIONS)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            with transaction(connection):
                yield connection


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
