"""The tables of the store, as migrations: step n brings a store of version n to n + 1.

Steps are never edited, only appended, so a store of any earlier version can be opened.
"""

from __future__ import annotations

MIGRATIONS = (
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
    # Every entry of an older store gets a revision of its own, so that changes can be listed one by
    # one. The next build therefore publishes once although nothing changed.
    """
    ALTER TABLE entry ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE entry ADD COLUMN origin TEXT NOT NULL DEFAULT 'corpus';
    CREATE TABLE written (revision INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL) STRICT;
    CREATE TABLE history (
        revision INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        before_revision INTEGER,
        before TEXT
    ) STRICT;
    CREATE TABLE live_deletion (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    UPDATE entry SET revision = rowid + (SELECT revision FROM store);
    UPDATE store SET revision = revision + coalesce((SELECT max(rowid) FROM entry), 0);
    INSERT INTO written
        SELECT revision, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 'build' FROM store WHERE revision > 0;
    CREATE UNIQUE INDEX entry_by_revision ON entry (revision);
    CREATE INDEX entry_in_order ON entry (glossary, position);
    CREATE INDEX history_of_entry ON history (id, revision);
    """,
    # Writing rows of kilobytes in the order of a hash takes as long as embedding their texts.
    # `kept` is
    # the version of the stored tokens, 0 if there are none.
    """
    CREATE TABLE encoder (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE embedding (
        text BLOB NOT NULL,
        encoder INTEGER NOT NULL REFERENCES encoder,
        kept INTEGER NOT NULL,
        vector BLOB NOT NULL,
        ids BLOB,
        tokens BLOB
    ) STRICT;
    INSERT INTO encoder (key) SELECT DISTINCT fingerprint FROM vector;
    INSERT INTO embedding
        SELECT vector.text, number, iif(tokens.text IS NULL, 0, 1), vector.value, ids, tokens.value
        FROM vector JOIN encoder ON key = vector.fingerprint
        LEFT JOIN tokens ON tokens.text = vector.text AND tokens.fingerprint = key || '-1';
    CREATE INDEX embedding_text ON embedding (text, encoder, kept);
    DROP TABLE vector;
    DROP TABLE tokens;
    """,
    """
    CREATE TABLE request (
        who TEXT NOT NULL,
        key TEXT NOT NULL,
        at REAL NOT NULL,
        digest BLOB NOT NULL,
        answer BLOB NOT NULL,
        PRIMARY KEY (who, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX request_in_time ON request (at);
    """,
    "ALTER TABLE entry ADD COLUMN details TEXT NOT NULL DEFAULT '{}'",
    """
    CREATE TABLE purged (
        digest TEXT NOT NULL PRIMARY KEY,
        glossary TEXT NOT NULL,
        revision INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE redirect (id TEXT PRIMARY KEY, target TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX redirect_to ON redirect (target);
    """,
)
