"""The store of an open index, opened again when another file has taken its place."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import suppress
from pathlib import Path

from semsearch.core.errors import SemsearchError
from semsearch.search.index_view import IndexView
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.store_connection import is_settled

_log = logging.getLogger("semsearch")

StoreState = tuple[int, ...]
"""Device, inode, size and time of the file; empty if there is none."""


class FollowedStore:
    """The store whose edits an open index shows; without a readable one there are none.

    The caller holds a lock, except for `file_state`.

    Args:
        file: the store.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._opened_file: tuple[int, int] | None = None
        """Device and inode of the store that is open, or that could not be opened."""
        self._unreadable: int | None = None
        """A revision that could not be read; it is not tried again for each question."""
        self.reader: EntryReader | None = None

    def file_state(self) -> StoreState | None:
        """Return the state of the file, None if it may change without showing it."""
        try:
            stat = self._file.stat()
        except OSError:
            return ()
        if not is_settled(stat):
            return None
        return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns

    @property
    def is_replaced(self) -> bool:
        """Whether the store is another file than the open one; missing does not count."""
        return self._file_id() not in (None, self._opened_file)

    def refresh(self) -> None:
        """Open the store if its file is another one."""
        if self.is_replaced:
            self.close()
            self._opened_file = self._file_id()
            self._unreadable = None
            self.reader = self._open()

    def revision_beyond(self, view: IndexView) -> int | None:
        """Return the revision of the store if it differs from the view's and can be shown.

        Raises:
            sqlite3.OperationalError: a writer holds the store.
        """
        if self.reader is None:
            return None
        try:
            identity, revision = self.reader.last_revision()
        except sqlite3.OperationalError:
            raise
        except (SemsearchError, sqlite3.Error, OSError):
            return None
        known = (view.revision, self._unreadable)
        is_new = identity == view.manifest.store and revision not in known
        return revision if is_new else None

    def give_up(self, revision: int) -> None:
        """Do not try again to read a revision, since the store is damaged or the disk is full."""
        self._unreadable = revision

    def retry(self) -> None:
        """Try again what could not be read: the process that published has opened the store."""
        self._unreadable = None
        if self.reader is None:
            self._opened_file = None

    def close(self) -> None:
        """Close the store."""
        if self.reader is not None:
            self.reader.close()

    def _open(self) -> EntryReader | None:
        try:
            return EntryReader(self._file, patience_s=0)
        except (SemsearchError, sqlite3.Error) as error:
            if self._file.exists():
                root = self._file.parent
                _log.warning("edits of the index in %s are not shown: %s", root, error)
            return None

    def _file_id(self) -> tuple[int, int] | None:
        """Return device and inode of the file; None if there is none."""
        with suppress(OSError):
            stat = self._file.stat()
            return stat.st_dev, stat.st_ino
        return None
