"""Merges the corpus of a build with live edits, and applies the result to the store.

Others may edit the store during a build, so each transaction is short.
"""

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
from semsearch.storage.live_edits import MergedCorpus, merge_live_edits


@dataclass(frozen=True, slots=True)
class StoredCorpus:
    """The result of writing a corpus to the store."""

    merged: MergedCorpus
    changes: Changes
    revision: tuple[str, int]
    """Of the store, when it held exactly these entries."""


class CorpusSync:
    """All entries of a build, and the store they go to."""

    def __init__(self, entries: Sequence[Entry], store: EntryStore, *, overwrite: bool) -> None:
        """Take the entries and the store.

        Args:
            entries: of the corpus.
            store: open; others may edit it.
            overwrite: whether the corpus overwrites live edits.
        """
        self.overwrite = overwrite
        self._entries = entries
        self._store = store
        self._cached: tuple[tuple[str, int], MergedCorpus] | None = None

    def merged(self) -> MergedCorpus:
        """Return the corpus merged with the present live edits.

        Raises:
            InvalidSetting: no entry is left.
        """
        store = self._store
        with store.unchanging():
            revision = store.revision
            if self._cached is not None and self._cached[0] == revision:
                return self._cached[1]
            live, deleted = store.live(), store.live_deletions()
        merged = merge_live_edits(self._entries, live, deleted, overwrite=self.overwrite)
        if not merged.entries:
            raise InvalidSetting("every entry of the corpus was deleted live; nothing is left")
        self._cached = revision, merged
        return merged

    def write(self, layout: IndexLayout, progress: Progress) -> StoredCorpus:
        """Make the store hold the corpus and all live edits so far, in one transaction.

        Args:
            layout: of the index; its lock is held while comparing and writing.
            progress: reports begin and end.
        """
        with briefly_locked(layout.lock):
            progress.start("storing", 1)
            merged = self.merged()
            ordered = sorted(merged.entries, key=lambda entry: entry.glossary)
            changes = self._store.replace_all(ordered, merged.preserved)
            written = StoredCorpus(merged, changes, self._store.revision)
            progress.advance(1)
        return written


def forget_unused(
    layout: IndexLayout, store: EntryStore, passages: PassageTable, revision: int
) -> None:
    """Delete the embeddings of texts that no entry has any more.

    Args:
        layout: of the index; its lock is held for one batch at a time.
        store: open.
        passages: all entries at a revision.
        revision: texts of later edits are kept, too.
    """
    for unused in store.texts.unused(passages.hashes(passages.rows)):
        with briefly_locked(layout.lock):
            store.texts.forget(set(unused).difference(_texts_since(store, revision)))


def _texts_since(store: EntryStore, revision: int) -> list[bytes]:
    since = changed_since(store, revision)
    return since.hashes(since.rows)


def changed_since(store: EntryStore, revision: int) -> PassageTable:
    """Return the entries of the store that are new or changed since a revision."""
    changes = store.changes_since(revision)
    return PassageTable([change.entry for change in changes if change.entry is not None], Silent())
