"""The file `questions.db`: its schema, and how it is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from semsearch.core.errors import FormatTooOld
from semsearch.storage.database import (
    open_for_reading,
    open_for_writing,
    transaction,
    translate_corruption,
)
from semsearch.storage.io_errors import translate_os_errors

FORGET_IGNORED = """
    DELETE FROM ignored WHERE NOT EXISTS (
        SELECT 1 FROM question
        WHERE question.text = ignored.text AND question.glossary = ignored.glossary
    )
"""
"""So the text of an ignored question is kept for as long as it is recorded, and no longer."""
MIGRATIONS = (
    """
    CREATE TABLE question (
        number INTEGER NOT NULL PRIMARY KEY,
        asked TEXT NOT NULL,
        text TEXT NOT NULL,
        glossary TEXT NOT NULL,
        source TEXT NOT NULL,
        verdict TEXT NOT NULL,
        confidence REAL NOT NULL,
        hits TEXT NOT NULL,
        lead REAL,
        repaired TEXT NOT NULL,
        opened TEXT NOT NULL,
        page_load TEXT NOT NULL
    ) STRICT;
    CREATE INDEX question_by_time ON question (asked);
    CREATE INDEX question_by_load ON question (page_load) WHERE page_load != '';
    CREATE TABLE ignored (
        text TEXT NOT NULL,
        glossary TEXT NOT NULL,
        PRIMARY KEY (text, glossary)
    ) STRICT, WITHOUT ROWID;
    """,
    f"""
    ALTER TABLE question ADD COLUMN typed BLOB NOT NULL DEFAULT x'';
    ALTER TABLE question ADD COLUMN asked_for INTEGER NOT NULL DEFAULT 10;
    CREATE INDEX question_by_text ON question (text, glossary);
    {FORGET_IGNORED};
    """,
)


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that reads a file; one of an older version is migrated first.

    Raises:
        StoredIndexError: the file is damaged, or a newer version of semsearch wrote it.
    """
    with (
        translate_os_errors(file.parent),
        translate_corruption(file),
        closing(_reader(file)) as connection,
    ):
        yield connection


def _reader(file: Path) -> sqlite3.Connection:
    try:
        return open_for_reading(file, MIGRATIONS)
    except FormatTooOld:
        open_for_writing(file, MIGRATIONS).close()
        return open_for_reading(file, MIGRATIONS)


@contextmanager
def writing(file: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection inside a transaction; the file is its owner's alone.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    with translate_os_errors(file.parent), translate_corruption(file):
        file.touch(mode=0o600)
        with closing(open_for_writing(file, MIGRATIONS)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            with transaction(connection):
                yield connection
