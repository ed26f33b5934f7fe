"""The store: entries and the vectors of their texts, in one transactional file.

It is the only truth of an index. Entries are keyed by id, vectors by the hash of the text and the
fingerprint of the encoder: equal texts share a vector, never a row, and vectors of another
encoder can never be taken by mistake.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from semsearch.storage.database import open_for_writing
from semsearch.storage.int8 import from_int8, to_int8
from semsearch.storage.rows import COLUMNS, from_row, to_row
from semsearch.types import Encoded, Entry, Tokens, Vectors

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
)
_MANY = 500
_TOKENS = 1
"""Version of which tokens are kept of a text; raised when stop words, pieces or their number change."""


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
        with self._transaction() as connection:
            connection.execute("UPDATE store SET revision = revision + 1")
            connection.executemany("DELETE FROM entry WHERE id = ?", stale)
            connection.executemany(
                f"INSERT INTO entry ({COLUMNS}, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constant
                ((*to_row(e), at) for at, e in enumerate(ordered) if not kept[at]),
            )

    def unknown(
        self, texts: Iterable[bytes], fingerprint: str, with_tokens: Collection[bytes]
    ) -> set[bytes]:
        """Return which texts this encoder has not embedded yet.

        Args:
            texts: their hashes.
            fingerprint: of the encoder.
            with_tokens: hashes of texts whose tokens are wanted too.
        """
        of_tokens = _key_of_tokens(fingerprint)
        missing: set[bytes] = set()
        for table, key, wanted in (
            ("vector", fingerprint, texts),
            ("tokens", of_tokens, with_tokens),
        ):
            lacking = set(wanted)
            rows = self._connection.execute(
                f"SELECT text FROM {table} WHERE fingerprint = ?",  # noqa: S608 - constants
                (key,),
            )
            for (text,) in rows:
                lacking.discard(text)
            missing |= lacking
        return missing

    def save(
        self,
        texts: Sequence[bytes],
        encoded: Encoded,
        fingerprint: str,
        with_tokens: Collection[bytes],
    ) -> None:
        """Keep what an encoder made of texts, in one transaction; what is already there stays.

        Args:
            texts: their hashes.
            encoded: their vectors and tokens.
            fingerprint: of the encoder.
            with_tokens: hashes of those whose tokens are kept.
        """
        of_tokens = _key_of_tokens(fingerprint)
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO vector VALUES (?, ?, ?)",
                (
                    (text, fingerprint, row.astype("<f4").tobytes())
                    for text, row in zip(texts, encoded.vectors, strict=True)
                ),
            )
            connection.executemany(
                "INSERT OR IGNORE INTO tokens VALUES (?, ?, ?, ?)",
                (
                    (
                        text,
                        of_tokens,
                        tokens.ids.astype("<i4").tobytes(),
                        to_int8(tokens.vectors).tobytes(),
                    )
                    for text, tokens in zip(texts, encoded.tokens, strict=True)
                    if text in with_tokens
                ),
            )

    def tokens(self, texts: Sequence[bytes], fingerprint: str) -> list[Tokens]:
        """Return the tokens of texts in their order; see `vectors`."""
        rows = self._values("text, ids, value", "tokens", texts, _key_of_tokens(fingerprint))
        found = {text: _tokens(ids, value) for text, ids, value in rows}
        return [found[text] for text in texts]

    def vectors(self, texts: Sequence[bytes], fingerprint: str, dim: int) -> Vectors:
        """Return the vectors of texts in their order, (n, dim).

        Raises:
            KeyError: a text has no vector; callers save them first.
        """
        found: dict[bytes, bytes] = dict(self._values("text, value", "vector", texts, fingerprint))
        joined = b"".join(found[text] for text in texts)
        return np.frombuffer(joined, dtype="<f4").reshape(len(texts), dim).astype(np.float32)

    def _values(
        self, columns: str, table: str, texts: Sequence[bytes], fingerprint: str
    ) -> Iterator[Any]:
        distinct = list(dict.fromkeys(texts))
        for start in range(0, len(distinct), _MANY):
            some = distinct[start : start + _MANY]
            marks = ",".join("?" * len(some))
            yield from self._connection.execute(
                f"SELECT {columns} FROM {table} WHERE fingerprint = ? AND text IN ({marks})",  # noqa: S608
                (fingerprint, *some),
            )

    def dim_of(self, text: bytes, fingerprint: str) -> int:
        """Return the dimension of the vector of a text that is known to have one."""
        row = self._connection.execute(
            "SELECT length(value) FROM vector WHERE text = ? AND fingerprint = ?",
            (text, fingerprint),
        ).fetchone()
        return int(row[0]) // 4

    def forget(self, keep: Iterable[bytes]) -> None:
        """Drop what was made of texts that no entry has any more, by whatever encoder."""
        with self._transaction() as connection:
            connection.execute("CREATE TEMP TABLE kept (text BLOB PRIMARY KEY) WITHOUT ROWID")
            connection.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((t,) for t in keep))
            for table in ("vector", "tokens"):
                connection.execute(
                    f"DELETE FROM {table} WHERE text NOT IN (SELECT text FROM kept)"  # noqa: S608
                )
            connection.execute("DROP TABLE kept")

    def _transaction(self) -> _Transaction:
        return _Transaction(self._connection)


def _key_of_tokens(fingerprint: str) -> str:
    return f"{fingerprint}-{_TOKENS}"


def _tokens(ids: bytes, value: bytes) -> Tokens:
    numbers = np.frombuffer(ids, dtype="<i4").astype(np.int32)
    rows = np.frombuffer(value, dtype=np.int8).reshape(len(numbers), -1 if len(numbers) else 0)
    return Tokens(numbers, from_int8(rows))


class _Transaction:
    """`BEGIN IMMEDIATE` ... `COMMIT`, or `ROLLBACK` on any error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: object, *_: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")
