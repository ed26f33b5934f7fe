"""What an edit needs: the lock of the index, the open store, and an encoder that is loaded once."""

from __future__ import annotations

import getpass
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from semsearch.core.entries import Changed, EntryPlace
from semsearch.core.errors import (
    EntryNotFound,
    IndexBusy,
    IndexUnwritable,
)
from semsearch.core.near_names import did_you_mean
from semsearch.core.progress import Progress, Silent
from semsearch.core.users import user_number
from semsearch.index.embedding import Embedding, embed_missing
from semsearch.index.manifest import (
    Manifest,
    check_store_belongs,
    check_store_exists,
    read_manifest,
)
from semsearch.index.passage_table import PassageTable
from semsearch.ingest.bulk import ImportReport
from semsearch.ingest.id_suggestions import suggested_ids
from semsearch.ingest.shared.embeddings import check_embeds_alike
from semsearch.ingest.shared.local_copy import locked_store, opened, shared_database
from semsearch.models.encoders.base import Encoder
from semsearch.storage.database import translate_corruption
from semsearch.storage.embedding_cache import Embedded
from semsearch.storage.entry_reader import EntryReader, EntryRow
from semsearch.storage.entry_store import Edit, EntryStore, open_migrated
from semsearch.storage.files.atomic_files import PATIENCE_S, file_lock
from semsearch.storage.files.following import check_follows, refuse_mirror
from semsearch.storage.files.io_errors import is_fault_of_disk, translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.idempotency import StoredRequest
from semsearch.text.common_questions import bundled

