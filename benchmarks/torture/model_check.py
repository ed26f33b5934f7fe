"""Compares an index with a plain dictionary after random steps: edit, import, publish, open.

    python -m benchmarks.torture.model_check --steps 10000 --seed 1

After each step answers, the store, its changes and the history of each entry are compared with the
dictionary. Exit code 1: they differ; the steps that lead there are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from semsearch.core.entries import Changed
from semsearch.core.errors import AnsweredBefore, EntryConflict, EntryNotFound
from semsearch.core.progress import Silent
from semsearch.ingest import Editor, IdempotentRequest
from semsearch.ingest.build import build_index
from semsearch.ingest.bulk import Outcome
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout
from tests.small_glossary import ENTRIES

GLOSSARY = "torture"
NAMES = st.sampled_from("abc")
WORDS = st.sampled_from(["What one is.", "What two is.", "What three is."])
BEHIND = st.sampled_from([None, 0, 0, 1])
"""By how much the expected revision of an edit is older than the current one; None expects none."""

STEPS = 20
"""Steps of one example, before all begins anew."""


@cache
def _whole() -> tempfile.TemporaryDirectory[str]:
    """Build, once, the index that every example copies."""
    folder = tempfile.TemporaryDirectory(prefix="semsearch-torture-")
    build_index(ENTRIES, Path(folder.name) / "index", model="hashed")
    return folder


class IndexMachine(RuleBasedStateMachine):
    """State machine that edits one glossary of an index in every way.

    Another glossary stays as it was built.
    """

    taken: ClassVar[Counter[str]] = Counter()
    """Steps of all examples together, by kind."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="semsearch-torture-")
        self.index = Path(self._folder.name) / "index"
        shutil.copytree(Path(_whole().name) / "index", self.index)
        self._editor = Editor(self.index, who="torture")
        self._glossary = Glossary.open(self.index)
        self._model = {e.id: e.definition for e in ENTRIES}
        self._at: dict[str, int] = {}
        self._versions: dict[str, list[tuple[int, str | None]]] = {}
        self._revision = self._published = self._editor.changes_since(0)[-1].revision
        self._requests = 0
        self._heard = 0
        self._mirror: dict[str, str] = {}

    def teardown(self) -> None:
        """Let go of the index."""
        self._close()
        self._folder.cleanup()

    def _note(self, id_: str, words: str | None, changed: Changed) -> None:
        """Write an edit into the dictionary, unless it changed nothing."""
        if self._model.get(id_) != words:
            self._revision += 1
            self._at[id_] = self._revision if words else 0
            self._versions.setdefault(id_, []).append((self._revision, words))
            assert changed.revision == self._revision
        assert changed.id == id_
        assert (changed.entry.definition if changed.entry else None) == words
        if words is None:
            del self._model[id_]
        else:
            self._model[id_] = words
        self.taken["edits"] += 1

    def _expected(self, id_: str, behind: int | None) -> int | None:
        return None if behind is None else abs(self._at.get(id_, 0) - behind)

    def _refused(self, error: type[Exception], edit: Callable[[], object]) -> None:
        with pytest.raises(error):
            edit()
        self.taken["refused edits"] += 1

    @rule(name=NAMES, words=WORDS)
    def add(self, name: str, words: str) -> None:
        """Add under an id, which must be free."""
        id_ = f"{GLOSSARY}:{name}"
        draft = Draft(name, words)
        if id_ in self._model:
            self._refused(EntryConflict, lambda: self._editor.add(GLOSSARY, draft, id_=name))
        else:
            self._note(id_, words, self._editor.add(GLOSSARY, draft, id_=name))

    @rule(name=NAMES, words=WORDS, behind=BEHIND)
    def put(self, name: str, words: str, behind: int | None) -> None:
        """Add or change, by a revision that may be wrong."""
        id_ = f"{GLOSSARY}:{name}"
        draft, expected = Draft(name, words), self._expected(id_, behind)
        if behind:
            self._refused(EntryConflict, lambda: self._editor.put(id_, draft, expected=expected))
        else:
            self._note(id_, words, self._editor.put(id_, draft, expected=expected))

    @rule(name=NAMES, words=WORDS)
    def change_once(self, name: str, words: str) -> None:
        """Change by a request that is sent twice and carried out once."""
        id_ = f"{GLOSSARY}:{name}"
        self._requests += 1
        key = f"request {self._requests}"
        once = self._editor.as_author(
            "ann", IdempotentRequest(key, b"", lambda changed: repr(changed).encode())
        )
        if id_ not in self._model:
            self._refused(EntryNotFound, lambda: once.change(id_, definition=words))
            assert self._editor.as_author("ann").answered(key) is None
            return
        changed = once.change(id_, definition=words)
        self._note(id_, words, changed)
        self._refused(AnsweredBefore, lambda: once.change(id_, definition="Never to be read."))
        answered = self._editor.as_author("ann").answered(key)
        assert answered is not None
        assert answered.answer == repr(changed).encode()

    @rule(name=NAMES, behind=BEHIND)
    def delete(self, name: str, behind: int | None) -> None:
        """Delete by a revision that may be wrong."""
        id_ = f"{GLOSSARY}:{name}"
        expected = self._expected(id_, behind)
        if id_ not in self._model:
            self._refused(EntryNotFound, lambda: self._editor.delete(id_, expected=expected))
        elif behind:
            self._refused(EntryConflict, lambda: self._editor.delete(id_, expected=expected))
        else:
            self._note(id_, None, self._editor.delete(id_, expected=expected))

    @rule(name=NAMES, at=st.integers(0, 9), behind=BEHIND)
    def restore(self, name: str, at: int, behind: int | None) -> None:
        """Go back to some version, which may be a deletion."""
        id_ = f"{GLOSSARY}:{name}"
        versions = self._versions.get(id_, [(1, None)])
        revision, words = versions[at % len(versions)]
        expected = self._expected(id_, behind)
        if words is None:
            self._refused(EntryNotFound, lambda: self._editor.restore(id_, revision))
        elif behind:
            self._refused(
                EntryConflict, lambda: self._editor.restore(id_, revision, expected=expected)
            )
        else:
            self._note(id_, words, self._editor.restore(id_, revision, expected=expected))

    @rule(wanted=st.dictionaries(NAMES, WORDS, min_size=1), dry_run=st.booleans())
    def take(self, wanted: dict[str, str], dry_run: bool) -> None:
        """Import records, or only look what an import would do."""
        lines = "\n".join(
            json.dumps({"id": name, "term": name, "definition": words})
            for name, words in wanted.items()
        )
        outcomes = [self._outcome(f"{GLOSSARY}:{n}", words) for n, words in wanted.items()]
        report = self._editor.take(lines, GLOSSARY, dry_run=dry_run)
        assert report.is_applied is not dry_run
        assert [record.outcome for record in report.records] == outcomes
        for record, words in zip(report.records, wanted.values(), strict=True):
            if dry_run:
                assert record.revision is None
                continue
            assert record.id is not None
            assert record.revision is not None
            entry = self._editor.entry(record.id).entry
            self._note(record.id, words, Changed(record.id, entry, record.revision))

    def _outcome(self, id_: str, words: str) -> Outcome:
        if id_ not in self._model:
            return Outcome.ADDED
        return Outcome.UNCHANGED if self._model[id_] == words else Outcome.CHANGED

    @rule()
    def publish(self) -> None:
        """Take all edits into a generation, if there are any."""
        is_due = self._revision > self._published
        assert publish_edits(IndexLayout(self.index), Silent()) is is_due
        self._published = self._revision
        self.taken["publications"] += is_due

    @rule()
    def reopen(self) -> None:
        """Let go of the index and open it anew, for questions and for edits."""
        self._close()
        self._glossary = Glossary.open(self.index)
        self._editor = Editor(self.index, who="torture")
        self.taken["openings"] += 1

    def _close(self) -> None:
        self._glossary.close()
        self._editor.close()

    @invariant()
    def questions_see_the_model(self) -> None:
        """All of it, and no more."""
        shown = self._glossary.definitions()[0]
        assert len(shown) == len(self._model)
        assert {entry.id: entry.definition for entry in shown} == self._model
        self.taken["steps"] += 1

    @invariant()
    def a_mirror_has_the_model(self) -> None:
        """A client that reads the changes two at a time gets each of them once."""
        while changes := self._editor.changes_since(self._heard, 2):
            for changed in changes:
                assert changed.revision > self._heard
                self._heard = changed.revision
                self._mirror.pop(changed.id, None)
                if changed.entry is not None:
                    self._mirror[changed.id] = changed.entry.definition
        assert self._mirror == self._model

    @invariant()
    def the_store_holds_the_model(self) -> None:
        """Entries with the revisions they were given, which rise.

        Every version of them; and what is gone.
        """
        changes = self._editor.changes_since(0)
        assert [c.revision for c in changes] == sorted({c.revision for c in changes})
        assert max(c.revision for c in changes) <= self._revision
        there = {c.id: c for c in changes if c.entry is not None}
        assert {id_: c.entry.definition for id_, c in there.items() if c.entry} == self._model
        for id_, versions in self._versions.items():
            history = self._editor.history(id_)
            said = [(v.revision, v.entry.definition if v.entry else None) for v in history]
            assert said == versions
            if id_ in self._model:
                assert there[id_].revision == self._at[id_]


def main() -> int:
    """Read the arguments, and take steps."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    given = parser.parse_args()
    how = settings(
        max_examples=-(-given.steps // STEPS),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(given.seed)(IndexMachine), settings=how)
    except AssertionError as error:
        print(f"model_check, seed {given.seed}: {error!r}", file=sys.stderr)
        return 1
    done = ", ".join(f"{count} {what}" for what, count in IndexMachine.taken.most_common())
    print(f"model_check: index and dictionary agree (seed {given.seed}): {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
