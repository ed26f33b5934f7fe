"""The reader of the store: when it reads the revision again."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.store_connection import SqliteConnection
from tests.conftest import ENTRIES


def test_the_revision_is_read_again_only_after_a_commit(tmp_path: Path) -> None:
    """A file that has not changed for a while is not read; every commit is seen at once."""
    file = tmp_path / "store.db"
    with closing(EntryStore(file)) as store:
        store.replace_all(ENTRIES)
        long_ago = time.time() - 60
        os.utime(file, (long_ago, long_ago))
        with closing(EntryReader(file)) as reader:
            known = reader.last_revision()
            assert known == reader.revision == store.revision
            statements: list[str] = []
            assert isinstance(reader.connection, SqliteConnection)
            reader.connection._connection.set_trace_callback(statements.append)
            assert reader.last_revision() == known
            assert statements == []
            first = ENTRIES[0]
            for text in ("Another text.", "And another.", "And a third one."):
                store.apply([Edit(first.id, replace(first, definition=text))], "ann")
                assert reader.last_revision() == store.revision
                assert reader.last_revision() == reader.revision
