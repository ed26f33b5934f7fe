"""The contract of the store, run over SQLite and over a real PostgreSQL.

Covers `storage/store_connection`, `storage/postgres/connection`, `storage/replication`,
`storage/embedding_copies`, `storage/store_summary`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semsearch.core.arrays import Encoded, Tokens
from semsearch.core.entries import Changed, ChangeKind, Details, Entry
from semsearch.core.errors import AnsweredBefore, EntryConflict, InvalidEntry, InvalidSetting
from semsearch.core.progress import Silent
from semsearch.storage import idempotency
from semsearch.storage.corpus_diff import PreservedEdits
from semsearch.storage.embedding_cache import Embedded
from semsearch.storage.embedding_copies import forget_embeddings
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.idempotency import StoredRequest
from semsearch.storage.purges import digest_of
from semsearch.storage.replication import replicate
from semsearch.storage.store_connection import ResultRows
from semsearch.storage.store_summary import summary
from tests.conftest import ENTRIES, entry

BAKERY = sorted(ENTRIES, key=lambda one: one.glossary)
CRUMB = next(one for one in ENTRIES if one.term == "Crumb")
SOFT = replace(CRUMB, definition="The soft inside of a loaf, in German „Krume“ 🍞.")
FULL = replace(
    entry("Full", "With everything."),
    see_also=("Crumb",),
    details=Details(category="a", asked_as=("what is full?",), extra=(("Note", "b\\u0000"),)),
)
DIM = 4

NewStore = Callable[[], EntryStore]
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.process)]


def makers(engine: str, request: pytest.FixtureRequest, opened: ExitStack) -> NewStore:
    """Return a function that makes an empty store of an engine."""
    if engine == "sqlite":
        folder: Path = request.getfixturevalue("tmp_path")

        def in_file() -> EntryStore:
            count = len(list(folder.iterdir()))
            (folder / str(count)).mkdir()
            return opened.enter_context(closing(EntryStore(folder / str(count) / "store.db")))

        return in_file
    server = request.getfixturevalue("postgres_server")
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra
    from semsearch.storage.postgres.migrating import migrate, open_store  # noqa: PLC0415

    def in_database() -> EntryStore:
        database = opened.enter_context(closing(SharedDatabase(server.new_database())))
        migrate(database)
        return opened.enter_context(closing(open_store(database)))

    return in_database


@pytest.fixture(params=ENGINES)
def new_store(request: pytest.FixtureRequest) -> Iterator[NewStore]:
    """Give a function that makes an empty store."""
    with ExitStack() as opened:
        yield makers(request.param, request, opened)


@pytest.fixture
def store(new_store: NewStore) -> EntryStore:
    """Give a store that a build has filled with seven entries, of revisions 1 to 7."""
    made = new_store()
    made.replace_all(BAKERY)
    return made


def embedded(texts: list[bytes], seed: int = 0, key: str = "a") -> Embedded:
    """Return made-up embeddings of texts."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(len(texts), DIM)).astype(np.float32)
    tokens = tuple(
        Tokens(np.arange(2, dtype=np.int32), np.eye(2, DIM, dtype=np.float32)) for _ in texts
    )
    return Embedded(key, texts, Encoded(vectors, tokens), texts)


def text(number: int) -> bytes:
    """Return the hash of a text."""
    return number.to_bytes(32, "big")


def test_an_empty_store_has_an_identity(new_store: NewStore) -> None:
    """Two stores have two; both are at revision 0 and sound."""
    one, other = new_store(), new_store()
    assert one.revision[1] == other.revision[1] == 0
    assert one.revision[0] != other.revision[0]
    assert one.is_empty
    one.check(deep=True)


def test_a_build_is_read_back_in_order(store: EntryStore) -> None:
    """Entries, positions and glossaries are as the corpus has them."""
    assert list(store.entries()) == BAKERY
    assert store.copied() == (store.revision, BAKERY)
    assert store.glossaries() == ["bakery", "harbour"]
    assert store.ids_beginning_with("bakery:", 2) == ["bakery:baker's-percentage", CRUMB.id]
    assert not store.replace_all(BAKERY)
    assert store.revision[1] == 7
    found = store.get(CRUMB.id)
    assert found is not None
    assert (found.entry, found.position, found.revision) == (CRUMB, 1, 2)


def test_every_part_of_an_entry_is_kept(store: EntryStore) -> None:
    """Also signs of any language, quotes, and what escapes stand for."""
    odd = replace(FULL, id="bakery:it's-100%?", term='It\'s 100%? \\ "x"')
    store.apply([Edit(odd.id, odd), Edit(SOFT.id, SOFT)], "ann 'o' b?%s")
    assert [row.entry for id_ in (odd.id, SOFT.id) if (row := store.get(id_))] == [odd, SOFT]
    assert store.versions(SOFT.id)[-1].who == "ann 'o' b?%s"
    assert store.versions(SOFT.id)[0].entry == CRUMB


