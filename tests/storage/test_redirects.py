"""Redirects: what a build and an edit record, chains and circles, what a purge leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Entry
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.redirects import MAX_STEPS, successors


def entry(id_: str, term: str, definition: str = "", *aliases: str) -> Entry:
    """Return an entry."""
    glossary = id_.partition(":")[0]
    return Entry(id_, term, definition or f"What {term} is.", glossary, aliases=aliases)


A, B, C = entry("a:a", "Ay"), entry("a:b", "Bee"), entry("a:c", "Cee")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EntryStore]:
    """Yield a store of three entries."""
    with closing(EntryStore(tmp_path / "store.db")) as opened:
        opened.replace_all([A, B, C])
        yield opened


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        ([entry("a:ay-2", "Ay", "Other words.")], "a:ay-2"),
        ([entry("a:new", "New", "What Ay is.")], "a:new"),
        ([entry("a:new", "New", "", "AY")], "a:new"),
        ([entry("a:new", "New", "", "Ay"), entry("a:x", "X", "What Ay is.")], "a:new"),
        ([entry("a:new", "New")], None),
        ([entry("b:a", "Ay")], None),
        ([replace(entry("a:de", "Ay"), language="de")], None),
        ([entry("a:x", "X", "", "Ay"), entry("a:y", "Y", "", "Ay")], None),
    ],
)
def test_successors(present: list[Entry], expected: str | None) -> None:
    """One entry of the glossary and language has the name, else the definition."""
    assert successors([A], present).get("a:a") == expected
    assert successors([], present) == {}


def test_a_build_records_what_was_renamed(store: EntryStore) -> None:
    """The next rename of the same entry is followed, and a name that comes back is an entry."""
    store.replace_all([replace(A, id="a:ay", term="Ai"), B, C])
    assert store.successor("a:a") == "a:ay"
    assert store.successor("a:ay") is None
    store.replace_all([replace(A, id="a:eye", term="Eye"), B, C])
    assert store.successor("a:a") == store.successor("a:ay") == "a:eye"
    store.replace_all([A, B, C])
    assert store.successor("a:a") is None
    assert store.successor("a:eye") == "a:a"


def test_an_edit_names_a_successor(store: EntryStore) -> None:
    """It counts while the one is gone and the other is there."""
    store.apply([Edit("a:a", None, successor="a:b")], "ann")
    assert store.successor("a:a") == "a:b"
    store.apply([Edit("a:b", None, successor="a:c")], "ann")
    assert store.successor("a:a") == store.successor("a:b") == "a:c"
    store.apply([Edit("a:a", A)], "ann")
    assert store.successor("a:a") is None
    store.apply([Edit("a:a", None)], "ann")
    assert store.successor("a:a") is None


def test_a_successor_that_goes_leads_nowhere(store: EntryStore) -> None:
    """Until it is restored."""
    store.apply([Edit("a:a", None, successor="a:b"), Edit("a:b", None)], "ann")
    assert store.successor("a:a") is None
    store.apply([Edit("a:b", B)], "ann")
    assert store.successor("a:a") == "a:b"


def test_a_restored_entry_in_the_middle_of_a_chain_is_found(store: EntryStore) -> None:
    """Renamed twice, and then restored under the second name: the first one leads there again."""
    store.replace_all([replace(A, id="a:ay", term="Ai"), B, C])
    store.replace_all([replace(A, id="a:eye", term="Eye"), B, C])
    assert store.successor("a:a") == "a:eye"
    store.apply([Edit("a:ay", replace(A, id="a:ay", term="Ai"))], "ann")
    assert store.successor("a:a") == "a:ay"
    store.apply([Edit("a:ay", None)], "ann")
    assert store.successor("a:a") is None


def test_circles_and_endless_chains_lead_nowhere(store: EntryStore) -> None:
    """An older version or a damaged file may have left them."""
    connection = store.connection
    pairs = [("x:0", "x:1"), ("x:1", "x:0"), ("x:2", "x:2")]
    long = [(f"y:{i}", f"y:{i + 1}") for i in range(MAX_STEPS)]
    connection.executemany("INSERT INTO redirect VALUES (?, ?)", [*pairs, *long])
    assert [store.successor(id_) for id_ in ("x:0", "x:1", "x:2", "y:0")] == [None] * 4
    connection.execute("INSERT INTO redirect VALUES (?, 'a:a')", (f"y:{MAX_STEPS}",))
    assert store.successor("y:1") == "a:a"
    assert store.successor("y:0") is None


def test_a_purge_in_the_middle_joins_the_ends(store: EntryStore) -> None:
    """The purged id is in no row, and the first one still leads to the last."""
    store.apply([Edit("a:a", None, successor="a:b")], "ann")
    store.apply([Edit("a:b", None, successor="a:c")], "ann")
    store.purge(["a:b"], "ann")
    store.erase_purged()
    assert store.successor("a:a") == "a:c"
    rows = store.connection.execute("SELECT id, target FROM redirect").fetchall()
    assert rows == [("a:a", "a:c")]


def test_a_purge_leaves_no_redirect(store: EntryStore) -> None:
    """Neither from the entry nor to it."""
    store.apply([Edit("a:a", None, successor="a:b")], "ann")
    store.purge(["a:a"], "ann")
    store.erase_purged()
    connection = store.connection
    assert connection.execute("SELECT count(*) FROM redirect").fetchone() == (0,)
