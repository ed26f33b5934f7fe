"""The copy that an index folder is of a shared store: it is made, and kept in step.

The copy has everything that questions need: entries, history and vectors in `store.db`, the newest
generation with its models, the access keys and the calibration. So questions are answered from
files of this machine, with PostgreSQL or without it. Only edits go there.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from semsearch.core.errors import FormatTooNew, IndexMissing, SemsearchError
from semsearch.core.progress import Progress, Silent
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.core.temporary_folders import PREFIX
from semsearch.index.manifest import FORMAT, read_pointer
from semsearch.index.manifest_of_any_format import check_replaces
from semsearch.index.retention import remove_generations, remove_models, remove_unfinished
from semsearch.index.shared_files import (
    SharedGeneration,
    fetch_file,
    fetch_generation,
    held_generation,
    shared_generation,
)
from semsearch.ingest.shared.embeddings import copy_live_embeddings
from semsearch.ingest.shared.replica import ReadReplica
from semsearch.ingest.shared.rows import catch_up_rows, check_follows
from semsearch.ingest.shared.settings import copy_settings, put_calibration
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore, open_migrated
from semsearch.storage.files.atomic_files import LONG_S, PATIENCE_S, file_lock
from semsearch.storage.files.file_places import file_place
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import refuse_own_store, shared_url, write_shared_url
from semsearch.storage.store_connection import Lock, StoreConnection

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

_log = logging.getLogger("semsearch")


@lru_cache(maxsize=8)
def database_of(url: str) -> SharedDatabase:
    """Return the store at an address; a process has one pool of connections for each."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra

    return SharedDatabase(url)


def shared_database(layout: IndexLayout) -> SharedDatabase | None:
    """Return the store that an index folder is a copy of, or None.

    Raises:
        IndexDamaged: the setting cannot be read.
        MissingExtra: psycopg is not installed.
    """
    url = shared_url(layout)
    return database_of(url) if url else None


@contextmanager
def opened(database: SharedDatabase) -> Iterator[EntryStore]:
    """Open a shared store.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
        FormatTooOld, FormatTooNew: its tables are of another version.
    """
    from semsearch.storage.postgres.migrating import open_store  # noqa: PLC0415 - an extra

    with closing(open_store(database)) as store:
        yield store


def join_store(
    layout: IndexLayout,
    url: str,
    progress: Progress,
    *,
    read_url: str | None = None,
    may_be_empty: bool = False,
) -> None:
    """Make an index folder a copy of a shared store, or bring the copy that it is in step.

    While PostgreSQL does not answer, or has what only a newer version reads, a copy that can be
    used stays as it is. A copy keeps its address until another one is known to be of the same
    store; one that does not answer now is compared before the next edit.

    Args:
        layout: of the index folder; made if it is missing.
        url: of the store.
        progress: reports what is fetched.
        read_url: of a replica of it, from which rows and files are fetched.
        may_be_empty: whether the store need not have a glossary yet, as before its first build.

    Raises:
        InvalidSetting: the folder has an index of its own, or is a copy of another store.
        IndexMissing: the store has no generation yet.
        StoreUnavailable: PostgreSQL does not answer, and there is no copy yet.
        FormatTooNew: a newer version wrote what it has, and there is no copy yet.
    """
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra

    refuse_own_store(layout)
    try:
        # with connections of its own: processes may be forked after this
        with ExitStack() as stack:
            database = stack.enter_context(closing(SharedDatabase(url)))
            replica = stack.enter_context(closing(SharedDatabase(read_url))) if read_url else None
            if not layout.store.exists():
                _begin_copy(layout, url, database, may_be_empty=may_be_empty)
            catch_up(layout, database, progress, ReadReplica(replica) if replica else None)
    except IndexMissing:
        if not may_be_empty:
            raise
    except (StoreUnavailable, FormatTooNew) as error:
        if not layout.current.exists():
            raise
        _log.warning("questions are answered from the copy in %s: %s", layout.root, error)
        with translate_os_errors(layout.root):
            if layout.store.exists():
                open_migrated(layout).close()  # for questions, after an upgrade
    with translate_os_errors(layout.root):
        write_shared_url(layout, url)


def _begin_copy(
    layout: IndexLayout, url: str, database: SharedDatabase, *, may_be_empty: bool
) -> None:
    """Make an index folder a copy from its first file on, once its store is known to be one.

    So a mistyped address leaves nothing behind.
    """
    with opened(database) as shared:
        if not may_be_empty:
            check_has_glossary(shared, database)
    with translate_os_errors(layout.root):
        write_shared_url(layout, url)


def catch_up(
    layout: IndexLayout,
    database: SharedDatabase,
    progress: Progress,
    replica: ReadReplica | None = None,
) -> None:
    """Bring the copy in step with its store: rows, generation, keys and calibration.

    Args:
        layout: of the index folder.
        database: the store.
        progress: reports what is fetched.
        replica: of it, from which rows and files are fetched.

    Raises:
        IndexMissing: the store has no generation yet.
        FormatTooNew: it has one of a newer version of semsearch.
        InvalidSetting: the copy is of another store, or has changes that this one lost.
        StoredIndexError: the store cannot be read, or the folder not be written.
    """
    with opened(database) as shared:
        check_follows(layout, shared)
        check_has_glossary(shared, database)
        with replica.newest(shared) if replica else nullcontext(shared) as source:
            may_lag = source is not shared
            catch_up_rows(layout, source, progress, may_lag=may_lag)
            with translate_os_errors(layout.root), file_lock(layout.publishing, LONG_S):
                fetch_newest(layout, source, progress, may_lag=may_lag)
        copy_settings(layout, shared)


