"""The table of relations in `entries.db`: links and mentions between entries.

One row for each ordered pair of entries. A link whose target is also named in the definition keeps
its kind and gets the span of the name.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from semsearch.core.entries import Relation, RelationKind
from semsearch.storage.database import Reader

SCHEMA = """
    CREATE TABLE relation (
        source INTEGER NOT NULL REFERENCES entry,
        target INTEGER NOT NULL REFERENCES entry,
        kind TEXT NOT NULL,
        place INTEGER NOT NULL,
        start INTEGER,
        stop INTEGER,
        PRIMARY KEY (source, target)
    ) STRICT, WITHOUT ROWID;
"""
INDEXES = "CREATE INDEX relation_target ON relation (target);"

_COLUMNS = "source, target, kind, start, stop"


def insert(connection: sqlite3.Connection, relations: Iterable[Relation]) -> None:
    """Insert relations; those of one entry and kind keep their order."""
    connection.executemany(
        "INSERT INTO relation VALUES (?, ?, ?, ?, ?, ?)",
        ((r.source, r.target, r.kind, place, r.start, r.stop) for place, r in enumerate(relations)),
    )


def read_from(reader: Reader, position: int) -> list[Relation]:
    """Return the relations from an entry, in the order they were written."""
    return _read(reader, "source = ? ORDER BY place", position)


def read_to(reader: Reader, position: int) -> list[Relation]:
    """Return the relations to an entry, links first, in the order of their sources."""
    return _read(reader, "target = ? ORDER BY kind, source", position)


def _read(reader: Reader, where: str, position: int) -> list[Relation]:
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM relation WHERE {where}",  # noqa: S608 - constant clauses
        (position,),
    )
    return [Relation(s, t, RelationKind(kind), start, stop) for s, t, kind, start, stop in rows]
