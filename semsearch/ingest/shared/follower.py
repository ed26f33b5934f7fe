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
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from semsearch.core.closeable import Closeable
from semsearch.core.errors import IndexBusy, InvalidSetting, SemsearchError
from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.ingest.shared.local_copy import (
    database_of,
    fetch_newest,
    is_newest,
    opened,
    shared_database,
)
from semsearch.ingest.shared.replica import ReadReplica
from semsearch.ingest.shared.rows import catch_up_rows, check_follows
from semsearch.ingest.shared.settings import copy_settings
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import in_step, note_in_step
from semsearch.storage.key_tables import keys_compared_at

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

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

    def __init__(
        self, layout: IndexLayout, database: SharedDatabase, replica: ReadReplica | None = None
    ) -> None:
        """Take the copy, its store, and a replica of it to be read; nothing is done yet."""
        self._layout = layout
        self._database = database
        self._replica = replica
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
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
        ago = self._compared_ago_s()
        if ago > KEYS_VALID_S and keys_compared_at(self._layout.keys) > self._compared[0]:
            self._note_comparison()  # of another process since, such as one that has made a key
            ago = self._compared_ago_s()
        if ago > KEYS_VALID_S:
            at, name = self._compared[0], self._database.name
            compared = (
                f"the access keys have not been compared with {name} for {ago:.0f} s"
                if at
                else f"it is not known when the access keys were compared with {name}"
            )
            raise StoreUnavailable(f"{compared}; they count again when PostgreSQL is back")

    def _compared_ago_s(self) -> float:
        """Return how long ago the access keys were compared with the store."""
        at, at_monotonic = self._compared
        # one clock stands still while the machine is suspended, the other one may be set
        return max(abs(time.time() - at), time.monotonic() - at_monotonic)

    def start(self) -> None:
        """Begin to follow, also after an end."""
        self._stopping.clear()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="follow store", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End; a generation that is being fetched is fetched again later."""
        self._stopping.set()
        if self._thread is not None:
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
                with suppress(SemsearchError, OSError):  # of a full disk, which was told
                    self._note_problem(str(error) or repr(error))
                self._look_at_replica()
            self._stopping.wait(PAUSE_S)

    def _look(self) -> None:
        """Bring keys, calibration and rows in step; a new generation is fetched beside.

        Keys come before rows: one that was revoked is refused, even if rows cannot be written.
        """
        layout, replica = self._layout, self._replica
        with opened(self._database) as shared:
            now = time.time(), time.monotonic()
            check_follows(layout, shared)  # or keys of another store would count
            copy_settings(layout, shared)
            self._compared = now
            with replica.newest(shared) if replica else nullcontext(shared) as source:
                database = (
                    self._database if replica is None or replica.problem else replica.database
                )
                self._take_over(source, database, may_lag=source is not shared)
        self._note_problem(self._replica.problem if self._replica else "")
        self._tell(None)

    def _look_at_replica(self) -> None:
        """Bring rows in step with a replica, which may have what this server has not seen yet."""
        if self._replica is None:
            return
        database = self._replica.database
        with suppress(Exception), opened(database) as source:  # the copy looks again
            self._take_over(source, database, may_lag=True)

    def _take_over(self, source: EntryReader, database: SharedDatabase, *, may_lag: bool) -> None:
        """Take over rows, and begin to fetch a generation that is new."""
        with suppress(IndexBusy):  # another process of this machine does the same
            catch_up_rows(self._layout, source, Silent(), may_lag=may_lag)
        is_fetching = self._fetching is not None and self._fetching.is_alive()
        may_fetch = not is_fetching and time.monotonic() >= self._fetch_after
        if may_fetch and not is_newest(self._layout, source):
            self._fetching = threading.Thread(
                target=self._fetch, args=(database, may_lag), daemon=True
            )
            self._fetching.start()

    def _fetch(self, database: SharedDatabase, may_lag: bool) -> None:
        """Fetch the newest generation, unless a process of this machine does or publishes."""
        layout = self._layout
        try:
            with (
                translate_os_errors(layout.root),
                file_lock(layout.publishing, 0.0),
                opened(database) as source,
            ):
                fetch_newest(layout, source, Silent(), may_lag=may_lag)
            self._fetch_told = ""
        except IndexBusy:
            return
        except Exception as error:  # whatever it is, it is fetched again later
            self._fetch_after = time.monotonic() + FETCH_PAUSE_S
            told = str(error) or repr(error)
            if told != self._fetch_told:
                self._fetch_told = told
                _log.warning("the newest generation was not fetched: %s", told)

    def _note_problem(self, problem: str) -> None:
        """Note what is wrong with the store or its replica, for `info`; empty if nothing is."""
        known = in_step(self._layout)
        if known.problem != problem:
            note_in_step(self._layout, replace(known, problem=problem))

    def _tell(self, problem: Exception | None) -> None:
        """Log a problem once, and its end; that PostgreSQL is away has many reasons in turn."""
        kind = "" if problem is None else str(problem) or repr(problem)
        if isinstance(problem, StoreUnavailable):
            kind = StoreUnavailable.__name__
        if kind != self._told:
            self._told = kind
            if problem is not None:
                _log.warning("the index is not kept in step: %s", str(problem) or repr(problem))
            else:
                _log.info("the index is in step with its store again")


def follower_of(layout: IndexLayout, read_url: str | None = None) -> SharedFollower | None:
    """Return what keeps an index folder in step; None for one with a store of its own.

    Args:
        layout: of the index folder.
        read_url: of a replica of its store, which is read.

    Raises:
        IndexDamaged: the setting cannot be read.
        InvalidSetting: a replica is named, and the folder is no copy.
        MissingExtra: psycopg is not installed.
    """
    database = shared_database(layout)
    replica = ReadReplica(database_of(read_url)) if read_url else None
    if database is not None:
        return SharedFollower(layout, database, replica)
    if replica is not None:
        raise InvalidSetting(
            f"a read replica is named ({replica.database.name}), but the index in {layout.root} is no "
            "copy of a shared store; name that with --store, or no --read-store"
        )
    return None
