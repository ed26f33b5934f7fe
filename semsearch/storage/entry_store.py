"""The store: entries and the vectors of their texts, in one transactional file.

It is the only truth of an index. Every change of an entry has a revision of its own, rising by one, and
is written together with what was there before, by whom and when (see `history`).
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
from semsearch.storage.changes import Changing, changing
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
from semsearch.storage.last_commit import tell_acknowledged
from semsearch.storage.layout import IndexLayout
from semsearch.storage.migrations import MIGRATIONS
from semsearch.storage.rows import COLUMNS, Origin, from_row

_PIECE = 4096
"""Entries read at a time, which takes a hundredth of a second."""
_ALL = -1
"""No limit, to SQLite."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry with the revision of its last change and whose that was."""

    entry: Entry
    revision: int
    origin: Origin
    position: int
    """Within its glossary."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change that somebody wants made.

    `entry` is the state wanted, None to delete. `expected` is the revision the entry must have, 0 if it
    must not be there; None takes whatever there is.
    """

    id: str
    entry: Entry | None
    expected: int | None = None
    is_restored: bool = False
    """Whether `entry` is a former version."""


class EntryReader:
    """The store as it is read beside its writer. For one thread at a time; each read sees what was last committed."""

    def __init__(
        self, file: Path, *, patience_s: float = PATIENCE_S, named: Path | None = None
    ) -> None:
        """Open the file.

        Args:
            file: the store.
            patience_s: how long a read waits for a writer to finish.
            named: what is said to be damaged if it is, where the file is a copy.
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
        """Read the whole file through, which takes a second for some hundred megabytes.

        Args:
            deep: also compare indexes with tables.

        Raises:
            IndexDamaged: something in it is not what it should be.
        """
        check(self._connection, self._named, deep=deep)

    @contextmanager
    def unchanging(self) -> Iterator[None]:
        """Let all that is read meanwhile be of one state; who writes waits for the end, so it is kept short."""
        with reading(self._connection):
            yield

    @property
    def revision(self) -> tuple[str, int]:
        """Which store this is, and how often its entries have been changed.

        A generation states which revision of which store it shows.
        """
        identity, number = self._connection.execute(
            "SELECT identity, revision FROM store"
        ).fetchone()
        return str(identity), int(number)

    def get(self, id_: str) -> Stored | None:
        """Return an entry by its id, if it is there."""
        row = self._connection.execute(
            f"SELECT {COLUMNS}, revision, origin, position FROM entry WHERE id = ?",  # noqa: S608 - constant
            (id_,),
        ).fetchone()
        return Stored(from_row(row[:-3]), row[-3], Origin(row[-2]), row[-1]) if row else None

    def is_only(self, id_: str) -> bool:
        """Whether there is no other entry; counting them all would take a second for a million."""
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
        """Return a revision and all entries as they were then, in the order of `entries`.

        They are read some at a time, and what was changed meanwhile is read again in the end, so that nobody who
        writes waits for more than a moment.
        """
        while True:
            before = self.revision
            read = list(self._in_pieces())
            with reading(self._connection):
                after = self.revision
                if before == after:
                    return after, [entry for _, entry in read]
                if history.is_built_since(self._connection, before[1]):
                    continue  # the order may be another one, which no entry tells of
                changes = self.changes_since(before[1])
                again = [found for change in changes if (found := self.get(change.id))]
            changed = {change.id for change in changes}
            read = [(position, entry) for position, entry in read if entry.id not in changed]
            read += [(found.position, found.entry) for found in again]
            read.sort(key=lambda placed: (placed[1].glossary, placed[0]))
            return after, [entry for _, entry in read]

    def _in_pieces(self) -> Iterator[tuple[int, Entry]]:
        """Yield each entry with its position, in order; nothing is held between two pieces."""
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
        """Return what has become of each entry touched since a revision, in the order of the last changes.

        Args:
            revision: of the store; 0 gives every entry.
            limit: of the changes, the first ones; the revision of the last of them is where to go on.
        """
        most = _ALL if limit is None else limit
        with reading(self._connection):
            rows = self._connection.execute(
                f"SELECT {COLUMNS}, revision FROM entry WHERE revision > ? ORDER BY revision LIMIT ?",  # noqa: S608 - constant
                (revision, most),
            ).fetchall()
            deleted = history.gone_since(self._connection, revision, most)
        there = (Changed(row[0], from_row(row[:-1]), row[-1]) for row in rows)
        gone = (Changed(id_, None, at) for at, id_ in deleted)
        return list(islice(merge(there, gone, key=lambda changed: changed.revision), limit))

    def count_changes_since(self, revision: int) -> int:
        """Return how many entries `changes_since` would tell of."""
        with reading(self._connection):
            (there,) = self._connection.execute(
                "SELECT count(*) FROM entry WHERE revision > ?", (revision,)
            ).fetchone()
            return int(there) + len(history.gone_since(self._connection, revision, _ALL))

    def versions(self, id_: str) -> list[Version]:
        """Return all states of an entry, the oldest first; empty if there has never been such an entry."""
        with reading(self._connection):
            found = self.get(id_)
            present = (found.revision, found.entry) if found else None
            return history.versions(self._connection, id_, present)

    def answered(self, who: str, key: str) -> Answered | None:
        """Return a request that was carried out within a day."""
        return idempotency.find(self._connection, who, key)

    def live(self) -> list[Entry]:
        """Return the entries whose last change was made live, in their order."""
        rows = self._connection.execute(
            f"SELECT {COLUMNS} FROM entry WHERE origin = ? ORDER BY glossary, position",  # noqa: S608 - constant
            (Origin.LIVE,),
        )
        return [from_row(row) for row in rows]

    def live_deletions(self) -> list[str]:
        """Return the ids that were deleted live and that no corpus has been without since."""
        rows = self._connection.execute("SELECT id FROM live_deletion ORDER BY id")
        return [str(id_) for (id_,) in rows]


class EntryStore(EntryReader):
    """The store as it is written, by one process at a time, which holds the lock of the index."""

    def _open(self) -> sqlite3.Connection:
        return open_for_writing(self._file, MIGRATIONS)

    def replace_all(
        self,
        ordered: Sequence[Entry],
        kept: PreservedEdits = PreservedEdits(),  # noqa: B008 - frozen
    ) -> Changes:
        """Make the store hold exactly these entries, in one transaction, and say what that changed.

        Only rows that differ are written. What an entry was before goes into the history if its words change
        or it is gone; if it merely stands in other lines it gets a revision and no record, and if only the
        order is another, only the revision of the store is raised; where nothing is another, nothing at all.

        Args:
            ordered: all entries, sorted by glossary, in order within each; those made live that are kept are among
                them.
            kept: which of them were made live, and what stays deleted.
        """
        found = compare(self._connection, ordered, kept)
        changes = found.changes()
        if not changes and set(kept.deleted) != set(self.live_deletions()):
            changes = replace(changes, moved=1)
        if changes:
            self._replace(found, kept)
        return changes

    def _replace(self, found: CorpusComparison, kept: PreservedEdits) -> None:
        ordered = found.ordered
        known = history.ids_with_history(self._connection)
        with changing(self._connection, history.BUILD) as change:
            for id_ in sorted(found.gone):
                change.delete(id_, Origin.CORPUS)
            for place, fate in enumerate(found.fates):
                if fate == EntryChange.SAME:
                    continue
                entry, origin = ordered[place], kept.origin(ordered[place].id)
                if fate == EntryChange.SHIFTED:
                    change.shift(entry.id, found.position(place), origin)
                else:
                    kind = _kind_by_build(EntryChange(fate), entry.id in known)
                    change.put(entry, found.position(place), origin, kind)
            change.settle(kept.deleted)
        self._acknowledge(change)

    def apply(
        self,
        edits: Sequence[Edit],
        who: str,
        embedded: Embedded | None = None,
        answered: Callable[[list[Changed]], Answered] | None = None,
        progress: Progress = Silent(),  # noqa: B008 - has no state
    ) -> list[Changed]:
        """Make changes, all of them or none, in one transaction.

        Args:
            edits: in this order; the second one of an id sees what the first one made.
            who: makes them, for the history.
            embedded: what the encoder made of their texts, to be kept with them.
            answered: says what to keep of the request that asks for them, if anything.
            progress: told about each step; what it raises before the changes are committed undoes them.

        Returns:
            What became of the entry of each edit. An edit to the state that is there already changes nothing, nor
            the revision.

        Raises:
            EntryConflict: an entry is not of the revision expected.
            EntryNotFound: an entry to delete is not there.
            AnsweredBefore: the request has been carried out by another one.
        """
        progress.start("writing", 1)
        with changing(self._connection, who) as change:
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

    def _acknowledge(self, change: Changing) -> None:
        tell_acknowledged(IndexLayout(self._file.parent).acknowledged, change.revision)

    def _apply(self, change: Changing, edit: Edit) -> int:
        present = self.get(edit.id)
        found = present.revision if present else 0
        if edit.expected is not None and edit.expected != found:
            raise EntryConflict(edit.id, edit.expected, found)
        if edit.entry is None:
            if present is None:
                raise EntryNotFound(f"there is no entry {edit.id!r} to delete")
            return change.delete(edit.id, Origin.LIVE)
        if present is None:
            kind = ChangeKind.RESTORED if edit.is_restored else ChangeKind.ADDED
            position = change.next_position(edit.entry.glossary)
            return change.put(edit.entry, position, Origin.LIVE, kind)
        if present.entry == edit.entry:
            return found
        kind = ChangeKind.RESTORED if edit.is_restored else ChangeKind.CHANGED
        return change.put(edit.entry, present.position, Origin.LIVE, kind)


def _kind_by_build(fate: EntryChange, has_history: bool) -> ChangeKind | None:
    """Return what a build puts into the history: nothing for a first state, which the row says itself."""
    if fate is EntryChange.NEW:
        return ChangeKind.ADDED if has_history else None
    return ChangeKind.CHANGED if fate is EntryChange.CHANGED else None
