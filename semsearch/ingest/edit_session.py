"""Where edits are made: the lock, the open store, and the encoder that is loaded once."""

from __future__ import annotations

import getpass
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from semsearch.core.entries import Changed
from semsearch.core.errors import FormatTooOld, IndexBusy, IndexDamaged, IndexUnwritable
from semsearch.core.progress import Progress, Silent
from semsearch.index.embedding import Embedding, embed_missing
from semsearch.index.manifest import Manifest, read_manifest
from semsearch.index.passage_table import PassageTable
from semsearch.models.encoders.base import Encoder
from semsearch.storage.atomic_files import PATIENCE_S, file_lock
from semsearch.storage.database import translate_corruption
from semsearch.storage.embedding_cache import Embedded
from semsearch.storage.entry_store import Edit, EntryReader, EntryStore
from semsearch.storage.idempotency import Answered
from semsearch.storage.io_errors import is_fault_of_disk, translate_os_errors
from semsearch.storage.layout import IndexLayout

EncoderProvider = Callable[[str], Encoder | None]
"""Gives an encoder that is loaded already by the key of its vectors in the store."""


class Encoders:
    """What embeds definitions: borrowed, or loaded once for as long as the index has this encoder."""

    def __init__(self, lend: EncoderProvider) -> None:
        self._lend = lend
        self._own: dict[str, Encoder] = {}

    def load(self, embedding: Embedding) -> Encoder:
        """Return the encoder."""
        key = embedding.key
        lent = self._lend(key)
        if lent is None and key in self._own:
            return self._own[key]
        self.close()
        if lent is None:
            lent = self._own[key] = embedding.load()
        return lent

    def close(self) -> None:
        """Let go of it."""
        self._own.clear()


class EditSession:
    """Makes edits of one index, those of several threads one after the other."""

    def __init__(self, index: Path, lend: EncoderProvider, progress: Progress) -> None:
        """Find the index; nothing is opened or loaded yet.

        Args:
            index: its folder.
            lend: gives an encoder that is loaded already, if there is one.
            progress: told about each step of each edit.

        Raises:
            StoredIndexError: there is no index, or it is of another version.
        """
        self._layout = IndexLayout(index)
        self._progress = progress
        self._turn = threading.Lock()
        self._encoders = Encoders(lend)
        self._fault = ""
        self.identity = read_manifest(self._layout)[0].store
        """Of the store that was read or written last, whose revisions are known outside."""

    @property
    def has_store(self) -> bool:
        """Whether the index can be edited; one that was copied to be asked may have no store."""
        return self._layout.store.exists()

    def close(self) -> None:
        """Let go of the encoder."""
        self._encoders.close()

    @contextmanager
    def writing(self) -> Iterator[Work]:
        """Hold the lock of the index and its open store.

        Raises:
            StoredIndexError: the index is busy, full, damaged or cannot be written; nothing was changed.
        """
        layout = self._layout
        if not self._turn.acquire(timeout=PATIENCE_S):
            raise IndexBusy(f"too many edits of the index in {layout.root} wait; try again")
        try:
            if self._fault:
                raise IndexUnwritable(
                    f"the disk failed an earlier edit of the index in {layout.root} ({self._fault}); "
                    "nothing is written until the program is started again"
                )
            with translate_os_errors(layout.root), self._locked():
                self._progress.start("opening", 1)
                manifest = read_manifest(layout)[0]
                check_exists(layout)
                with translate_corruption(layout.store), closing(EntryStore(layout.store)) as store:
                    _check_belongs(layout, store, manifest)
                    self._check_known(manifest)
                    self._progress.advance(1)
                    yield Work(layout, store, manifest, self._encoders, self._progress)
        except IndexUnwritable as error:
            if is_fault_of_disk(error.__cause__):
                self._fault = str(error.__cause__)
            raise
        finally:
            self._turn.release()

    def _check_known(self, manifest: Manifest) -> None:
        """Refuse an edit, once, that may be made from a revision of a store whose place another one has taken."""
        if manifest.store != self.identity:
            self.identity = manifest.store
            raise IndexBusy(
                f"the store of the index in {self._layout.root} was made anew meanwhile; look at what is there now "
                "and try again"
            )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._progress.start("locking", 1)
        with file_lock(self._layout.lock):
            self._progress.advance(1)
            yield

    @contextmanager
    def reading(self) -> Iterator[EntryReader]:
        """Open the store beside whoever writes it.

        Raises:
            StoredIndexError: it is not there, damaged, or of another version.
        """
        layout = self._layout
        check_exists(layout)
        with (
            translate_os_errors(layout.root),
            translate_corruption(layout.store),
            closing(self._reader()) as store,
        ):
            self.identity = store.revision[0]
            yield store

    def _reader(self) -> EntryReader:
        """Open the store to be read; one of an older version is brought up to date first."""
        try:
            return EntryReader(self._layout.store)
        except FormatTooOld:
            with file_lock(self._layout.lock):
                EntryStore(self._layout.store).close()
            return EntryReader(self._layout.store)


class Work:
    """One edit, or several, under the lock."""

    def __init__(
        self,
        layout: IndexLayout,
        store: EntryStore,
        shown: Manifest,
        encoders: Encoders,
        progress: Progress,
    ) -> None:
        self.store = store
        self._layout = layout
        self._shown = shown
        self._encoders = encoders
        self._progress = progress

    def apply(
        self,
        edits: Sequence[Edit],
        who: str,
        answered: Callable[[list[Changed]], Answered] | None = None,
    ) -> list[Changed]:
        """Embed what is new, and make the edits in one transaction; from then on questions see them (`overlay`).

        Args:
            edits: see `EntryStore.apply`.
            who: makes them.
            answered: says what to keep of the request that asks for them, if anything.

        Raises:
            EntryConflict: an entry is not of the revision expected; nothing was changed.
            EntryNotFound: an entry to delete is not there; nothing was changed.
            AnsweredBefore: the request has been carried out by another one; nothing was changed.
        """
        embedding = Embedding.of(self._layout, self._shown)
        embedded = self._embedded(edits, embedding)
        return self.store.apply(edits, who, embedded, answered, self._progress)

    def _embedded(self, edits: Sequence[Edit], embedding: Embedding) -> Embedded | None:
        """Embed what is new; all but the last batch is saved at once, that one together with the edits."""
        known = replace(embedding, load=lambda: self._encoders.load(embedding))
        built = PassageTable([edit.entry for edit in edits if edit.entry is not None], Silent())
        last: Embedded | None = None
        for batch in embed_missing(self.store.texts, built, known, self._progress):
            if last is not None:
                self.store.texts.save(last)
            last = batch
        return last


def check_exists(layout: IndexLayout) -> None:
    """Refuse an index that was copied without its store: one made anew would know no other entry."""
    if not layout.store.exists():
        raise IndexDamaged(
            f"the index in {layout.root} has no {layout.store.name}, so it can be asked and not edited; "
            "edit the one it was copied from, or run `semsearch build`"
        )


def _check_belongs(layout: IndexLayout, store: EntryStore, manifest: Manifest) -> None:
    if store.revision[0] != manifest.store:
        raise IndexDamaged(
            f"{layout.store} is not the store that the index was made from; run `semsearch build`"
        )


def user_name() -> str:
    """Return who runs this; in a container it may be nobody that the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
