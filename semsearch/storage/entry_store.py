"""The store: entries, their history and vectors, in one transactional SQLite file.

It is the only source of truth of an index. Every change of an entry gets a revision of its own, one
higher than the last, and is written together with the previous state, its author and its time
(`history.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from pathlib import Path

from semsearch.core.entries import Changed, ChangeKind, Entry, Version
from semsearch.core.errors import EntryConflict, EntryNotFound
from semsearch.core.progress import Progress, Silent
from semsearch.storage import history, idempotency
from semsearch.storage.changes import ChangeWriter, change_transaction
from semsearch.storage.corpus_diff import (
    Changes,
    CorpusComparison,
    EntryChange,
    PreservedEdits,
    compare,
)
from semsearch.storage.database import (
    PATIENCE_S,
    check,
    open_for_reading,
    open_for_writing,
    reading,
)
from semsearch.storage.embedding_cache import Embedded, EmbeddedTexts
from semsearch.storage.idempotency import Answered
from semsearch.storage.last_commit import write_last_commit
from semsearch.storage.layout import IndexLayout
from semsearch.storage.migrations import MIGRATIONS
from semsearch.storage.rows import COLUMNS, Origin, from_row

_PIECE = 4096
"""Entries read at a time, in a hundredth of a second."""
_ALL = -1
"""SQLite's way to say "no limit"."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with the revision and the origin of its last change."""

    entry: Entry
    revision: int
    origin: Origin
    position: int
    """Within its glossary."""


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


class EntryReader:
    """The store, open for reading beside a writer; for one thread at a time.

    Each read sees the last commit.
    """

    def __init__(
        self, file: Path, *, patience_s: float = PATIENCE_S, named: Path | None = None
    ) -> None:
        """Open the file.

        Args:
            file: the store.
            patience_s: seconds that a read waits for a writer.
            named: the file that messages name; the original, if `file` is a copy.
        """
        self._patience_s = patience_s
        self._file = file
        self._named = named or file
        self._connection = self._open()
        self.texts = EmbeddedTexts(self._connection)

    def _open(self) -> sqlite3.Connection:
        return open_for_reading(self._file, MIGRATIONS, self._patience_s)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def check(self, *, deep: bool = False) -> None:
        """Check every page of the file, which takes a second for some hundred megabytes.

        Args:
            deep: also compare indexes with tables.

        Raises:
            IndexDamaged: a page is damaged.
        """
        check(self._connection, self._named, deep=deep)

    @contextmanager
    def unchanging(self) -> Iterator[None]:
        """Let all reads inside see the same state; writers wait, so keep it short."""
        with reading(self._connection):
            yield

    @property
    def revision(self) -> tuple[str, int]:
        """The identity of the store, and its revision.

        A generation states which revision of which store it shows.
        """
        identity, number = self._connection.execute(
            "SELECT identity, revision FROM store"
        ).fetchone()
        return str(identity), int(number)

    def get(self, id_: str) -> EntryRow | None:
        """Return an entry by id, or None."""
        row = self._connection.execute(
            f"SELECT {COLUMNS}, revision, origin, position FROM entry WHERE id = ?",  # noqa: S608 - constant
            (id_,),
        ).fetchone()
        return EntryRow(from_row(row[:-3]), row[-3], Origin(row[-2]), row[-1]) if row else None

    def is_only(self, id_: str) -> bool:
        """Return whether there is no other entry; counting a million would take a second."""
        other = self._connection.execute("SELECT 1 FROM entry WHERE id <> ? LIMIT 1", (id_,))
        return other.fetchone() is None

    def glossaries(self) -> list[str]:
        """Return the names of the glossaries, sorted."""
        rows = self._connection.execute("SELECT DISTINCT glossary FROM entry ORDER BY glossary")
        return [str(name) for (name,) in rows]

    def entries(self) -> Iterator[Entry]:
        """Yield all entries, sorted by glossary, in order within each."""
        rows = self._connection.execute(
            f"SELECT {COLUMNS} FROM entry ORDER BY glossary, position"  # noqa: S608 - constant
        )
        return map(from_row, rows)

    def copied(self) -> tuple[tuple[str, int], list[Entry]]:
        """Return a revision and all entries of that revision, in the order of `entries`.

        Entries are read in batches, and those that change meanwhile are read again, so that a
        writer waits for a moment only.
        """
        while True:
            before = self.revision
            read = list(self._in_pieces())
            with reading(self._connection):
                after = self.revision
                if before == after:
                    return after, [entry for _, entry in read]
                if history.is_built_since(self._connection, before[1]):
                    continue  # a build may have changed the order, which entries do not show
                changes = self.changes_since(before[1])
                again = [comparison for change in changes if (comparison := self.get(change.id))]
            changed = {change.id for change in changes}
            read = [(position, entry) for position, entry in read if entry.id not in changed]
            read += [(comparison.position, comparison.entry) for comparison in again]
            read.sort(key=lambda placed: (placed[1].glossary, placed[0]))
            return after, [entry for _, entry in read]

    def _in_pieces(self) -> Iterator[tuple[int, Entry]]:
        """Yield each entry with its position, in order; no lock is held between batches."""
        last = ("", -1)
        while True:
            rows = self._connection.execute(
                f"SELECT {COLUMNS}, position FROM entry WHERE (glossary, position) > (?, ?) "  # noqa: S608 - constant
                "ORDER BY glossary, position LIMIT ?",
                (*last, _PIECE),
            ).fetchall()
            for row in rows:
                entry = from_row(row[:-1])
                last = entry.glossary, row[-1]
                yield row[-1], entry
            if len(rows) < _PIECE:
                return

    def changes_since(self, revision: int, limit: int | None = None) -> list[Changed]:
        """Return the present state of each entry changed since a revision, in order of change.

        Args:
            revision: of the store; 0 returns every entry.
            limit: most changes returned, the first ones; continue from the revision of the last.
        """
        most = _ALL if limit is None else limit
        with reading(self._connection):
            rows = self._connection.execute(
                f"SELECT {COLUMNS}, revision FROM entry WHERE revision > ? "  # noqa: S608 - constant
                "ORDER BY revision LIMIT ?",
                (revision, most),
            ).fetchall()
            deleted = history.gone_since(self._connection, revision, most)
        there = (Changed(row[0], from_row(row[:-1]), row[-1]) for row in rows)
        gone = (Changed(id_, None, at) for at, id_ in deleted)
        return list(islice(merge(there, gone, key=lambda changed: changed.revision), limit))

    def count_changes_since(self, revision: int) -> int:
        """Return the number of entries that `changes_since` would return."""
        with reading(self._connection):
            (there,) = self._connection.execute(
                "SELECT count(*) FROM entry WHERE revision > ?", (revision,)
            ).fetchone()
            return int(there) + len(history.gone_since(self._connection, revision, _ALL))

    def versions(self, id_: str) -> list[Version]:
        """Return all states of an entry, oldest first; empty if it never existed."""
        with reading(self._connection):
            comparison = self.get(id_)
            present = (comparison.revision, comparison.entry) if comparison else None
            return history.versions(self._connection, id_, present)

    def answered(self, who: str, key: str) -> Answered | None:
        """Return the stored answer to a request of the last day, if there is one."""
        return idempotency.find(self._connection, who, key)

    def live(self) -> list[Entry]:
        """Return the entries whose last change was a live edit, in order."""
        rows = self._connection.execute(
            f"SELECT {COLUMNS} FROM entry WHERE origin = ? ORDER BY glossary, position",  # noqa: S608 - constant
            (Origin.LIVE,),
        )
        return [from_row(row) for row in rows]

    def live_deletions(self) -> list[str]:
        """Return the ids that were deleted live and that the corpus still has."""
        rows = self._connection.execute("SELECT id FROM live_deletion ORDER BY id")
        return [str(id_) for (id_,) in rows]


