"""A mirror's store is the followed one again, however the changes are cut into pages."""

from __future__ import annotations

import random
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Changed, Details
from semsearch.core.errors import InvalidEntry
from semsearch.storage import purges
from semsearch.storage.corpus_diff import PreservedEdits
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.purges import digest_of
from semsearch.storage.store_connection import StoreConnection
from tests.conftest import ENTRIES, entry

CRUMB = next(one for one in ENTRIES if one.term == "Crumb")
FULL = replace(
    CRUMB,
    id="bakery:full",
    term="Full",
    see_also=("Crumb",),
    details=Details(
        category="a", status="deprecated", asked_as=("what is full?",), extra=(("Note", "b"),)
    ),
)


@pytest.fixture
def stores(hashed_index: Path, tmp_path: Path) -> Iterator[tuple[EntryStore, EntryStore]]:
    """Give the open store of a copy of an index, and another copy that is to follow it."""
    with ExitStack() as opened:
        found = []
        for name in ("source", "mirror"):
            shutil.copytree(hashed_index, tmp_path / name)
            store = EntryStore(tmp_path / name / "store.db")
            found.append(opened.enter_context(closing(store)))
        yield found[0], found[1]


def follow(source: EntryStore, mirror: EntryStore, limit: int | None = None) -> None:
    """Apply all changes, in pages; after a build the places come with the last page."""
    while True:
        feed = source.feed(mirror.revision[1], limit)
        changes, reached = feed.changes, feed.reached
        if not feed.is_whole:
            changes, reached = changes[:-1], changes[-2].revision
        is_built = feed.is_whole and feed.built > mirror.last_build
        if changes or reached > mirror.revision[1]:
            mirror.mirror(changes, reached, source.places()[1] if is_built else None)
        if feed.is_whole:
            return


def state(store: EntryStore) -> object:
    """Return all that readers and later builds see of a store."""
    entries = list(store.entries())
    rows = [store.get(one.id) for one in entries]
    ids = {one.id for one in entries} | {f"bakery:{n}" for n in range(20)}
    return (
        store.revision,
        entries,
        rows,
        store.places(),
        store.purged(),
        {id_: store.successor(id_) for id_ in ids},
        store.feed(0, None).changes,
    )


def test_every_kind_of_change_arrives(stores: tuple[EntryStore, EntryStore]) -> None:
    """Entries with every field, deletions with and without a successor, and a restored entry."""
    source, mirror = stores
    source.apply([Edit(FULL.id, FULL)], "a")
    source.apply([Edit(CRUMB.id, replace(CRUMB, definition="Soft.")), Edit(FULL.id, None)], "a")
    source.apply([Edit("bakery:leaven", None, successor=CRUMB.id)], "a")
    source.apply([Edit(FULL.id, FULL, is_restored=True)], "a")
    follow(source, mirror)
    assert state(mirror) == state(source)
    assert mirror.successor("bakery:leaven") == CRUMB.id
    assert mirror.get(FULL.id) == source.get(FULL.id)
    assert {version.who for version in mirror.versions(FULL.id)} == {"follow"}


def test_nothing_is_done_twice(stores: tuple[EntryStore, EntryStore]) -> None:
    """Changes that were applied are refused, since their revisions do not rise."""
    source, mirror = stores
    source.apply([Edit(CRUMB.id, replace(CRUMB, definition="Soft."))], "a")
    feed = source.feed(mirror.revision[1], None)
    mirror.mirror(feed.changes, feed.reached)
    before = state(mirror)
    with pytest.raises(InvalidEntry, match="the change of revision 8 follows revision 8"):
        mirror.mirror(feed.changes, feed.reached)
    assert state(mirror) == before


def test_a_purge_arrives_by_its_hash(stores: tuple[EntryStore, EntryStore]) -> None:
    """Of a known id and of one that never came; neither comes back."""
    source, mirror = stores
    source.apply([Edit(FULL.id, FULL)], "a")
    source.purge([FULL.id, CRUMB.id], "a")
    assert [one.purged for one in source.feed(7, None).changes] == [
        digest_of(FULL.id),
        digest_of(CRUMB.id),
    ], "an id is not told while it is being erased"
    source.erase_purged()
    follow(source, mirror)
    assert mirror.purged() == source.purged()
    assert mirror.known_ids(mirror.purged()) == [CRUMB.id], "its history is erased at the end"
    mirror.erase_purged()
    assert state(mirror) == state(source)
    back = Changed(FULL.id, FULL, 99, position=1)
    with pytest.raises(InvalidEntry, match="was purged and does not come back"):
        mirror.mirror([back], 99)


