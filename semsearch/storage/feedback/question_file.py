"""The schema of the file `questions.db`."""

from __future__ import annotations

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