class EntryStore(EntryReader):
    """The store, open for writing by one process, which holds the lock of the index."""

    def _open(self) -> sqlite3.Connection:
        return open_for_writing(self._file, MIGRATIONS)

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
        comparison = compare(self._connection, ordered, preserved)
        changes = comparison.changes()
        if not changes and set(preserved.deleted) != set(self.live_deletions()):
            changes = replace(changes, moved=1)
        if changes:
            self._replace(comparison, preserved)
        return changes

    def _replace(self, comparison: CorpusComparison, preserved: PreservedEdits) -> None:
        ordered = comparison.ordered
        known = history.ids_with_history(self._connection)
        with change_transaction(self._connection, history.BUILD) as changes:
            for id_ in sorted(comparison.gone):
                changes.delete(id_, Origin.CORPUS)
            for place, change in enumerate(comparison.changes_by_place):
                if change == EntryChange.SAME:
                    continue
                entry, origin = ordered[place], preserved.origin(ordered[place].id)
                if change == EntryChange.SHIFTED:
                    changes.shift(entry.id, comparison.position(place), origin)
                else:
                    kind = _kind_by_build(EntryChange(change), entry.id in known)
                    changes.put(entry, comparison.position(place), origin, kind)
            changes.finish_build(preserved.deleted)
        self._acknowledge(changes)

    def apply(
        self,
        edits: Sequence[Edit],
        who: str,
        embedded: Embedded | None = None,
        answered: Callable[[list[Changed]], Answered] | None = None,
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
        """
        progress.start("writing", 1)
        with change_transaction(self._connection, who) as change:
            if embedded is not None:
                self.texts.insert(embedded)
            changed = [Changed(edit.id, edit.entry, self._apply(change, edit)) for edit in edits]
            progress.advance(1)
            if answered is not None:
                progress.start("remembering", 1)
                idempotency.keep(self._connection, answered(changed))
                progress.advance(1)
            progress.start("committing", 1)
        self._acknowledge(change)
        progress.advance(1)
        return changed

    def _acknowledge(self, change: ChangeWriter) -> None:
        write_last_commit(IndexLayout(self._file.parent).acknowledged, change.revision)

    def _apply(self, change: ChangeWriter, edit: Edit) -> int:
        present = self.get(edit.id)
        comparison = present.revision if present else 0
        if edit.expected is not None and edit.expected != comparison:
            raise EntryConflict(edit.id, edit.expected, comparison)
        if edit.entry is None:
            if present is None:
                raise EntryNotFound(f"there is no entry {edit.id!r} to delete")
            return change.delete(edit.id, Origin.LIVE)
        if present is None:
            kind = ChangeKind.RESTORED if edit.is_restored else ChangeKind.ADDED
            position = change.next_position(edit.entry.glossary)
            return change.put(edit.entry, position, Origin.LIVE, kind)
        if present.entry == edit.entry:
            return comparison
        kind = ChangeKind.RESTORED if edit.is_restored else ChangeKind.CHANGED
        return change.put(edit.entry, present.position, Origin.LIVE, kind)


def _kind_by_build(change: EntryChange, has_history: bool) -> ChangeKind | None:
    """Return the history record of a build: None for a first state, which the row itself tells."""
    if change is EntryChange.NEW:
        return ChangeKind.ADDED if has_history else None
    return ChangeKind.CHANGED if change is EntryChange.CHANGED else None
