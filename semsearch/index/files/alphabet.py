"""The alphabetical order of the entries of each glossary: a table of `entries.db`."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.storage.database import Reader
from semsearch.text.normalise import fold

SCHEMA = """
    CREATE TABLE alphabet (
        glossary TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL REFERENCES entry
    ) STRICT;
"""
INDEXES = "CREATE INDEX alphabet_order ON alphabet (glossary, key, position);"


@dataclass(frozen=True, slots=True, order=True)
class AlphabetPlace:
    """Position of an entry in the alphabet: sorted by folded term, then by position."""

    key: str
    position: int


FIRST = AlphabetPlace("", -1)
"""The place before all entries."""


def key_of(entry: Entry) -> str:
    """Return the sort key of an entry, which is never empty."""
    return fold(entry.term) or entry.term


def insert(connection: sqlite3.Connection, position: int, entry: Entry) -> None:
    """Insert an entry."""
    connection.execute(
        "INSERT INTO alphabet VALUES (?, ?, ?)", (entry.glossary, key_of(entry), position)
    )


def read_after(
    reader: Reader, glossary: str, place: AlphabetPlace, limit: int, end: str
) -> list[AlphabetPlace]:
    """Return the places after one, up to and including a key, in order."""
    rows = reader.rows(
        "SELECT key, position FROM alphabet WHERE glossary = ? AND (key, position) > (?, ?) "
        "AND key <= ? ORDER BY key, position LIMIT ?",
        (glossary, place.key, place.position, end, limit),
    )
    return [AlphabetPlace(*row) for row in rows]


def read_before(
    reader: Reader, glossary: str, place: AlphabetPlace, limit: int
) -> list[AlphabetPlace]:
    """Return the places before one, nearest first."""
    rows = reader.rows(
        "SELECT key, position FROM alphabet WHERE glossary = ? AND (key, position) < (?, ?) "
        "ORDER BY key DESC, position DESC LIMIT ?",
        (glossary, place.key, place.position, limit),
    )
    return [AlphabetPlace(*row) for row in rows]