def test_history_tells_what_happened(store: EntryStore) -> None:
    """Changed, deleted, restored: kinds, authors and states, the oldest first."""
    store.apply([Edit(CRUMB.id, SOFT)], "ann")
    store.apply([Edit(CRUMB.id, None)], "bob")
    store.apply([Edit(CRUMB.id, CRUMB, is_restored=True)], "eve")
    assert [(v.revision, v.kind, v.who, v.entry) for v in store.versions(CRUMB.id)] == [
        (2, ChangeKind.ADDED, "build", CRUMB),
        (8, ChangeKind.CHANGED, "ann", SOFT),
        (9, ChangeKind.DELETED, "bob", None),
        (10, ChangeKind.RESTORED, "eve", CRUMB),
    ]


def test_the_feed_has_each_change_once(store: EntryStore) -> None:
    """In the order of revisions, in pages, with what is gone and who follows it."""
    store.apply([Edit(FULL.id, FULL), Edit(CRUMB.id, None, successor=FULL.id)], "ann")
    changes = store.changes_since(7)
    assert [(c.id, c.entry, c.revision) for c in changes] == [
        (FULL.id, FULL, 8),
        (CRUMB.id, None, 9),
    ]
    assert store.successor(CRUMB.id) == FULL.id
    assert [c.revision for c in store.changes_since(7, 1)] == [8]
    feed = store.feed(7, None)
    assert (feed.reached, feed.is_whole, feed.built) == (9, True, 7)
    assert feed.changes[1].successor == FULL.id
    assert store.count_changes_since(7) == 2
    assert [one.entry.id for one in store.latest(1, ["bakery"])] == [FULL.id]
    assert [one.entry.glossary for one in store.latest(1, ["harbour", "none"])] == ["harbour"]


def test_edits_are_made_together_or_not_at_all(store: EntryStore) -> None:
    """A conflict of the second one leaves nothing of the first."""
    with pytest.raises(EntryConflict):
        store.apply([Edit(FULL.id, FULL), Edit(CRUMB.id, SOFT, expected=1)], "ann")
    assert store.get(FULL.id) is None
    assert store.revision[1] == 7
    assert list(store.entries()) == BAKERY