def check_has_glossary(shared: EntryReader, database: SharedDatabase) -> None:
    """Refuse a store that has no generation, or none that this version can read.

    Raises:
        IndexMissing: it has none yet.
        FormatTooNew: a newer version of semsearch wrote its newest one.
    """
    newest = shared_generation(shared.connection)
    if newest is not None:
        check_can_read(newest)
    else:
        raise IndexMissing(
            f"{database.name} has no glossary yet; copy one there with `semsearch copy FOLDER store` "
            "(with its address in SEMSEARCH_STORE), or build one with --store"
        )


def check_can_read(newest: SharedGeneration) -> None:
    """Refuse a generation of a newer version, which would replace one that can be read.

    One of an earlier version is fetched: builds begin from it.

    Raises:
        FormatTooNew: it is so.
    """
    written = int(json.loads(newest.pointer)["format"])
    if written > FORMAT:
        raise FormatTooNew(
            f"generation {newest.number} of the shared store has format {written}, this version reads "
            f"{FORMAT}; upgrade semsearch on this machine"
        )


def is_newest(layout: IndexLayout, shared: EntryReader) -> bool:
    """Return whether the current generation is the newest one of a shared store."""
    newest = shared_generation(shared.connection)
    return newest is None or newest.pointer == _pointer(layout)


def _pointer(layout: IndexLayout) -> bytes:
    return layout.current.read_bytes() if layout.current.exists() else b""


def fetch_newest(
    layout: IndexLayout, shared: EntryReader, progress: Progress, *, may_lag: bool = False
) -> None:
    """Fetch the newest generation of a shared store, unless it is the current one.

    Args:
        layout: of the index folder, whose lock for publishing is held.
        shared: its store, open.
        progress: reports the files.
        may_lag: whether this is a replica; see `catch_up_rows`.

    Raises:
        FormatTooNew: only another version of semsearch can open it; the current one stays.
    """
    with held_generation(shared.connection) as newest:
        if newest is None or newest.pointer == _pointer(layout):
            return
        check_can_open(layout, newest, shared.connection)
        # a generation is never ahead of the rows
        catch_up_rows(layout, shared, progress, may_lag=may_lag)
        remove_unfinished(layout)
        former = read_pointer(layout).generation if layout.current.exists() else newest.number
        fetch_generation(layout, newest, shared.connection, progress)
        if newest.has_candidates:  # of a first generation they were not copied with the rows
            with file_lock(layout.lock), closing(EntryStore(layout.store)) as copy:
                copy_live_embeddings(layout, shared, copy)
        remove_generations(layout, {newest.number, former})
        remove_models(layout, {newest.number, former})


def check_can_open(
    layout: IndexLayout, newest: SharedGeneration, connection: StoreConnection
) -> None:
    """Refuse a generation that this version cannot open in place of one that it can.

    Only its manifest is fetched for that. All its files would be fetched again at each look.

    Args:
        layout: of the copy.
        newest: the generation, whose files are not removed meanwhile.
        connection: of its store.

    Raises:
        FormatTooNew: it is so.
        StoreUnavailable: the place of the files does not answer, or lacks the manifest.
    """
    check_can_read(newest)
    manifest = layout.generation(int(json.loads(newest.pointer)["generation"])).manifest
    digest = newest.files[manifest.relative_to(layout.root).as_posix()]
    layout.generations.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=PREFIX, dir=layout.generations) as scratch:
        fetched = Path(scratch) / manifest.name
        fetch_file(file_place(connection), digest, fetched, connection)
        check_replaces(layout, fetched.read_bytes())


@contextmanager
def locked_store(layout: IndexLayout, database: SharedDatabase) -> Iterator[EntryStore]:
    """Open a shared store, and keep other servers from editing it; then show what was edited.

    Args:
        layout: of the copy.
        database: the store.

    Raises:
        StoreUnavailable: PostgreSQL does not answer. IndexBusy: others edit for too long.
        InvalidSetting: the copy has changes that the store does not have.
    """
    with opened(database) as store:
        with store.connection.locked(Lock.EDITING, PATIENCE_S):
            check_follows(layout, store)
            yield store
        try:
            catch_up_rows(layout, store, Silent())
        except (SemsearchError, sqlite3.Error, OSError) as error:  # the copy catches up later
            _log.warning("an edit was stored and is not shown yet: %s", error)


def share_calibration(layout: IndexLayout, content: bytes | None) -> None:
    """Make a calibration, or none, that of the store of a copy; an index of its own has no store.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    database = shared_database(layout)
    if database is not None:
        with opened(database) as shared:
            put_calibration(content, shared)