EncoderProvider = Callable[[str], Encoder | None]
"""Return an encoder that is already loaded, by the key of its vectors in the store."""


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request that is executed once, however often it is sent.

    `key` is the caller's idempotency key, `digest` a hash of the whole request. `answer` serializes
    the result, which is stored to answer repetitions; what it raises undoes the edit. `caller` is
    whose key it is, by default the author's.
    """

    key: str
    digest: bytes
    answer: Callable[[Changed | ImportReport], bytes]
    caller: str | None = None


class Encoders:
    """The encoder for definitions: provided by the caller, or loaded once."""

    def __init__(self, encoder_for: EncoderProvider) -> None:
        self._encoder_for = encoder_for
        self._loaded: dict[str, Encoder] = {}

    def load(self, embedding: Embedding) -> Encoder:
        """Return the encoder of an index."""
        key = embedding.key
        encoder = self._encoder_for(key)
        if encoder is None and key in self._loaded:
            return self._loaded[key]
        self.close()
        if encoder is None:
            encoder = self._loaded[key] = embedding.load()
        return encoder

    def close(self) -> None:
        """Release the encoder."""
        self._loaded.clear()


class EditSession:
    """Makes edits of one index; threads take turns."""

    def __init__(self, index: Path, encoder_for: EncoderProvider, progress: Progress) -> None:
        """Take the index; nothing is opened or loaded yet.

        Args:
            index: its folder.
            encoder_for: returns an encoder that is already loaded, if there is one.
            progress: reports each step of each edit.

        Raises:
            StoredIndexError: there is no index, or it is of another version.
        """
        self._layout = IndexLayout(index)
        self._progress = progress
        self._lock = threading.Lock()
        self._encoders = Encoders(encoder_for)
        self._fault = ""
        self.identity = read_manifest(self._layout)[0].store
        """Of the store that was last read or written; callers hold revisions of it."""

    @property
    def has_store(self) -> bool:
        """Whether the index can be edited; a copy for reading may have no store."""
        return self._layout.store.exists()

    def close(self) -> None:
        """Release the encoder."""
        self._encoders.close()

    @contextmanager
    def writing(self, *, follows: str | None = None) -> Iterator[LockedIndex]:
        """Hold the lock of the index and open its store.

        Args:
            follows: the service that the index must follow; by default it may follow none.

        Raises:
            IndexFollows: it follows a service, whose edits it takes and no others.
            FollowingStopped: it does not follow that service any more.
            StoredIndexError: the index is busy, full, damaged or cannot be written; nothing was
                changed.
        """
        layout = self._layout
        if not self._lock.acquire(timeout=PATIENCE_S):
            raise IndexBusy(f"too many edits of the index in {layout.root} wait; try again")
        try:
            if self._fault:
                raise IndexUnwritable(
                    f"the disk failed during an earlier edit of the index in {layout.root} "
                    f"({self._fault}); nothing is written until the program is restarted"
                )
            with translate_os_errors(layout.root), self._locked_store() as store:
                manifest = read_manifest(layout)[0]
                if follows is None:
                    refuse_mirror(layout)
                else:
                    check_follows(layout, follows)
                check_store_belongs(layout, store.revision[0], manifest.store)
                self._check_known(manifest)
                if store.connection.is_shared:
                    check_embeds_alike(layout, manifest, store)
                self._progress.advance(1)
                yield LockedIndex(layout, store, manifest, self._encoders, self._progress)
        except IndexUnwritable as error:
            if is_fault_of_disk(error.__cause__):
                self._fault = str(error.__cause__)
            raise
        finally:
            self._lock.release()

    def _check_known(self, manifest: Manifest) -> None:
        """Refuse one edit after the store was replaced; it may be based on an old revision."""
        if manifest.store != self.identity:
            self.identity = manifest.store
            raise IndexBusy(
                f"the store of the index in {self._layout.root} was replaced meanwhile; read the "
                "present entries and try again"
            )

    @contextmanager
    def _locked_store(self) -> Iterator[EntryStore]:
        """Open the store that takes edits, and keep others from editing it."""
        layout, database = self._layout, shared_database(self._layout)
        self._progress.start("locking", 1)
        if database is not None:
            with locked_store(layout, database) as store:
                self._progress.advance(1)
                self._progress.start("opening", 1)
                yield store
            return
        with file_lock(layout.lock):
            self._progress.advance(1)
            self._progress.start("opening", 1)
            check_store_exists(layout)
            with translate_corruption(layout.store), closing(EntryStore(layout.store)) as store:
                yield store

    @contextmanager
    def deciding(self) -> Iterator[EntryReader | None]:
        """Hold the lock for edits, and read meanwhile the store that edits are written to.

        Nobody edits until the end, so a decision that rests on what is read stays right.

        Yields:
            The store, which is PostgreSQL for a copy of a shared store; None if the index folder
            has no store, as a copy that is only read.

        Raises:
            StoredIndexError: see `writing`.
        """
        layout = self._layout
        with translate_os_errors(layout.root):
            if self.has_store:
                with self._locked_store() as store:
                    yield store
            else:
                with file_lock(layout.lock):
                    yield None

    @contextmanager
    def asking_writer(self) -> Iterator[EntryReader]:
        """Read the store that edits are written to, without a lock.

        For a copy of a shared store that is PostgreSQL, since the copy may be a moment behind it.

        Raises:
            StoredIndexError: see `reading`.
            StoreUnavailable: it is a shared store, and PostgreSQL does not answer.
        """
        database = shared_database(self._layout)
        with self.reading() if database is None else opened(database) as store:
            yield store

    @contextmanager
    def reading(self) -> Iterator[EntryReader]:
        """Open the store for reading beside a writer.

        Raises:
            StoredIndexError: it is missing, damaged, or of another version.
        """
        layout = self._layout
        check_store_exists(layout)
        with (
            translate_os_errors(layout.root),
            translate_corruption(layout.store),
            closing(open_migrated(layout)) as store,
        ):
            self.identity = store.revision[0]
            yield store


class LockedIndex:
    """One or several edits under the lock."""

    def __init__(
        self,
        layout: IndexLayout,
        store: EntryStore,
        manifest: Manifest,
        encoders: Encoders,
        progress: Progress,
    ) -> None:
        self.store = store
        self._layout = layout
        self._manifest = manifest
        self._encoders = encoders
        self._progress = progress

    def apply(
        self,
        edits: Sequence[Edit],
        who: str,
        answered: Callable[[list[Changed]], StoredRequest] | None = None,
    ) -> list[Changed]:
        """Embed new texts, and make the edits in one transaction; questions see them at once.

        Args:
            edits: see `EntryStore.apply`.
            who: the author.
            answered: returns the answer to store for the request's idempotency key, if it has one.

        Raises:
            EntryConflict: an entry does not have the expected revision; nothing was changed.
            EntryNotFound: an entry to delete does not exist; nothing was changed.
            AnsweredBefore: the idempotency key was used meanwhile; nothing was changed.
        """
        embedded = self._embedded(edits)
        return self.store.apply(edits, who, embedded, answered, self._progress)

    def embed(self, changes: Sequence[Changed]) -> None:
        """Embed new texts of changes that `mirror` makes later."""
        embedded = self._embedded(changes)
        if embedded is not None:
            self.store.texts.save(embedded)

    def mirror(
        self,
        changes: Sequence[Changed],
        reached: int,
        places: Sequence[EntryPlace] | None,
        *,
        may_be_empty: bool,
    ) -> None:
        """Embed new texts, and make changes of the followed service; see `EntryStore.mirror`.

        Raises:
            InvalidEntry: they are no changes behind the position of this index.
            NoEntryLeft: no entry would be left.
        """
        embedded = self._embedded(changes)
        self.store.mirror(changes, reached, places, embedded, may_be_empty=may_be_empty)

    def _embedded(self, edits: Sequence[Edit | Changed]) -> Embedded | None:
        """Embed new texts; save all batches but the last, which the edit's transaction stores."""
        embedding = Embedding.of(self._layout, self._manifest)
        known = replace(embedding, load=lambda: self._encoders.load(embedding))
        entries = [edit.entry for edit in edits if edit.entry is not None]
        common = bundled() if self._manifest.common_questions else None
        passages = PassageTable(entries, Silent(), common)
        last: Embedded | None = None
        for batch in embed_missing(self.store.texts, passages, known, self._progress):
            if last is not None:
                self.store.texts.save(last)
            last = batch
        return last


def user_name() -> str:
    """Return who runs this; in a container it may be nobody that the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # the last on Windows without a name
        return f"user {user_number()}"


def known_entry(store: EntryReader, id_: str) -> EntryRow:
    """Return the entry, or raise `EntryNotFound` with ids that may have been meant."""
    found = store.get(id_)
    if found is None:
        meant = did_you_mean(suggested_ids(store, id_))
        raise EntryNotFound(f"there is no entry with the id {id_!r}{meant}")
    return found