def test_a_request_is_answered_once(store: EntryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second request with the key changes nothing; after a day the key is free again."""
    kept = StoredRequest("ann", "k", b"\x00digest", b"\xffanswer")

    def answer(_changed: list[Changed]) -> StoredRequest:
        return kept

    store.apply([Edit(CRUMB.id, SOFT)], "ann", answered=answer)
    assert store.answered("ann", "k") == kept
    assert store.answered("bob", "k") is None
    with pytest.raises(AnsweredBefore, match="'k' of ann"):
        store.apply([Edit(CRUMB.id, CRUMB)], "ann", answered=answer)
    found = store.get(CRUMB.id)
    assert found is not None
    assert found.entry == SOFT
    monkeypatch.setattr(idempotency, "RETENTION", timedelta(seconds=-1))
    store.apply([Edit(CRUMB.id, CRUMB)], "ann", answered=answer)
    assert abs(store.connection.now() - time.time()) < 60.0


def test_what_was_purged_stays_away(store: EntryStore) -> None:
    """Only its hash is left; the feed says so, and no edit brings it back."""
    store.apply([Edit(CRUMB.id, SOFT)], "ann")
    store.purge([CRUMB.id], "ann")
    store.erase_purged()
    assert store.versions(CRUMB.id) == []
    assert store.purged() == {digest_of(CRUMB.id)}
    assert [c.purged for c in store.feed(8, None).changes] == [digest_of(CRUMB.id)]
    with pytest.raises(InvalidEntry, match="was purged"):
        store.apply([Edit(CRUMB.id, CRUMB)], "ann")


def test_embeddings_are_kept_by_text_and_encoder(store: EntryStore) -> None:
    """They are found in any order, replaced, and forgotten where nobody needs them."""
    texts = [text(n) for n in range(1200)]
    both = embedded(texts)
    store.texts.save(both)
    store.texts.save(embedded(texts[:1], seed=5))
    assert store.texts.unknown([*texts, text(5000)], "a", texts) == {text(5000)}
    assert store.texts.unknown(texts[:2], "b", ()) == set(texts[:2])
    found = store.texts.vectors([texts[700], texts[1]], "a", DIM)
    assert np.array_equal(found, both.encoded.vectors[[700, 1]])
    assert not np.array_equal(store.texts.vectors(texts[:1], "a", DIM)[0], both.encoded.vectors[0])
    assert store.texts.tokens(texts[:1], "a")[0].ids.tolist() == [0, 1]
    assert store.texts.dim_of(texts[0], "a") == DIM
    unused = [one for batch in store.texts.unused(texts[:2]) for one in batch]
    assert unused == texts[2:]
    store.texts.forget(unused)
    assert store.texts.unknown(texts, "a", ()) == set(texts[2:])


class _Story:
    """Random changes, the same for every store that is given the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a story, no secret
        self._words = 0

    def _entry(self) -> Entry:
        self._words += 1
        term = self._random.choice("ABCDEFGHÄ")
        return replace(
            entry(term, f"Meaning {self._words}."), aliases=(self._random.choice("xyz"),)
        )

    def step(self, store: EntryStore) -> None:
        present = [one.id for one in store.entries()]
        what = self._random.random()
        if what < 0.45 or not present:
            made = self._entry()
            if digest_of(made.id) not in store.purged():
                number = self._words
                store.apply([Edit(made.id, made)], "ann", embedded([text(number)], number))
        elif what < 0.7:
            gone, *others = self._random.sample(present, min(2, len(present)))
            store.apply([Edit(gone, None, successor=(others or [""])[0])], "bob")
        elif what < 0.95:
            size = self._random.randint(1, 6)
            corpus = {one.id: one for one in (self._entry() for _ in range(size))}
            purged = {id_ for id_ in corpus if digest_of(id_) in store.purged()}
            live = {one.id: one for one in store.live()}
            kept = [e for e in ({**corpus, **live}).values() if e.id not in purged]
            if kept:
                deleted = set(store.live_deletions()) - {e.id for e in kept}
                store.replace_all(kept, PreservedEdits(set(live), deleted))
        else:
            store.purge([self._random.choice(present)], "eve")
            store.erase_purged()


def _without_times(store: EntryStore) -> dict[str, Any]:
    """Return what two stores with the same story have in common."""
    ids = sorted({one.id for one in store.entries()} | {f"bakery:{c}" for c in "abcdefghä"})
    return {
        "revision": store.revision[1],
        "entries": [row for id_ in ids if (row := store.get(id_))],
        "order": list(store.entries()),
        "feed": replace(store.feed(0, None), identity=""),
        "places": store.places()[1],
        "versions": [[replace(v, at="") for v in store.versions(id_)] for id_ in ids],
        "redirects": [store.successor(id_) for id_ in ids],
        "purged": store.purged(),
        "live": (store.live(), store.live_deletions()),
        "latest": [(one.entry, one.revision) for one in store.latest(5)],
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_both_engines_tell_the_same_story(new_store: NewStore, seed: int, tmp_path: Path) -> None:
    """After every step of a long story a store reads as one of SQLite does."""
    store = new_store()
    (tmp_path / "other").mkdir()
    with closing(EntryStore(tmp_path / "other" / "store.db")) as other:
        first, second = _Story(seed), _Story(seed)
        for _ in range(60):
            first.step(store)
            second.step(other)
            assert _without_times(store) == _without_times(other)
        store.check(deep=True)


def test_a_copy_is_the_same_in_every_part(new_store: NewStore, tmp_path: Path) -> None:
    """It follows step by step into a file, and from the file into another store of the engine."""
    source, again = new_store(), new_store()
    (tmp_path / "copy").mkdir()
    with closing(EntryStore(tmp_path / "copy" / "store.db")) as copy:
        story, position = _Story(3), 0
        for step in range(60):
            story.step(source)
            if step % 3 == 0:
                done = replicate(source, copy, Silent(), embedded=position, with_answers=True)
                position = done.embedded
                assert summary(copy) == summary(source)
        replicate(source, copy, Silent(), embedded=position, with_answers=True)
        source.texts.forget([text(n) for n in range(3)])
        forget_embeddings(source, copy)
        assert summary(copy) == summary(source)
        replicate(copy, again, Silent(), with_answers=True)
        assert summary(again) == summary(source)
        assert _without_times(again) == _without_times(source)
        source.apply([Edit(FULL.id, FULL)], "ann")
        assert replicate(source, copy, Silent(), embedded=position).changes == 1


def test_a_summary_is_made_of_pages(new_store: NewStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same whatever their size; no statement has to return a whole table."""
    store = new_store()
    story = _Story(5)
    for _ in range(60):
        story.step(store)
    wanted = summary(store)
    assert wanted["embeddings"][0] > 3
    asked: list[str] = []
    execute = store.connection.execute

    def counting(query: str, values: Sequence[object] = ()) -> ResultRows:
        asked.append(query)
        return execute(query, values)

    monkeypatch.setattr(store.connection, "execute", counting)
    for size in (1, 3):
        monkeypatch.setattr("semsearch.storage.store_summary._PAGE", size)
        asked.clear()
        assert summary(store) == wanted
        pages = [query for query in asked if "FROM embedding" in query]
        assert len(pages) == wanted["embeddings"][0] // size + 1
        assert all("LIMIT" in query for query in pages)


def test_only_a_later_state_of_the_same_store_is_taken_over(new_store: NewStore) -> None:
    """A store with entries of its own stays as it is."""
    one, other = new_store(), new_store()
    one.replace_all(BAKERY)
    other.replace_all(BAKERY[:3])
    before = summary(other)
    with pytest.raises(InvalidSetting, match="no earlier state"):
        replicate(one, other, Silent())
    assert summary(other) == before
