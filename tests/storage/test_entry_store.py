"""The store: what is told of a corpus read again, and which rows are written.

Covers `storage/corpus_diff`, `storage/entry_reader`, `storage/rows`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Entry, Source
from semsearch.storage.corpus_diff import Changes
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.rows import COLUMNS, from_row
from tests.conftest import ENTRIES, entry

BAKERY = list(ENTRIES[:5])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EntryStore]:
    """Give a store that holds five entries."""
    with closing(EntryStore(tmp_path / "store.db")) as opened:
        opened.replace_all(BAKERY)
        yield opened


def _rows(tmp_path: Path) -> dict[int, Entry]:
    """Return the stored entries by row id, in the order of positions."""
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        query = f"SELECT rowid, {COLUMNS} FROM entry ORDER BY position"  # noqa: S608 - constant
        return {number: from_row(row) for number, *row in connection.execute(query)}


def test_only_rows_that_differ_are_written(store: EntryStore, tmp_path: Path) -> None:
    """A changed entry gets a new row, a deleted one loses its row, the others stay."""
    before = _rows(tmp_path)
    crumb = replace(BAKERY[1], definition="The soft inside of a loaf.")
    wanted = [BAKERY[0], crumb, BAKERY[2], BAKERY[3]]
    store.replace_all(wanted)
    after = _rows(tmp_path)
    assert list(after.values()) == wanted
    assert {number for number in after if after[number] == before.get(number)} == {1, 3, 4}


def test_an_entry_put_in_front_is_new_and_the_order_is_kept(
    store: EntryStore, tmp_path: Path
) -> None:
    """Those behind it move and count as unchanged."""
    wanted = [entry("Autolyse", "A rest of flour and water."), *BAKERY]
    assert store.replace_all(wanted) == Changes(("bakery:autolyse",), (), 5, (), 0)
    assert list(_rows(tmp_path).values()) == wanted
    assert not store.replace_all(wanted)


def test_changes_are_sorted_by_what_happened(store: EntryStore) -> None:
    """New and changed ones in the order of the corpus, those that are gone by id.

    A place is no change of words.
    """
    crumb = replace(BAKERY[1], aliases=(), source=Source("y.md", 4))
    oven = replace(BAKERY[2], source=Source("y.md", 9))
    new = [entry("Scoring", "Cutting the dough."), entry("Autolyse", "A rest.")]
    found = store.replace_all([new[0], oven, crumb, new[1]])
    gone = ("bakery:baker's-percentage", "bakery:leaven", "bakery:proofing-basket")
    assert found == Changes(("bakery:scoring", "bakery:autolyse"), ("bakery:crumb",), 1, gone, 2)


def test_another_order_alone_is_seen(store: EntryStore) -> None:
    """Nothing is new, changed or gone, and still something is to be stored."""
    found = store.replace_all(BAKERY[::-1])
    assert (found.unchanged, found.moved, bool(found)) == (5, 1, True)
    assert not store.replace_all(BAKERY[::-1])


def test_each_replacement_is_a_revision(store: EntryStore) -> None:
    """A replacement that changes nothing keeps the revision."""
    identity, number = store.revision
    store.replace_all(BAKERY)
    assert store.revision == (identity, number)
    store.replace_all(BAKERY[::-1])
    assert store.revision == (identity, number + 1)
