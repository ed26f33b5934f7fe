"""Keeps the copy of a shared store in step, in threads of a server.

One process of a server follows the store, the others answer from the same files. If it ends, the
next one follows. PostgreSQL tells of changes. Once a second the copy looks for itself as well: a
proxy between may pass no notifications on. While PostgreSQL is away, questions are answered from
the copy.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from semsearch.core.closeable import Closeable
from semsearch.core.errors import IndexBusy, SemsearchError, StoreUnavailable
from semsearch.core.progress import Silent
from semsearch.ingest.shared_copy import fetch_newest, is_newest, opened, shared_database
from semsearch.ingest.shared_rows import catch_up_rows, check_follows
from semsearch.ingest.shared_settings import copy_settings
from semsearch.storage.atomic_files import file_lock
from semsearch.storage.io_errors import translate_os_errors
from semsearch.storage.key_tables import keys_compared_at
from semsearch.storage.layout import IndexLayout

if TYPE_CHECKING:
    from semsearch.storage.postgres.connection import SharedDatabase

POLL_S = 1.0
"""Seconds after which the copy looks for changes without being told of one."""
PAUSE_S = 1.0
"""Seconds before PostgreSQL is asked again after it did not answer."""
KEYS_VALID_S = 3600.0
"""Seconds for which the copy of the access keys counts while PostgreSQL does not answer."""
FETCH_PAUSE_S = 10.0
"""Seconds before a generation that could not be fetched is tried again."""
STOP_S = 5.0
"""Seconds that the threads have to end."""

_log = logging.getLogger("semsearch")


class SharedFollower(Closeable):
    """Follows a store from `start` until `close`."""

    def __init__(self, layout: IndexLayout, database: SharedDatabase) -> None:
        """Take the copy and its store; nothing is done yet."""
        self._layout = layout
        self._database = database
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow store", daemon=True)
        self._fetching: threading.Thread | None = None
        self._fetch_after = 0.0
        self._fetch_told = ""
        self._told = ""
        self._compared: tuple[float, float] = keys_compared_at(layout.keys), time.monotonic()
        """When keys were compared last, by the clock on the wall and by that of the process."""

    def check_keys(self) -> None:
        """Refuse access keys that may have been revoked long ago.

        Raises:
            StoreUnavailable: they have not been compared with the store for `KEYS_VALID_S`.
        """
        at, at_monotonic = self._compared
        # one clock stands still while the machine is suspended, the other one may be set
        ago = max(abs(time.time() - at), time.monotonic() - at_monotonic)
        if ago > KEYS_VALID_S:
            name = self._database.name
            compared = (
                f"the access keys have not been compared with {name} for {ago:.0f} s"
                if at
                else f"it is not known when the access keys were compared with {name}"
            )
            raise StoreUnavailable(f"{compared}; they count again when PostgreSQL is back")

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """End; a generation that is being fetched is fetched again later."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _run(self) -> None:
        """Follow the store, unless another process of this machine does."""
        while not self._stopping.is_set():
            try:
                with file_lock(self._layout.following, 0.0):
                    self._follow()
            except IndexBusy:
                self._note_comparison()
            except OSError as error:
                self._tell(error)
            self._stopping.wait(POLL_S)

    def _note_comparison(self) -> None:
        """Take over when another process compared the access keys last."""
        at = keys_compared_at(self._layout.keys)
        if at != self._compared[0]:
            self._compared = at, time.monotonic()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._database.listening() as wait:
                    while not self._stopping.is_set():
                        self._look()
                        wait(POLL_S)
            except Exception as error:  # whatever it is, the copy looks again
                self._tell(error)
            self._stopping.wait(PAUSE_S)

    def _look(self) -> None:
        """Bring keys, calibration and rows in step; a new generation is fetched beside.

        Keys come before rows: one that was revoked is refused, even if rows cannot be written.
        """
        with opened(self._database) as shared:
            now = time.time(), time.monotonic()
            check_follows(self._layout, shared)  # or keys of another store would count
            copy_settings(self._layout, shared)
            self._compared = now
            with suppress(IndexBusy):  # another process of this machine does the same
                catch_up_rows(self._layout, shared, Silent())
            is_fetching = self._fetching is not None and self._fetching.is_alive()
            may_fetch = not is_fetching and time.monotonic() >= self._fetch_after
            if may_fetch and not is_newest(self._layout, shared):
                self._fetching = threading.Thread(target=self._fetch, daemon=True)
                self._fetching.start()
        self._tell(None)

    def _fetch(self) -> None:
        """Fetch the newest generation, unless a process of this machine does or publishes."""
        layout = self._layout
        try:
            with (
                translate_os_errors(layout.root),
                file_lock(layout.publishing, 0.0),
                opened(self._database) as shared,
            ):
                fetch_newest(layout, shared, Silent())
            self._fetch_told = ""
        except IndexBusy:
            return
        except (SemsearchError, OSError) as error:
            self._fetch_after = time.monotonic() + FETCH_PAUSE_S
            if str(error) != self._fetch_told:
                self._fetch_told = str(error)
                _log.warning("the newest generation was not fetched: %s", error)

    def _tell(self, problem: Exception | None) -> None:
        """Log a problem once, and its end; that PostgreSQL is away has many reasons in turn."""
        kind = "" if problem is None else str(problem) or repr(problem)
        if isinstance(problem, StoreUnavailable):
            kind = StoreUnavailable.__name__
        if kind != self._told:
            self._told = kind
            if problem is not None:
                _log.warning("the index is not kept in step: %s", problem)
            else:
                _log.info("the index is in step with its store again")


def follower_of(layout: IndexLayout) -> SharedFollower | None:
    """Return what keeps an index folder in step; None for one with a store of its own.

    Raises:
        IndexDamaged: the setting cannot be read.
        MissingExtra: psycopg is not installed.
    """
    database = shared_database(layout)
    return SharedFollower(layout, database) if database is not None else None
