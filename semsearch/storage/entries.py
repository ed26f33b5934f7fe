"""The store: entries and what was embedded of them, in one transactional file.

It is the only truth of an index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from semsearch.storage import embeddings
from semsearch.storage.database import open_for_writing
from semsearch.storage.rows import COLUMNS, from_row, to_row
from semsearch.storage.transaction import transaction
from semsearch.types import Entry

_MIGRATIONS = (
    """
    CREATE TABLE entry (
        id TEXT NOT NULL UNIQUE,
        glossary TEXT NOT NULL,
        term TEXT NOT NULL,
        definition TEXT NOT NULL,
        aliases TEXT NOT NULL,
        language TEXT NOT NULL,
        file TEXT NOT NULL,
        line INTEGER NOT NULL,
        position INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE store (identity TEXT NOT NULL, revision INTEGER NOT NULL) STRICT;
    INSERT INTO store VALUES (lower(hex(randomblob(16))), 0);
    CREATE TABLE vector (
        text BLOB NOT NULL,
        fingerprint TEXT NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (text, fingerprint)
    ) STRICT, WITHOUT ROWID;
    """,
    "ALTER TABLE entry ADD COLUMN see_also TEXT NOT NULL DEFAULT '[]'",
    """
    CREATE TABLE tokens (
        text BLOB NOT NULL,
        fingerprint TEXT NOT NULL,
        ids BLOB NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (text, fingerprint)
    ) STRICT, WITHOUT ROWID;
    """,
    embeddings.SCHEMA,
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids by what happened to them when a corpus was read again.

    `moved` counts entries whose words are the same but whose file, line or order is not.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    gone: tuple[str, ...]
    moved: int

    def __bool__(self) -> bool:
        """Whether anything happened."""
        return bool(self.new or self.changed or self.gone or self.moved)


class EntryStore:
    """The open store. One process at a time, which holds the builder's lock."""

    def __init__(self, file: Path) -> None:
        self._connection = open_for_writing(file, _MIGRATIONS)
        self.embeddings = embeddings.Embeddings(self._connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def compare(self, ordered: Sequence[Entry]) -> Changes:
        """Sort a corpus into new, changed, unchanged and gone, without writing anything.

        Args:
            ordered: all entries, glossary by glossary.
        """
        found = bytearray(len(ordered))
        changed: list[int] = []
        gone: list[str] = []
        moved = shifted = 0
        for row, place, at in self._stored(ordered):
            if at is None:
                gone.append(str(row[0]))
                continue
            found[at] = True
            shifted += place != at
            if row != to_row(ordered[at]):
                old = from_row(row)
                moved += old.source != ordered[at].source
                if replace(old, source=ordered[at].source) != ordered[at]:
                    changed.append(at)
        new = tuple(e.id for e, is_known in zip(ordered, found, strict=True) if not is_known)
        if not moved and not new and not gone:
            moved = int(shifted > 0)
        ids = tuple(ordered[at].id for at in sorted(changed))
        return Changes(new, ids, sum(found) - len(ids), tuple(sorted(gone)), moved)

    def _stored(
        self, ordered: Sequence[Entry]
    ) -> Iterator[tuple[tuple[str | int, ...], int, int | None]]:
        """Yield each stored row, its position, and the place of its entry among others, if it is there."""
        places = {entry.id: place for place, entry in enumerate(ordered)}
        rows = self._connection.execute(f"SELECT {COLUMNS}, position FROM entry")  # noqa: S608 - constant
        return ((row[:-1], row[-1], places.get(row[0])) for row in rows)

    @property
    def revision(self) -> tuple[str, int]:
        """Which store this is, and how often its entries have been changed.

        A generation states which revision of which store it shows.
        """
        identity, number = self._connection.execute(
            "SELECT identity, revision FROM store"
        ).fetchone()
        return str(identity), int(number)

    def replace_all(self, ordered: Sequence[Entry]) -> None:
        """Make the store hold exactly these entries, in one transaction and as a new revision.

        Only rows that differ are written. `ordered` is as for `compare`.
        """
        kept = bytearray(len(ordered))
        stale: list[tuple[str]] = []
        for row, place, at in self._stored(ordered):
            if at is not None and place == at and row == to_row(ordered[at]):
                kept[at] = True
            else:
                stale.append((str(row[0]),))
        with transaction(self._connection) as connection:
            connection.execute("UPDATE store SET revision = revision + 1")
            connection.executemany("DELETE FROM entry WHERE id = ?", stale)
            connection.executemany(
                f"INSERT INTO entry ({COLUMNS}, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constant
                ((*to_row(e), at) for at, e in enumerate(ordered) if not kept[at]),
            )
