"""A corpus beside a store that others edit meanwhile: what a build writes into it, and what it drops, moment by moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Progress, Silent
from semsearch.index.passage_table import PassageTable
from semsearch.storage.atomic_files import briefly_locked
from semsearch.storage.corpus_diff import Changes
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.layout import IndexLayout
from semsearch.storage.live_edits import MergedCorpus, keep_live


@dataclass(frozen=True, slots=True)
class StoredCorpus:
    """What a build has made of the store."""

    merged: MergedCorpus
    changes: Changes
    revision: tuple[str, int]
    """Of the store, that holds just these entries."""


class CorpusSync:
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
        self._settled: tuple[tuple[str, int], MergedCorpus] | None = None

    def merged(self) -> MergedCorpus:
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
        merged = keep_live(self._entries, live, deleted, overwrite=self.overwrite)
        if not merged.entries:
            raise InvalidSetting("every entry of the corpus was deleted live; nothing is left")
        self._settled = revision, merged
        return merged

    def write(self, layout: IndexLayout, progress: Progress) -> StoredCorpus:
        """Make the store hold the corpus, in one transaction, with what was edited live until then.

        Args:
            layout: of the index, whose lock is held for as long as comparing and writing take.
            progress: told when that begins and when it is over.
        """
        with briefly_locked(layout.lock):
            progress.start("storing", 1)
            merged = self.merged()
            ordered = sorted(merged.entries, key=lambda entry: entry.glossary)
            changes = self._store.replace_all(ordered, merged.kept)
            written = StoredCorpus(merged, changes, self._store.revision)
            progress.advance(1)
        return written


def forget_unused(
    layout: IndexLayout, store: EntryStore, passages: PassageTable, revision: int
) -> None:
    """Drop what was embedded of texts that no entry has any more.

    Args:
        layout: of the index, whose lock is held for each few of them.
        store: open.
        passages: all entries as they were at a revision.
        revision: what was edited since is kept too.
    """
    for unused in store.texts.unused(passages.hashes(passages.rows)):
        with briefly_locked(layout.lock):
            store.texts.forget(set(unused).difference(_texts_since(store, revision)))


def _texts_since(store: EntryStore, revision: int) -> list[bytes]:
    since = changed_since(store, revision)
    return since.hashes(since.rows)


def changed_since(store: EntryStore, revision: int) -> PassageTable:
    """Return the entries that are in a store and were not there, or were others, at a revision."""
    changes = store.changes_since(revision)
    return PassageTable([change.entry for change in changes if change.entry is not None], Silent())
