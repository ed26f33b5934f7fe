"""What an editor reads of a store: entries, versions, changes, and what mirrors ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from semsearch.core.closeable import Closeable
from semsearch.core.entries import Changed, EntryPlace, Feed, StoredEntry, Version
from semsearch.core.errors import PositionGone
from semsearch.ingest.edit_session import EditSession, known_entry
from semsearch.storage.entry_reader import EntryReader, RecentEntry
from semsearch.storage.idempotency import ACCEPTED_SUGGESTIONS, StoredRequest


class StoreReading(Closeable):
    """Reads the store of an index, opened anew each time. Thread-safe."""

    def __init__(self, session: EditSession, who: str) -> None:
        """Take the session and the author whose requests are looked up."""
        self._session = session
        self._who = who

    @property
    def identity(self) -> str:
        """The identity of the store; revisions of another store count from 0 again."""
        return self._session.identity

    @property
    def has_store(self) -> bool:
        """Whether the index can be edited; a copy for reading may have no store."""
        return self._session.has_store

    def answered(self, key: str) -> StoredRequest | None:
        """Return the stored answer to a request of this author within the last day."""
        with self._session.asking_writer() as store:
            found = store.answered(self._who, key)
            if found is not None:
                store.connection.confirm()  # repeating it acknowledges the edit
            return found

    def accepted_by(self, suggestion: str) -> str | None:
        """Return who accepted a suggestion of a reader by an edit, or None."""
        with self._session.asking_writer() as store:
            return _accepted_by(store, suggestion)

    @contextmanager
    def deciding(self, suggestion: str) -> Iterator[str | None]:
        """Keep everybody from editing, and yield who accepted a suggestion by an edit, or None.

        Raises:
            StoredIndexError: the index is busy or cannot be read.
        """
        with self._session.deciding() as store:
            yield _accepted_by(store, suggestion) if store is not None else None

    def revision(self) -> int:
        """Return the present revision of the store that takes edits; a copy may be behind it."""
        with self._session.asking_writer() as store:
            return store.revision[1]

    def find(self, id_: str) -> StoredEntry | None:
        """Return an entry with its revision, or None."""
        with self._session.reading() as store:
            found = store.get(id_)
            return StoredEntry(found.entry, found.revision) if found else None

    def entry(self, id_: str) -> StoredEntry:
        """Return an entry with its revision.

        Raises:
            EntryNotFound: there is none.
        """
        with self._session.reading() as store:
            found = known_entry(store, id_)
            return StoredEntry(found.entry, found.revision)

    def history(self, id_: str) -> list[Version]:
        """Return all versions of an entry, oldest first, also of a deleted one.

        Raises:
            EntryNotFound: it never existed.
        """
        with self._session.reading() as store:
            versions = store.versions(id_)
            if not versions:
                known_entry(store, id_)
            return versions

    def position(self) -> tuple[str, int]:
        """Return the identity of the store and its present revision."""
        with self._session.reading() as store:
            return store.revision

    def changes_since(
        self, revision: int, limit: int | None = None, *, of_store: str = ""
    ) -> list[Changed]:
        """Return the present state of each entry changed since a revision, in order of change.

        Entries that were purged are among them, by the hash of their id.

        Args:
            revision: of the index; 0 returns every entry.
            limit: most changes; continue from the revision of the last one.
            of_store: beginning of the identity of the store that counted the revision, if known.

        Raises:
            PositionGone: the store has another identity, or has not reached the revision.
        """
        return list(self.feed(revision, limit, of_store=of_store).changes)

    def latest(self, limit: int, glossaries: Collection[str] = ()) -> list[RecentEntry]:
        """Return the entries that were changed last (see `EntryReader`); none without a store."""
        if not self.has_store:
            return []
        with self._session.reading() as store:
            return store.latest(limit, glossaries)

    def feed(self, revision: int, limit: int | None = None, *, of_store: str = "") -> Feed:
        """Return what `changes_since` returns, and how far it goes."""
        with self._session.reading() as store:
            identity, present = store.revision
            if revision > present or not identity.startswith(of_store):
                raise PositionGone
            return store.feed(revision, limit)

    def places(self) -> tuple[tuple[str, int], list[EntryPlace]]:
        """Return a position, and where each entry stands then; see `EntryReader.places`."""
        with self._session.reading() as store:
            return store.places()

    def successor(self, id_: str) -> str | None:
        """Return the id of the entry that has taken the place of one that is gone, or None."""
        with self._session.reading() as store:
            return store.successor(id_)


def _accepted_by(store: EntryReader, suggestion: str) -> str | None:
    found = store.answered(ACCEPTED_SUGGESTIONS, suggestion)
    return found.answer.decode() if found else None
