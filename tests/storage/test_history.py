"""The history of the store.

Every change with its revision, by whom and when, and what was there before.

Covers `storage/changes`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from semsearch.core.entries import Changed, ChangeKind, Source
from semsearch.core.errors import EntryConflict, EntryNotFound
from semsearch.storage.corpus_diff import PreservedEdits
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.migrations import MIGRATIONS
from semsearch.storage.rows import COLUMNS, Origin, to_row
from tests.conftest import ENTRIES, entry

BAKERY = sorted(ENTRIES, key=lambda e: e.glossary)
LEAVEN, CRUMB = BAKERY[0], BAKERY[1]
SOFT = replace(CRUMB, definition="The soft inside of a loaf.")
SCORING = replace(entry("Scoring", "Cutting the dough."), source=None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EntryStore]:
    """Give a store that a build filled with seven entries, which have the revisions 1 to 7."""
    with closing(EntryStore(tmp_path / "store.db")) as opened:
        opened.replace_all(BAKERY)
        yield opened


def _revisions(changed: list[Changed]) -> list[int]:
    return [one.revision for one in changed]


def _told(store: EntryStore, id_: str) -> list[tuple[int, str, str, str | None]]:
    versions = store.versions(id_)
    return [(v.revision, v.kind, v.who, v.entry.definition if v.entry else None) for v in versions]


def test_each_edit_is_a_revision_with_what_was_there_before(store: EntryStore) -> None:
    """Changed, deleted and restored by three people.

    All four states are there, the oldest first.
    """
    assert _revisions(store.apply([Edit(CRUMB.id, SOFT)], "ann")) == [8]
    assert _revisions(store.apply([Edit(CRUMB.id, None)], "bob")) == [9]
    assert _revisions(store.apply([Edit(CRUMB.id, CRUMB, is_restored=True)], "eve")) == [10]
    assert _told(store, CRUMB.id) == [
        (2, "added", "build", CRUMB.definition),
        (8, "changed", "ann", SOFT.definition),
        (9, "deleted", "bob", None),
        (10, "restored", "eve", CRUMB.definition),
    ]
    assert [v.entry for v in store.versions(CRUMB.id)] == [CRUMB, SOFT, None, CRUMB]
    assert store.revision[1] == 10


def test_a_first_build_stores_no_history(store: EntryStore, tmp_path: Path) -> None:
    """The state of an entry nobody changed is that of its row, added when the build says."""
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        assert connection.execute("SELECT count(*) FROM history").fetchone() == (0,)
    (version,) = store.versions(LEAVEN.id)
    assert (version.revision, version.kind, version.who) == (1, ChangeKind.ADDED, "build")
    assert version.entry == LEAVEN
    at = datetime.fromisoformat(version.at)
    assert timedelta() <= datetime.now(UTC) - at < timedelta(minutes=1)
    assert store.versions("bakery:nothing") == []


def test_a_build_writes_history_of_what_it_changes(store: EntryStore) -> None:
    """Changed and deleted entries keep their words; one that comes back is a record again."""
    others = [e for e in BAKERY if e not in {CRUMB, LEAVEN}]
    store.replace_all([SOFT, *others])
    store.replace_all([LEAVEN, SOFT, *others])
    assert _told(store, LEAVEN.id) == [
        (1, "added", "build", LEAVEN.definition),
        (8, "deleted", "build", None),
        (10, "added", "build", LEAVEN.definition),
    ]
    assert _told(store, CRUMB.id) == [
        (2, "added", "build", CRUMB.definition),
        (9, "changed", "build", SOFT.definition),
    ]


def test_other_lines_are_a_revision_without_a_record(store: EntryStore) -> None:
    """What is told of an entry changes with its source, its words do not."""
    moved = [replace(e, source=Source("y.md", 7)) if e == CRUMB else e for e in BAKERY]
    store.replace_all(moved)
    assert [(v.revision, v.entry) for v in store.versions(CRUMB.id)] == [(8, moved[1])]
    assert [c.id for c in store.changes_since(7)] == [CRUMB.id]


def test_an_edit_that_expects_another_revision_changes_nothing(store: EntryStore) -> None:
    """Two edits are made together or not at all; the error has the id and both revisions."""
    both = [Edit(LEAVEN.id, None), Edit(CRUMB.id, SOFT, expected=1)]
    with pytest.raises(EntryConflict, match=r"'bakery:crumb' has revision 2, not 1") as caught:
        store.apply(both, "ann")
    assert (caught.value.id, caught.value.expected, caught.value.found) == (CRUMB.id, 1, 2)
    assert store.revision[1] == 7
    assert list(store.entries()) == BAKERY
    assert _revisions(store.apply([Edit(CRUMB.id, SOFT, expected=2)], "ann")) == [8]


def test_what_must_not_be_there_or_must_be(store: EntryStore) -> None:
    """Expecting 0 creates only.

    Expecting a revision of an entry that is gone, or deleting it, fails.
    """
    with pytest.raises(EntryConflict, match=r"there is an entry 'bakery:crumb' already, of revis"):
        store.apply([Edit(CRUMB.id, SOFT, expected=0)], "ann")
    with pytest.raises(EntryConflict, match=r"there is no entry 'bakery:scoring' any more"):
        store.apply([Edit(SCORING.id, SCORING, expected=3)], "ann")
    with pytest.raises(EntryNotFound, match="no entry 'bakery:scoring' to delete"):
        store.apply([Edit(SCORING.id, None)], "ann")
    assert _revisions(store.apply([Edit(SCORING.id, SCORING, expected=0)], "ann")) == [8]


def test_an_edit_to_what_is_there_already_is_no_change(store: EntryStore) -> None:
    """Revision and origin stay, so a request may be repeated."""
    assert _revisions(store.apply([Edit(CRUMB.id, CRUMB)], "ann")) == [2]
    assert store.revision[1] == 7
    found = store.get(CRUMB.id)
    assert found is not None
    assert found.origin is Origin.CORPUS


def test_edits_of_one_transaction_see_each_other(store: EntryStore) -> None:
    """Added and changed at once; each has its own revision."""
    better = replace(SCORING, definition="Cutting dough before it is baked.")
    edits = [Edit(SCORING.id, SCORING), Edit(SCORING.id, better, expected=8)]
    assert _revisions(store.apply(edits, "ann")) == [8, 9]
    assert _told(store, SCORING.id)[-1] == (9, "changed", "ann", better.definition)


def test_a_live_entry_stands_behind_the_others_of_its_glossary(store: EntryStore) -> None:
    """It comes after earlier live entries, and is alone in a new glossary."""
    proof = replace(entry("Proof", "The last rise."), source=None)
    keel = replace(entry("Anchor", "It holds a ship.", "anchorage"), source=None)
    store.apply([Edit(e.id, e) for e in (SCORING, proof, keel)], "ann")
    assert list(store.entries()) == [keel, *BAKERY[:5], SCORING, proof, *BAKERY[5:]]


def test_changes_since_a_revision_are_net_and_in_order(store: EntryStore) -> None:
    """One for each id, its present state; an entry added and deleted again is told as gone."""
    store.apply([Edit(CRUMB.id, SOFT), Edit(SCORING.id, SCORING), Edit(LEAVEN.id, None)], "ann")
    store.apply([Edit(SCORING.id, None), Edit(CRUMB.id, CRUMB)], "bob")
    net = [
        Changed(LEAVEN.id, None, 10),
        Changed(SCORING.id, None, 11),
        Changed(CRUMB.id, CRUMB, 12),
    ]
    assert store.changes_since(7) == net
    assert store.changes_since(10) == net[1:]
    assert store.changes_since(12) == []
    assert [c.revision for c in store.changes_since(0)] == [3, 4, 5, 6, 7, 10, 11, 12]


def test_changes_can_be_followed_in_pieces(store: EntryStore) -> None:
    """Going on from the last revision of each piece gives the same as all at once."""
    store.apply([Edit(CRUMB.id, SOFT), Edit(LEAVEN.id, None), Edit(BAKERY[2].id, None)], "ann")
    pieces: list[Changed] = []
    while piece := store.changes_since(pieces[-1].revision if pieces else 0, limit=2):
        pieces += piece
    assert pieces == store.changes_since(0)
    assert len(pieces) == 7


def test_a_reader_beside_the_writer_sees_what_is_committed(
    store: EntryStore, tmp_path: Path
) -> None:
    """It needs no new connection, and can change nothing."""
    with closing(EntryReader(tmp_path / "store.db")) as reader:
        assert reader.revision == store.revision
        store.apply([Edit(CRUMB.id, SOFT)], "ann")
        assert reader.changes_since(7) == [Changed(CRUMB.id, SOFT, 8)]
        assert reader.revision == store.revision


def test_live_changes_are_known_until_a_corpus_has_caught_up(store: EntryStore) -> None:
    """A build says which stay; what it does not name is the corpus's again."""
    store.apply([Edit(CRUMB.id, SOFT), Edit(SCORING.id, SCORING), Edit(LEAVEN.id, None)], "ann")
    assert store.live() == [SOFT, SCORING]
    assert store.live_deletions() == [LEAVEN.id]
    wanted = list(store.entries())
    kept = PreservedEdits({CRUMB.id, SCORING.id}, {LEAVEN.id})
    assert not store.replace_all(wanted, kept)
    assert store.replace_all(wanted, PreservedEdits({SCORING.id}, {LEAVEN.id})).moved == 1
    assert store.replace_all(wanted, PreservedEdits({CRUMB.id, SCORING.id})).moved == 1
    store.replace_all(wanted, PreservedEdits({SCORING.id}))
    assert (store.live(), store.live_deletions()) == ([SCORING], [])
    assert store.changes_since(10) == []  # whose they are is not told


