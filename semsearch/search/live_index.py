"""Keeps an open index up to date with edits and builds of any process.

An edit is visible as soon as its transaction has ended: the live segment is derived from the store.
A generation that another process published is opened beside the old one and replaces it when it is
ready. Running queries finish on the view they began with.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from semsearch.core.entries import glossary_of
from semsearch.core.errors import EncoderMismatch, SemsearchError, StoredIndexError
from semsearch.index.calibration import load_calibration
from semsearch.index.embedding import Embedding, encoder_of
from semsearch.index.manifest import load_manifest
from semsearch.index.pgvector.shared import open_candidates
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.live import derive_live_segment
from semsearch.index.segments.segment import Segment
from semsearch.models import is_meant
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.models.rerankers import load_reranker
from semsearch.search.index_view import IndexView
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.last_commit import read_last_commit
from semsearch.storage.layout import IndexLayout
from semsearch.storage.store_connection import is_settled

_log = logging.getLogger("semsearch")

PATIENCE_S = 5.0
"""How long a question waits for a writer's commit, usually some 20 ms, if an acknowledged edit is
not shown yet. If a writer holds the store longer, this question has waited and the following ones
do not wait until the store can be read again."""
BUSY_S = 0.25
"""The same if no acknowledged edit is missing: nobody was told yet of what is being committed."""
_LOOK_S = 0.002

_FilesState = tuple[tuple[int, int], tuple[int, ...]]
"""The stamp of `CURRENT`, and device, inode, size and time of the store; none without a store."""


class LiveIndex:
    """An open index that is kept up to date. Thread-safe."""

    def __init__(self, layout: IndexLayout, model: str | None, *, calibrated: bool) -> None:
        """Open the current generation; see `Glossary.open`."""
        self._layout = layout
        self._current, self._store_file = layout.current, layout.store
        self._calibrated = calibrated
        self._lock = threading.Lock()
        self._is_closed = False
        self._opening: threading.Thread | None = None
        self._next: IndexView | None = None
        self._unreadable: int | None = None
        """A revision of the store that could not be read; it is not tried again for each
        question."""
        self._is_store_held = False
        """Whether a writer has held the store for too long, so that questions do not wait for
        it."""
        self._shown: _FilesState | None = None
        """State of the files that the view shows; None if they have to be looked at."""
        self._pointer = self._stamp()
        self.view = self._open(model)
        """The view as of the last `refresh`."""
        self._store: EntryReader | None = None
        self._file: tuple[int, int] | None = None
        """Device and inode of the store that is open, or that could not be opened."""
        self.refresh(wait=True)

    def refresh(self, *, wait: bool = False) -> IndexView:
        """Update the view if the index has changed, and return it.

        No thread waits while the files are as they were. Otherwise threads wait for each other,
        since a view that another thread has just read may be older than the last edit. If something
        cannot be read, or not yet, the previous view stays.

        Args:
            wait: until a new generation is open; otherwise it is shown by a later call.

        Raises:
            StoredIndexError: it is closed.
        """
        self.check_open()
        if self._is_shown():
            return self.view
        if wait:
            with self._lock:
                opening = self._begin_opening()
            if opening is not None:
                opening.join()
        with self._lock:
            files = self._files_state()
            self._begin_opening()
            self._end_opening()
            self._refresh_store()
            self._refresh_changes()
            is_done = self._opening is None and not self._is_store_held
            self._shown = files if is_done else None  # after the view, which it is compared for
            return self.view

    @property
    def is_behind(self) -> bool:
        """Whether something may have changed that the view does not show; never waits."""
        if self._is_shown():
            return False
        if not self._lock.acquire(blocking=False):
            return True
        try:
            if self._opening is not None:
                is_new = not self._opening.is_alive()
            else:
                is_new = self._stamp() != self._pointer
            return is_new or self._is_replaced() or self._changed(self._newest()) is not None
        except sqlite3.OperationalError:
            return True
        finally:
            self._lock.release()

    def check_open(self) -> None:
        """Raise `StoredIndexError` after `close`, although much of an index is still in memory."""
        if self._is_closed:
            raise StoredIndexError("the index is closed; open it again")

    def close(self) -> None:
        """Close the files; no query may be running."""
        self._is_closed = True
        with self._lock:
            if self._opening is not None:
                self._opening.join()
            if self._store is not None:
                self._store.close()
            self.view.retriever.close()

    def _open(self, model: str | None = None) -> IndexView:
        """Open the current generation."""
        layout = self._layout
        manifest, files = load_manifest(layout)
        if model is not None and not is_meant(
            model, model=manifest.model, fingerprint=manifest.fingerprint
        ):
            raise EncoderMismatch(
                f"the index in {layout.root} was built with the encoder {manifest.model}, "
                f"not {model}; run `semsearch build PATHS --index {layout.root} --model {model}`, "
                "or name the encoder it has (--model, SEMSEARCH_MODEL), or none"
            )
        encoder = encoder_of(layout, manifest)
        embedding = Embedding.of(layout, manifest)
        reranker = manifest.reranker
        engines = manifest.engine, manifest.phrase_engine
        shared = open_candidates(layout, manifest, files)
        generation = Segment.open(files, manifest.dim, *engines, shared)
        return IndexView(
            manifest,
            generation,
            Retriever(generation, model=manifest.model),
            CachingEncoder(encoder),
            embedding.key if embedding.precision == manifest.precision else None,
            load_reranker(layout.reranker(reranker.fingerprint), reranker) if reranker else None,
            load_calibration(layout, manifest.fingerprint) if self._calibrated else None,
            manifest.revision,
        )

    def _is_shown(self) -> bool:
        """Return whether the files are as they were when the view was made; takes no lock."""
        shown = self._shown
        return shown is not None and shown == self._files_state()

    def _files_state(self) -> _FilesState | None:
        """Return the state of the files, None if the store may change without showing it."""
        try:
            stat = self._store_file.stat()
        except OSError:
            return self._stamp(), ()
        if not is_settled(stat):
            return None
        return self._stamp(), (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)

    def _is_replaced(self) -> bool:
        """Return whether the store is another file than the open one; missing does not count."""
        return _file_id(self._store_file) not in (None, self._file)

    def _refresh_store(self) -> None:
        """Open the store if its file is another one."""
        if self._is_replaced():
            if self._store is not None:
                self._store.close()
            self._file = _file_id(self._store_file)
            self._unreadable = None
            self._store = self._open_store()

    def _open_store(self) -> EntryReader | None:
        """Open the store; without a readable one only the generation is shown."""
        try:
            return EntryReader(self._layout.store, patience_s=0)
        except (SemsearchError, sqlite3.Error) as error:
            if self._layout.store.exists():
                _log.warning("edits of the index in %s are not shown: %s", self._layout.root, error)
            return None

    def _refresh_changes(self) -> None:
        """Show the newest generation with later changes, unless a writer blocks the store."""
        began = time.monotonic()
        while True:
            try:
                self._show(self._newest())
            except sqlite3.OperationalError:
                self._is_store_held = (
                    self._is_store_held or time.monotonic() - began >= self._patience_s()
                )
                if self._is_store_held:
                    return
                time.sleep(_LOOK_S)
            else:
                self._is_store_held = False
                return

    def _patience_s(self) -> float:
        known = read_last_commit(self._layout.acknowledged)
        return PATIENCE_S if known is None or known > self.view.revision else BUSY_S

    def _show(self, newest: IndexView) -> None:
        """Show a generation with the changes since.

        Raises:
            sqlite3.OperationalError: a writer holds the store.
        """
        revision = self._changed(newest)
        if revision is not None and self._store is not None:
            try:
                changes = self._store.changes_since(newest.manifest.revision)
                live = derive_live_segment(
                    newest.generation, newest.manifest, changes, self._store.texts
                )
            except sqlite3.OperationalError:
                raise
            except (SemsearchError, sqlite3.Error, OSError, ValueError) as error:
                # the store is damaged, or the disk is full
                _log.warning("edits of the index in %s are not shown: %r", self._layout.root, error)
                self._unreadable = revision
            else:
                if live.missing:
                    _log.warning(
                        "%d changes of the index in %s are not shown before a build with another "
                        "encoder has ended",
                        live.missing,
                        self._layout.root,
                    )
                model = newest.manifest.model
                retriever = Retriever(newest.generation, live.segment, live.deleted, model=model)
                changed = {glossary_of(one.id): one.revision for one in changes}
                newest = replace(newest, retriever=retriever, revision=revision, changed=changed)
        self.view = newest
        if self._opening is None:
            self._next = None

    def _changed(self, view: IndexView) -> int | None:
        """Return the revision of the store if it differs from the view's and can be shown.

        Raises:
            sqlite3.OperationalError: a writer holds the store.
        """
        if self._store is None:
            return None
        try:
            identity, revision = self._store.last_revision()
        except sqlite3.OperationalError:
            raise
        except (SemsearchError, sqlite3.Error, OSError):
            return None
        known = (view.revision, self._unreadable)
        is_new = identity == view.manifest.store and revision not in known
        return revision if is_new else None

    def _newest(self) -> IndexView:
        """Return the current view, or the opened generation that will replace it."""
        return self.view if self._opening is not None else self._next or self.view

    def _begin_opening(self) -> threading.Thread | None:
        """Start opening a newly published generation in a thread."""
        if self._opening is None and self._stamp() != self._pointer:
            self._opening = threading.Thread(target=self._open_next, daemon=True)
            self._opening.start()
        return self._opening

    def _end_opening(self) -> None:
        if self._opening is not None and not self._opening.is_alive():
            self._opening = None
            self._unreadable = None
            if self._store is None:  # the process that published has opened the store since
                self._file = None

    def _open_next(self) -> None:
        self._pointer = self._stamp()
        # a damaged generation is not tried again; the next one is
        with suppress(SemsearchError, OSError):
            self._next = self._open()

    def _stamp(self) -> tuple[int, int]:
        """Return inode and time of `CURRENT`, which change with every generation."""
        with suppress(OSError):
            stat = self._current.stat()
            return stat.st_ino, stat.st_mtime_ns
        return 0, 0


def _file_id(file: Path) -> tuple[int, int] | None:
    """Return device and inode of a file; None if there is none."""
    with suppress(OSError):
        stat = file.stat()
        return stat.st_dev, stat.st_ino
    return None
