"""The store beside a plain dictionary: whatever is done in whatever order, both hold the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from semsearch.core.entries import Changed, Entry, Source
from semsearch.core.errors import EntryConflict, EntryNotFound
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.live_edits import merge_live_edits

NAMES = st.sampled_from([f"{glossary}:{n}" for glossary in "ab" for n in range(3)])
WORDS = st.sampled_from(["one", "two", "three"])


def _entry(id_: str, words: str, source: Source | None = None) -> Entry:
    return Entry(id_, id_, words, id_[0], source=source)


class StoreMachine(RuleBasedStateMachine):
    """Edits with and without expected revisions, restored versions, and builds that keep edits."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / "store.db"
        self._store = EntryStore(file)
        self._reader = EntryReader(file)
        self._model: dict[str, tuple[int, Entry]] = {}
        self._live: dict[str, Entry | None] = {}
        self._versions: dict[str, list[tuple[int, Entry | None]]] = {}
        self._revision = 0

    def teardown(self) -> None:
        """Close both."""
        self._store.close()
        self._reader.close()
        self._folder.cleanup()

    def _note(self, id_: str, entry: Entry | None, *, is_live: bool) -> None:
        self._revision += 1
        if entry is None:
            del self._model[id_]
        else:
            self._model[id_] = (self._revision, entry)
        self._versions.setdefault(id_, []).append((self._revision, entry))
        if is_live:
            self._live[id_] = entry

    @rule(id_=NAMES, words=WORDS)
    def put(self, id_: str, words: str) -> None:
        """Add or change without an expectation; the state that is there already is no change."""
        present = self._model.get(id_)
        wanted = _entry(id_, words, present[1].source if present else None)
        (changed,) = self._store.apply([Edit(id_, wanted)], "ann")
        if present is None or present[1] != wanted:
            self._note(id_, wanted, is_live=True)
        assert changed == Changed(id_, wanted, self._model[id_][0])

    @rule(id_=NAMES, behind=st.integers(0, 2))
    def delete(self, id_: str, behind: int) -> None:
        """Delete with an expectation that may be wrong."""
        present = self._model.get(id_)
        edit = Edit(id_, None, present[0] - behind if present else behind)
        if present and not behind:
            self._store.apply([edit], "ann")
            self._note(id_, None, is_live=True)
        else:
            with pytest.raises((EntryConflict, EntryNotFound)):
                self._store.apply([edit], "ann")

    @rule(id_=NAMES, at=st.integers(0, 10))
    def restore(self, id_: str, at: int) -> None:
        """Make an entry what it was in some version."""
        versions = [entry for _, entry in self._versions.get(id_, []) if entry is not None]
        if versions:
            entry = versions[at % len(versions)]
            present = self._model.get(id_)
            self._store.apply([Edit(id_, entry, is_restored=True)], "ann")
            if present is None or present[1] != entry:
                self._note(id_, entry, is_live=True)

    @rule(corpus=st.dictionaries(NAMES, WORDS, min_size=1))
    def build(self, corpus: dict[str, str]) -> None:
        """Read a corpus: what was edited live stays until the corpus says the same."""
        read = [_entry(id_, words, Source("x", 1)) for id_, words in sorted(corpus.items())]
        settled = merge_live_edits(
            read, self._store.live(), self._store.live_deletions(), overwrite=False
        )
        ordered = sorted(settled.entries, key=lambda entry: entry.glossary)
        if not self._store.replace_all(ordered, settled.preserved):
            return
        wanted = {entry.id: entry for entry in ordered}
        expected = self._expected(corpus)
        assert {id_: entry.definition for id_, entry in wanted.items()} == expected
        self._follow(wanted)
        self._live = {
            id_: entry
            for id_, entry in self._live.items()
            if (entry.definition if entry else None) != corpus.get(id_)
        }

    def _expected(self, corpus: dict[str, str]) -> dict[str, str]:
        """Return the words that a build leaves, by the rules of this model."""
        live = {id_: entry.definition if entry else None for id_, entry in self._live.items()}
        return {id_: words for id_, words in {**corpus, **live}.items() if words is not None}

    def _follow(self, wanted: dict[str, Entry]) -> None:
        """Take over what a build has written, with the revisions it gave."""
        for id_ in list(self._model):
            if id_ not in wanted:
                del self._model[id_]
                self._versions[id_].append((0, None))
        for id_, entry in wanted.items():
            found = self._store.get(id_)
            assert found is not None
            before = self._model.get(id_)
            if before is None or before[1] != entry:
                self._versions.setdefault(id_, []).append((found.revision, entry))
            else:
                assert found.revision == before[0]
            self._model[id_] = (found.revision, entry)
        self._revision = self._store.revision[1]

    @invariant()
    def holds_the_same(self) -> None:
        """Entries and revisions, for the writer and for a reader beside it.

        All changes lead there.
        """
        for store in (self._store, self._reader):
            entries = {entry.id: entry for entry in store.entries()}
            assert entries == {id_: entry for id_, (_, entry) in self._model.items()}
            assert store.revision[1] == self._revision
        changes = self._reader.changes_since(0)
        there = {c.id: (c.revision, c.entry) for c in changes if c.entry is not None}
        assert there == self._model
        assert [c.revision for c in changes] == sorted({c.revision for c in changes})

    @invariant()
    def is_the_last_of_its_versions(self) -> None:
        """The newest version of an entry is its state, and deletions are versions too."""
        for id_ in self._versions:
            versions = self._reader.versions(id_)
            present = self._model.get(id_)
            assert versions[-1].entry == (present[1] if present else None)
            assert [v.revision for v in versions] == sorted({v.revision for v in versions})


StoreMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, derandomize=True
)
test_the_store_is_what_its_model_is = StoreMachine.TestCase