def test_an_entry_added_again_is_not_kept_away(store: EntryStore) -> None:
    """A live deletion ends with a live addition."""
    store.apply([Edit(LEAVEN.id, None)], "ann")
    store.apply([Edit(LEAVEN.id, LEAVEN)], "ann")
    assert store.live_deletions() == []
    assert store.live() == [LEAVEN]


def test_a_gap_left_by_a_deletion_is_no_other_order(store: EntryStore) -> None:
    """A build of the same entries has nothing to write."""
    store.apply([Edit(LEAVEN.id, None)], "ann")
    assert not store.replace_all(BAKERY[1:], PreservedEdits(deleted={LEAVEN.id}))


def test_a_store_of_before_gets_a_revision_for_each_entry(tmp_path: Path) -> None:
    """Its entries can be followed one by one, and its revision is above all of them."""
    file = tmp_path / "store.db"
    with closing(sqlite3.connect(file)) as old:
        for step in MIGRATIONS[:3]:
            old.executescript(step)
        old.executescript("PRAGMA user_version=3; UPDATE store SET revision = 4")
        columns = COLUMNS.removesuffix(", details")  # which came later
        marks = ", ".join("?" * 10)
        old.executemany(
            f"INSERT INTO entry ({columns}, position) VALUES ({marks})",  # noqa: S608 - constants
            [(*to_row(e)[:-1], at) for at, e in enumerate(BAKERY)],
        )
        old.commit()
    with closing(EntryStore(file)) as store:
        assert store.revision[1] == 11
        assert [c.revision for c in store.changes_since(0)] == [5, 6, 7, 8, 9, 10, 11]
        assert list(store.entries()) == BAKERY
        assert [v.who for v in store.versions(CRUMB.id)] == ["build"]
        assert not store.replace_all(BAKERY)
