"""A corpus beside a store that others edit meanwhile: what a build writes into it, and what it drops, moment by moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Progress, Silent
from semsearch.index.passage_table import Prepared
from semsearch.storage.atomic_files import in_turn
from semsearch.storage.corpus_diff import Changes
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.layout import IndexLayout
from semsearch.storage.live_edits import Settled, keep_live


@dataclass(frozen=True, slots=True)
class InStore:
    """What a build has made of the store."""

    settled: Settled
    changes: Changes
    revision: tuple[str, int]
    """Of the store, that holds just these entries."""


class Corpus:
    """All entries of a build, and the store that they are for."""

    def __init__(self, entries: Sequence[Entry], store: EntryStore, *, overwrite: bool) -> None:
        """Name the two.

        Args:
            entries: of the corpus.
            store: open, and edited by others.
            overwrite: whether the corpus's side is taken where entries were edited live.
        """
        self.overwrite = overwrite
        self._entries = entries
        self._store = store
        self._settled: tuple[tuple[str, int], Settled] | None = None

    def settled(self) -> Settled:
        """Return the corpus with the live edits that are in the store now.

        Raises:
            InvalidSetting: nothing is left.
        """
        store = self._store
        with store.unchanging():
            revision = store.revision
            if self._settled is not None and self._settled[0] == revision:
                return self._settled[1]
            live, deleted = store.live(), store.live_deletions()
        settled = keep_live(self._entries, live, deleted, overwrite=self.overwrite)
        if not settled.entries:
            raise InvalidSetting("every entry of the corpus was deleted live; nothing is left")
        self._settled = revision, settled
        return settled

    def write(self, layout: IndexLayout, progress: Progress) -> InStore:
        """Make the store hold the corpus, in one transaction, with what was edited live until then.

        Args:
            layout: of the index, whose lock is held for as long as comparing and writing take.
            progress: told when that begins and when it is over.
        """
        with in_turn(layout.lock):
            progress.start("storing", 1)
            settled = self.settled()
            ordered = sorted(settled.entries, key=lambda entry: entry.glossary)
            changes = self._store.replace_all(ordered, settled.kept)
            written = InStore(settled, changes, self._store.revision)
            progress.advance(1)
        return written


def forget_unused(layout: IndexLayout, store: EntryStore, built: Prepared, revision: int) -> None:
    """Drop what was embedded of texts that no entry has any more.

    Args:
        layout: of the index, whose lock is held for each few of them.
        store: open.
        built: all entries as they were at a revision.
        revision: what was edited since is kept too.
    """
    for unused in store.texts.unused(built.hashes(built.rows)):
        with in_turn(layout.lock):
            store.texts.forget(set(unused).difference(_texts_since(store, revision)))


def _texts_since(store: EntryStore, revision: int) -> list[bytes]:
    since = changed_since(store, revision)
    return since.hashes(since.rows)


def changed_since(store: EntryStore, revision: int) -> Prepared:
    """Return the entries that are in a store and were not there, or were others, at a revision."""
    changes = store.changes_since(revision)
    return Prepared([change.entry for change in changes if change.entry is not None], Silent())
