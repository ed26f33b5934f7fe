"""The copy of the access keys of a shared store, which several processes of a machine write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from semsearch.storage.key_tables import KEY_MIGRATIONS, copy_keys, count_valid
from semsearch.storage.store_connection import StoreConnection

KEY = ("k-1", b"digest", "Ann", "edit", "[]", "2027-03-01T00:00:00+00:00", None, None)


class Overtaken:
    """A store whose keys are changed, and copied by another process, behind the first look."""

    def __init__(self, store: sqlite3.Connection, file: Path, change: str) -> None:
        self._store, self._file, self._change = store, file, change

    def execute(self, query: str) -> list[Any]:
        """Return the keys of before, once."""
        found = self._store.execute(query).fetchall()
        change, self._change = self._change, ""
        if change:
            self._store.execute(change)
            copy_keys(cast("StoreConnection", self._store), self._file)
        return found


@pytest.fixture
def store() -> Iterator[sqlite3.Connection]:
    """Yield a stand-in for the table of a shared store, with one key."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.executescript(KEY_MIGRATIONS[0])
        made.execute("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, ?, ?)", KEY)
        yield made


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ("UPDATE key SET revoked = created", 0),
        (
            "INSERT INTO key SELECT 'k-2', digest, name, scope, glossaries, created, NULL, NULL FROM key",
            2,
        ),
    ],
    ids=["revoked", "made"],
)
def test_a_look_does_not_undo_what_another_process_has_copied_since(
    store: sqlite3.Connection, tmp_path: Path, change: str, valid: int
) -> None:
    """A key that was revoked stays revoked, and one that was made is not lost."""
    file = tmp_path / "keys.db"
    copy_keys(cast("StoreConnection", store), file)
    copy_keys(cast("StoreConnection", Overtaken(store, file, change)), file)
    assert count_valid(file) == valid
