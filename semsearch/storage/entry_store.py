"""The store: entries, their history and vectors, in one transactional SQLite file.

It is the only source of truth of an index. Every change of an entry gets a revision of its own, one
higher than the last, and is written together with the previous state, its author and its time
(`history.py`).
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from semsearch.core.entries import Changed, ChangeKind, Entry, EntryPlace
from semsearch.core.errors import (
    EntryConflict,
    EntryNotFound,
    FormatTooOld,
    InvalidEntry,
    NoEntryLeft,
)
from semsearch.core.progress import Progress, Silent
from semsearch.storage import history, idempotency, mirroring, purges, redirects
from semsearch.storage.changes import ChangeWriter, change_transaction
from semsearch.storage.corpus_diff import (
    Changes,
    CorpusComparison,
    EntryChange,
    PreservedEdits,
    compare,
)
from semsearch.storage.database import open_for_writing
from semsearch.storage.embedding_cache import Embedded
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.idempotency import StoredRequest
from semsearch.storage.migrations import MIGRATIONS
from semsearch.storage.rows import Origin
from semsearch.storage.store_connection import SqliteConnection

_log = logging.getLogger("semsearch")


@dataclass(frozen=True, slots=True)
class Edit:
    """One requested change.

    `entry` is the new state, None to delete. `expected` is the revision the entry must have, 0 if
    it must not exist, None for any.
    """

    id: str
    entry: Entry | None
    expected: int | None = None
    is_restored: bool = False
    """Whether `entry` is an earlier version."""
    successor: str = ""
    """The id of the entry that a deleted one leads to."""


class EntryStore(EntryReader):
    """The store, open for writing by one process, which holds the lock of the index."""

    @staticmethod
    def _open(file: Path, _patience_s: float) -> sqlite3.Connection:
        return open_for_writing(file, MIGRATIONS)

    def renew_identity(self) -> str:
        """Give the store another identity, so that revisions told before mean nothing in it."""
        with self.connection.transaction():
            self.connection.execute("UPDATE store SET identity = ?", (secrets.token_hex(16),))
        return self.revision[0]

    def are_all(self, ids: Collection[str]) -> bool:
        """Return whether there is no entry but these."""
        (count,) = self.connection.execute("SELECT count(*) FROM entry").fetchone()
        return int(count) == sum(self.get(id_) is not None for id_ in ids)

    def purge(self, ids: Collection[str], who: str) -> None:
        """Delete entries in one transaction, and record that they never come back."""
        with change_transaction(self.connection, who) as change:
            for id_ in ids:
                change.purge(id_)
        self._acknowledge(change)

    def erase_purged(self) -> None:
        """Erase the history of purged entries, and what a file still has of deleted rows."""
        with self.connection.transaction():
            purges.erase(self.connection, self.purged())
        if isinstance(self.connection, SqliteConnection):
            self.connection.compact()

    def replace_all(
        self,
        ordered: Sequence[Entry],
        preserved: PreservedEdits = PreservedEdits(),  # noqa: B008 - frozen
    ) -> Changes:
        """Make the store hold exactly these entries, in one transaction, and return the changes.

        Only rows that differ are written. The previous state goes into the history if the text of
        an entry changes or the entry is removed. A new line number raises the entry's revision
        without a record; a new order raises only the store's revision; no difference raises
        nothing.

        Args:
            ordered: all entries, sorted by glossary, in order within each; preserved live edits are
                among them.
            preserved: which entries are live edits, and which ids stay deleted.
        """
        comparison = compare(self.connection, ordered, preserved)
        changes = comparison.changes()
        if not changes and set(preserved.deleted) != set(self.live_deletions()):
            changes = replace(changes, moved=1)
        if changes:
            self._replace(comparison, preserved)
        return changes

    def _replace(self, comparison: CorpusComparison, preserved: PreservedEdits) -> None:
        ordered = comparison.ordered
        known = history.ids_with_history(self.connection)
        with change_transaction(self.connection, history.BUILD) as writer:
            former = [row.entry for id_ in sorted(comparison.gone) if (row := self.get(id_))]
            for entry in former:
                writer.delete(entry.id, Origin.CORPUS)
            for place, change in enumerate(comparison.changes_by_place):
                if change == EntryChange.SAME:
                    continue
                entry, origin = ordered[place], preserved.origin(ordered[place].id)
                if change == EntryChange.SHIFTED:
                    writer.shift(entry.id, comparison.position(place), origin)
                else:
                    kind = _kind_by_build(EntryChange(change), entry.id in known)
                    writer.put(entry, comparison.position(place), origin, kind)
            for id_, target in redirects.successors(former, ordered).items():
                writer.redirect(id_, target)
            writer.finish_build(preserved.deleted)
        self._acknowledge(writer)

    def apply(
        self,
        edits: Sequence[Edit],
        who: str,
        embedded: Embedded | None = None,
        answered: Callable[[list[Changed]], StoredRequest] | None = None,
        progress: Progress = Silent(),  # noqa: B008 - has no state
    ) -> list[Changed]:
        """Make changes in one transaction, all or none.

        Args:
            edits: in this order; a second edit of an id sees the result of the first.
            who: the author, for the history.
            embedded: embeddings of the new texts, stored in the same transaction.
            answered: returns the answer to store for the request's idempotency key, if it has one.
            progress: reports each step; an error it raises before the commit undoes the changes.

        Returns:
            The result of each edit. An edit to the present state changes nothing, not even the
            revision.

        Raises:
            EntryConflict: an entry does not have the expected revision.
            EntryNotFound: an entry to delete does not exist.
            AnsweredBefore: the idempotency key was used meanwhile.
            InvalidEntry: an entry to add was purged.
        """
        progress.start("writing", 1)
        with change_transaction(self.connection, who) as change:
            if embedded is not None:
                self.texts.insert(embedded)
            changed = [Changed(edit.id, edit.entry, self._apply(change, edit)) for edit in edits]
            progress.advance(1)
            if answered is not None:
                progress.start("remembering", 1)
                idempotency.keep(self.connection, answered(changed))
                progress.advance(1)
            progress.start("committing", 1)
        self._acknowledge(change)
        progress.advance(1)
        return changed

    def mirror(
        self,
        changes: Sequence[Changed],
        reached: int,
        places: Sequence[EntryPlace] | None = None,
        embedded: Embedded | None = None,
        *,
        may_be_empty: bool = False,
    ) -> None:
        """Make changes of another store, under its revisions, in one transaction.

        The revision of this store is the position that was reached, so the two never differ.

        Args:
            changes: in order, all behind the revision of this store.
            reached: the revision of the other store up to which nothing is missing then.
            places: where its entries stand, if it was built since; that is signed as a build.
            embedded: embeddings of the new texts, stored in the same transaction.
            may_be_empty: whether no entry may be left, since further changes follow.

        Raises:
            InvalidEntry: revisions do not rise, or an entry was purged before.
            NoEntryLeft: no entry would be left.
        """
        who = mirroring.AUTHOR if places is None else history.BUILD
        with change_transaction(self.connection, who) as change:
            if embedded is not None:
                self.texts.insert(embedded)
            mirroring.apply(self.connection, change, changes)
            if places is not None:
                mirroring.arrange(self.connection, places)
            if not may_be_empty and self.is_empty:
                raise NoEntryLeft("no entry would be left, and an index cannot be empty")
            change.finish_mirroring(reached)
        self._acknowledge(change)

    def _acknowledge(self, change: ChangeWriter) -> None:
        self.connection.committed(change.revision)

    def _apply(self, change: ChangeWriter, edit: Edit) -> int:
        present = self.get(edit.id)
        present_revision = present.revision if present else 0
        if edit.expected is not None and edit.expected != present_revision:
            raise EntryConflict(edit.id, edit.expected, present_revision)
        if edit.entry is None:
            if present is None:
                raise EntryNotFound(f"there is no entry {edit.id!r} to delete")
            revision = change.delete(edit.id, Origin.LIVE)
            if edit.successor:
                change.redirect(edit.id, edit.successor)
            return revision
        if present is None:
            if purges.digest_of(edit.id) in self.purged():
                raise InvalidEntry(
                    f"the entry {edit.id!r} was purged and does not come back; choose another id"
                )
            kind = ChangeKind.RESTORED if edit.is_restored else ChangeKind.ADDED
            position = change.next_position(edit.entry.glossary)
            return change.put(edit.entry, position, Origin.LIVE, kind)
        if present.entry == edit.entry:
            return present_revision
        kind = ChangeKind.RESTORED if edit.is_restored else ChangeKind.CHANGED
        return change.put(edit.entry, present.position, Origin.LIVE, kind)


def _kind_by_build(change: EntryChange, has_history: bool) -> ChangeKind | None:
    """Return the history record of a build: None for a first state, which the row itself tells."""
    if change is EntryChange.NEW:
        return ChangeKind.ADDED if has_history else None
    return ChangeKind.CHANGED if change is EntryChange.CHANGED else None


def open_migrated(layout: IndexLayout) -> EntryReader:
    """Open the store of an index folder for reading; one of an earlier version is migrated first.

    Raises:
        IndexBusy: it has to be migrated, and another process holds its lock.
        StoredIndexError: it cannot be read or written, or is of a newer version.
    """
    try:
        return EntryReader(layout.store)
    except FormatTooOld:
        with file_lock(layout.lock):
            EntryStore(layout.store).close()
        _log.info("%s has the tables of this version of semsearch now", layout.store)
        return EntryReader(layout.store)
