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
from dataclasses import replace
from functools import partial

from semsearch.core.entries import glossary_of
from semsearch.core.errors import SemsearchError, StoredIndexError
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.live import derive_live_segment
from semsearch.search.followed_store import FollowedStore, StoreState
from semsearch.search.index_view import IndexView
from semsearch.search.next_generation import NextGeneration, open_generation
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.last_commit import read_last_commit
from semsearch.storage.files.layout import IndexLayout

_log = logging.getLogger("semsearch")

PATIENCE_S = 5.0
"""How long a question waits for a writer's commit, usually some 20 ms, if an acknowledged edit is
not shown yet. If a writer holds the store longer, this question has waited and the following ones
do not wait until the store can be read again."""
BUSY_S = 0.25
"""The same if no acknowledged edit is missing: nobody was told yet of what is being committed."""
_LOOK_S = 0.002

_FilesState = tuple[tuple[int, int], StoreState]
"""The stamp of `CURRENT`, and the state of the store."""


class LiveIndex:
    """An open index that is kept up to date. Thread-safe."""

    def __init__(self, layout: IndexLayout, model: str | None, *, calibrated: bool) -> None:
        """Open the current generation; see `Glossary.open`."""
        self._layout = layout
        self._lock = threading.Lock()
        self._is_closed = False
        self._is_store_held = False
        """Whether a writer has held the store for too long, so that questions do not wait for
        it."""
        self._shown: _FilesState | None = None
        """State of the files that the view shows; None if they have to be looked at."""
        self._store = FollowedStore(layout.store)
        self._next = NextGeneration(
            layout.current, partial(open_generation, layout, None, calibrated=calibrated)
        )
        self.view = open_generation(layout, model, calibrated=calibrated)
        """The view as of the last `refresh`."""
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
                opening = self._next.begin_opening()
            if opening is not None:
                opening.join()
        with self._lock:
            files = self._files_state()
            self._next.begin_opening()
            if self._next.end_opening():
                self._store.retry()
            self._store.refresh()
            self._refresh_changes()
            is_done = not (self._next.is_opening or self._is_store_held)
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
            if self._next.has_news or self._store.is_replaced:
                return True
            return self._store.revision_beyond(self._next.or_else(self.view)) is not None
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
            self._next.close()
            self._store.close()
            self.view.retriever.close()

    def _is_shown(self) -> bool:
        """Return whether the files are as they were when the view was made; takes no lock."""
        shown = self._shown
        return shown is not None and shown == self._files_state()

    def _files_state(self) -> _FilesState | None:
        """Return the state of the files, None if the store may change without showing it."""
        store = self._store.file_state()
        return None if store is None else (self._next.stamp(), store)

    def _refresh_changes(self) -> None:
        """Show the newest generation with later changes, unless a writer blocks the store."""
        began = time.monotonic()
        while True:
            try:
                self._show(self._next.or_else(self.view))
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
        revision = self._store.revision_beyond(newest)
        if revision is not None and self._store.reader is not None:
            try:
                newest = self._with_changes(newest, self._store.reader, revision)
            except sqlite3.OperationalError:
                raise
            except (SemsearchError, sqlite3.Error, OSError, ValueError) as error:
                # the store is damaged, or the disk is full
                _log.warning("edits of the index in %s are not shown: %r", self._layout.root, error)
                self._store.give_up(revision)
        self.view = newest
        self._next.forget()

    def _with_changes(self, view: IndexView, store: EntryReader, revision: int) -> IndexView:
        """Return the view of a generation with what was changed since, up to a revision."""
        changes = store.changes_since(view.manifest.revision)
        live = derive_live_segment(view.generation, view.manifest, changes, store.texts)
        if live.missing:
            _log.warning(
                "%d changes of the index in %s are not shown before a build with another encoder "
                "has ended",
                live.missing,
                self._layout.root,
            )
        model = view.manifest.model
        retriever = Retriever(view.generation, live.segment, live.deleted, model=model)
        changed = {glossary_of(one.id): one.revision for one in changes}
        return replace(view, retriever=retriever, revision=revision, changed=changed)