def test_a_page_of_purges_reads_the_ids_once(
    stores: tuple[EntryStore, EntryStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look hashes all ids of the store; an entry of the same page is found, too."""
    _, mirror = stores
    known_ids, looks = purges.known_ids, []

    def look(connection: StoreConnection, wanted: Collection[str]) -> list[str]:
        looks.append(len(wanted))
        return known_ids(connection, wanted)

    monkeypatch.setattr(purges, "known_ids", look)
    ids = [CRUMB.id, "bakery:leaven", FULL.id, "bakery:unknown"]
    purged = [Changed("bakery:", None, 9 + n, digest_of(id_)) for n, id_ in enumerate(ids)]
    mirror.mirror([Changed(FULL.id, FULL, 8, position=9), *purged], 12)
    assert looks == [4]
    assert mirror.get(CRUMB.id) is None
    assert mirror.get(FULL.id) is None
    assert mirror.purged() == {digest_of(id_) for id_ in ids}


def test_the_order_of_a_build_arrives(stores: tuple[EntryStore, EntryStore]) -> None:
    """A build that only moves entries is told by its revision, and the places bring the rest."""
    source, mirror = stores
    bakery = [one for one in ENTRIES if one.glossary == "bakery"]
    harbour = [one for one in ENTRIES if one.glossary == "harbour"]
    source.apply([Edit("bakery:crumb", None)], "a")
    moved = [one for one in bakery[::-1] if one.id != "bakery:crumb"]
    source.replace_all([*moved, *harbour], PreservedEdits(deleted={"bakery:crumb"}))
    follow(source, mirror)
    assert [one.id for one in mirror.entries()] == [one.id for one in (*moved, *harbour)]
    assert state(mirror) == state(source)
    assert mirror.last_build == source.last_build
    assert mirror.live_deletions() == ["bakery:crumb"]


@pytest.mark.parametrize("limit", [2, 3, 7, None])
def test_any_edits_arrive_in_pages_of_any_size(
    stores: tuple[EntryStore, EntryStore], limit: int | None
) -> None:
    """Two hundred edits and builds at random, followed now and then."""
    source, mirror = stores
    chance = random.Random(7)  # noqa: S311 - repeatable
    for step in range(200):
        ids = [one.id for one in source.entries()]
        id_ = f"bakery:{chance.randrange(20)}"
        if id_ in ids and chance.random() < 0.5:
            others = [other for other in ids if other != id_ and other.startswith("bakery:")]
            source.apply([Edit(id_, None, successor=chance.choice(["", *others]))], "a")
        elif digest_of(id_) not in source.purged():
            made = replace(entry("x", f"Text {step}."), id=id_)
            source.apply([Edit(id_, made)], "a")
        if chance.random() < 0.05:
            entries = list(source.entries())
            chance.shuffle(entries)
            ordered = sorted(entries, key=lambda one: one.glossary)
            live = {one.id for one in source.live()}
            source.replace_all(ordered, PreservedEdits(live, set(source.live_deletions())))
        if chance.random() < 0.02 and id_ in {one.id for one in source.entries()}:
            source.purge([id_], "a")
            source.erase_purged()
        if chance.random() < 0.2:
            follow(source, mirror, limit)
            mirror.erase_purged()
            assert state(mirror) == state(source)
    follow(source, mirror, limit)
    mirror.erase_purged()
    assert state(mirror) == state(source)


def test_nothing_is_left_of_changes_that_fail(stores: tuple[EntryStore, EntryStore]) -> None:
    """One transaction: the position and the changes before the bad one go with it."""
    source, mirror = stores
    before = state(mirror)
    good = Changed(FULL.id, FULL, 8, position=9)
    with pytest.raises(InvalidEntry):
        mirror.mirror([good, Changed("bakery:crumb", None, 8)], 9)
    assert state(mirror) == before
    assert isinstance(source, EntryStore)
    assert mirror.get("bakery:full") is None
