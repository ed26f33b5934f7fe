"""The read side of the store: entries, history, changes and answered requests."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from pathlib import Path

from semsearch.core.entries import Changed, Entry, EntryPlace, Feed, Version
from semsearch.storage import history, idempotency, mirroring, purges, redirects
from semsearch.storage.database import PATIENCE_S, open_for_reading
from semsearch.storage.embedding_cache import EmbeddedTexts
from semsearch.storage.idempotency import StoredRequest
from semsearch.storage.migrations import MIGRATIONS
from semsearch.storage.rows import COLUMNS, Origin, from_row
from semsearch.storage.store_connection import UNLIMITED, SqliteConnection, StoreConnection

_BATCH = 4096
"""Entries read at a time, in a hundredth of a second."""
_LAST_CHARACTER = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with the revision and the origin of its last change."""

    entry: Entry
    revision: int
    origin: Origin
    position: int
    """Within its glossary."""


@dataclass(frozen=True, slots=True)
class RecentEntry:
    """A present entry with the revision and the time (ISO 8601, UTC) of its last change."""

    entry: Entry
    revision: int
    at: str


class EntryReader:
    """The store, open for reading beside a writer; for one thread at a time.

    Each read sees the last commit.
    """

    def __init__(
        self,
        store: Path | StoreConnection,
        *,
        patience_s: float = PATIENCE_S,
        named: Path | None = None,
    ) -> None:
        """Open the file, or take a connection.

        Args:
            store: the file of an index folder, or a connection to a shared store.
            patience_s: seconds that a read of a file waits for a writer.
            named: the file that messages name; the original, if `store` is a copy.
        """
        if isinstance(store, Path):
            self.connection: StoreConnection = SqliteConnection(
                self._open(store, patience_s), store, named or store
            )
        else:
            self.connection = store
        self._known: tuple[Hashable, tuple[str, int]] | None = None
        self.texts = EmbeddedTexts(self.connection)

    @staticmethod
    def _open(file: Path, patience_s: float) -> sqlite3.Connection:
        return open_for_reading(file, MIGRATIONS, patience_s)

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def check(self, *, deep: bool = False) -> None:
        """Check whether a file can be read; see `database.check`. PostgreSQL checks its own."""
        if isinstance(self.connection, SqliteConnection):
            self.connection.check(deep=deep)

    @contextmanager
    def unchanging(self) -> Iterator[None]:
        """Let all reads inside see the same state; writers wait, so keep it short."""
        with self.connection.reading():
            yield

    @property
    def revision(self) -> tuple[str, int]:
        """The identity of the store, and its revision.

        A generation states which revision of which store it shows.
        """
        identity, number = self.connection.execute(
            "SELECT identity, revision FROM store"
        ).fetchone()
        return str(identity), int(number)

    def last_revision(self) -> tuple[str, int]:
        """Return `revision`, which is read again only if the store may have changed since."""
        state = self.connection.state()
        if state is not None and self._known is not None and self._known[0] == state:
            return self._known[1]
        revision = self.revision
        self._known = None if state is None else (state, revision)
        return revision

    def get(self, id_: str) -> EntryRow | None:
        """Return an entry by id, or None."""
        row = self.connection.execute(
            f"SELECT {COLUMNS}, revision, origin, position FROM entry WHERE id = ?",  # noqa: S608 - constant
            (id_,),
        ).fetchone()
        return EntryRow(from_row(row[:-3]), row[-3], Origin(row[-2]), row[-1]) if row else None

    def ids_beginning_with(self, prefix: str, limit: int) -> list[str]:
        """Return ids that begin with a text, in order; the index of ids finds them."""
        rows = self.connection.execute(
            "SELECT id FROM entry WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
            (prefix, f"{prefix}{_LAST_CHARACTER}", limit),
        )
        return [str(id_) for (id_,) in rows]

    def successor(self, id_: str) -> str | None:
        """Return the id of the entry that has taken the place of one that is gone, or None."""
        return redirects.target_of(self.connection, id_)

    @property
    def is_empty(self) -> bool:
        """Whether there is no entry, as between two pages of changes of a mirror."""
        return self.connection.execute("SELECT 1 FROM entry LIMIT 1").fetchone() is None

    def is_only(self, id_: str) -> bool:
        """Return whether there is no other entry; counting a million would take a second."""
        other = self.connection.execute("SELECT 1 FROM entry WHERE id <> ? LIMIT 1", (id_,))
        return other.fetchone() is None

    def glossaries(self) -> list[str]:
        """Return the names of the glossaries, sorted."""
        rows = self.connection.execute("SELECT DISTINCT glossary FROM entry ORDER BY glossary")
        return [str(name) for (name,) in rows]

    def entries(self) -> Iterator[Entry]:
        """Yield all entries, sorted by glossary, in order within each."""
        rows = self.connection.execute(
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
            with self.connection.reading():
                after = self.revision
                if before == after:
                    return after, [entry for _, entry in read]
                if history.is_built_since(self.connection, before[1]):
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
            rows = self.connection.execute(
                f"SELECT {COLUMNS}, position FROM entry WHERE (glossary, position) > (?, ?) "  # noqa: S608 - constant
                "ORDER BY glossary, position LIMIT ?",
                (*last, _BATCH),
            ).fetchall()
            for row in rows:
                entry = from_row(row[:-1])
                last = entry.glossary, row[-1]
                yield row[-1], entry
            if len(rows) < _BATCH:
                return

    def changes_since(self, revision: int, limit: int | None = None) -> list[Changed]:
        """Return the present state of each entry changed since a revision, in order of change.

        Args:
            revision: of the store; 0 returns every entry.
            limit: most changes returned, the first ones; continue from the revision of the last.
        """
        most = UNLIMITED if limit is None else limit
        with self.connection.reading():
            rows = self.connection.execute(
                f"SELECT {COLUMNS}, revision FROM entry WHERE revision > ? "  # noqa: S608 - constant
                "ORDER BY revision LIMIT ?",
                (revision, most),
            ).fetchall()
            deleted = history.gone_since(self.connection, revision, most)
        there = (Changed(row[0], from_row(row[:-1]), row[-1]) for row in rows)
        gone = (Changed(id_, None, at) for at, id_ in deleted)
        return list(islice(merge(there, gone, key=lambda changed: changed.revision), limit))

    def latest(self, limit: int, glossaries: Collection[str] = ()) -> list[RecentEntry]:
        """Return the entries that were changed last, latest first.

        Args:
            limit: most entries.
            glossaries: only of these; of all by default.
        """
        marks = ", ".join("?" * len(glossaries))
        where = f"WHERE glossary IN ({marks})" if glossaries else ""
        with self.connection.reading():
            rows = self.connection.execute(
                f"SELECT {COLUMNS}, revision, (SELECT at FROM written "  # noqa: S608 - constant
                "WHERE revision >= entry.revision ORDER BY revision LIMIT 1) FROM entry "
                f"{where} ORDER BY revision DESC LIMIT ?",
                (*glossaries, limit),
            ).fetchall()
        return [RecentEntry(from_row(row[:-2]), row[-2], row[-1]) for row in rows]

    def count_changes_since(self, revision: int) -> int:
        """Return the number of entries that `changes_since` would return."""
        with self.connection.reading():
            (there,) = self.connection.execute(
                "SELECT count(*) FROM entry WHERE revision > ?", (revision,)
            ).fetchone()
            return int(there) + len(history.gone_since(self.connection, revision, UNLIMITED))

    def purged(self) -> frozenset[str]:
        """Return the hashes of all ids that were purged."""
        return purges.digests(self.connection)

    def known_ids(self, digests: Collection[str]) -> list[str]:
        """Return the ids with these hashes that an entry or the history has."""
        return purges.known_ids(self.connection, digests)

    def feed(self, revision: int, limit: int | None) -> Feed:
        """Return the changes since a revision as mirrors need them, and what was purged."""
        with self.connection.reading():
            identity, present = self.revision
            gone = purges.since(self.connection, revision, UNLIMITED if limit is None else limit)
            purged = {one.revision for one in gone}  # until it is erased, its id is there too
            changes = self.changes_since(revision, limit)
            others = (change for change in changes if change.revision not in purged)
            both = islice(merge(others, gone, key=lambda changed: changed.revision), limit)
            found = tuple(mirroring.for_mirrors(self.connection, change) for change in both)
            is_whole = limit is None or len(found) < limit
            reached = present if is_whole else found[-1].revision
            return Feed(identity, found, reached, is_whole, history.last_build(self.connection))

    def places(self) -> tuple[tuple[str, int], list[EntryPlace]]:
        """Return a revision, and where each entry stands then; behind them what was deleted."""
        with self.connection.reading():
            return self.revision, mirroring.places(self.connection)

    @property
    def last_build(self) -> int:
        """The revision of the last build, 0 if there was none."""
        return history.last_build(self.connection)

    def versions(self, id_: str) -> list[Version]:
        """Return all states of an entry, oldest first; empty if it never existed."""
        with self.connection.reading():
            comparison = self.get(id_)
            present = (comparison.revision, comparison.entry) if comparison else None
            return history.versions(self.connection, id_, present)

    def answered(self, who: str, key: str) -> StoredRequest | None:
        """Return the stored answer to a request of the last day, if there is one."""
        return idempotency.find(self.connection, who, key)

    def live(self) -> list[Entry]:
        """Return the entries whose last change was a live edit, in order."""
        rows = self.connection.execute(
            f"SELECT {COLUMNS} FROM entry WHERE origin = ? ORDER BY glossary, position",  # noqa: S608 - constant
            (Origin.LIVE,),
        )
        return [from_row(row) for row in rows]

    def live_deletions(self) -> list[str]:
        """Return the ids that were deleted live and that the corpus still has."""
        rows = self.connection.execute("SELECT id FROM live_deletion ORDER BY id")
        return [str(id_) for (id_,) in rows]
