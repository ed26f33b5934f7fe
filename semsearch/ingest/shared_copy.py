"""The copy that an index folder is of a shared store: it is made, and kept in step.

The copy has everything that questions need: entries, history and vectors in `store.db`, the newest
generation with its models, the access keys and the calibration. So questions are answered from
files of this machine, with PostgreSQL or without it. Only edits go there.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from semsearch.core.errors import IndexMissing, SemsearchError, StoreUnavailable
from semsearch.core.progress import Progress, Silent
from semsearch.index.manifest import read_pointer
from semsearch.index.retention import remove_generations, remove_models, remove_unfinished
from semsearch.index.shared_files import (
    fetch_generation,
    has_candidates,
    held_generation,
    shared_generation,
)
from semsearch.ingest.shared_embeddings import copy_live_embeddings
from semsearch.storage.atomic_files import LONG_S, PATIENCE_S, file_lock, replace_atomically
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.io_errors import translate_os_errors
from semsearch.storage.key_tables import copy_keys
from semsearch.storage.layout import IndexLayout
from semsearch.storage.replication import (
    check_is_earlier,
    embedded_text,
    forget_embeddings,
    last_change,
    replicate,
)
from semsearch.storage.shared_setting import (
    InStep,
    in_step,
    note_in_step,
    refuse_own_store,
    shared_url,
    write_shared_url,
)
from semsearch.storage.store_connection import Lock

if TYPE_CHECKING:
    from semsearch.storage.postgres.connection import SharedDatabase

CALIBRATION = "calibration"
"""The name of the setting that has the content of `calibration.json`."""

_NOTED_S = 5.0
"""Seconds between two notes that the copy is in step."""

_log = logging.getLogger("semsearch")


@lru_cache(maxsize=8)
def database_of(url: str) -> SharedDatabase:
    """Return the store at an address; a process has one pool of connections for each."""
    from semsearch.storage.postgres.connection import SharedDatabase  # noqa: PLC0415 - an extra

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
    layout: IndexLayout, url: str, progress: Progress, *, may_be_empty: bool = False
) -> None:
    """Make an index folder a copy of a shared store, or bring the copy that it is in step.

    While PostgreSQL does not answer, a copy that can be used stays as it is. A copy keeps its
    address until another one is known to be of the same store; one that does not answer now is
    compared before the next edit.

    Args:
        layout: of the index folder; made if it is missing.
        url: of the store.
        progress: reports what is fetched.
        may_be_empty: whether the store need not have a glossary yet, as before its first build.

    Raises:
        InvalidSetting: the folder has an index of its own, or is a copy of another store.
        IndexMissing: the store has no generation yet.
        StoreUnavailable: PostgreSQL does not answer, and there is no copy yet.
    """
    from semsearch.storage.postgres.connection import SharedDatabase  # noqa: PLC0415 - an extra

    if not layout.store.exists():
        with translate_os_errors(layout.root):
            write_shared_url(layout, url)  # the folder is a copy from its first file on
    refuse_own_store(layout)
    try:
        # with connections of its own: processes may be forked after this
        with closing(SharedDatabase(url)) as database:
            catch_up(layout, database, progress)
    except IndexMissing:
        if not may_be_empty:
            raise
    except StoreUnavailable as error:
        if not layout.current.exists():
            raise
        _log.warning("%s", error)
    with translate_os_errors(layout.root):
        write_shared_url(layout, url)


def catch_up(layout: IndexLayout, database: SharedDatabase, progress: Progress) -> None:
    """Bring the copy in step with its store: rows, generation, keys and calibration.

    Args:
        layout: of the index folder.
        database: the store.
        progress: reports what is fetched.

    Raises:
        IndexMissing: the store has no generation yet.
        InvalidSetting: the copy is of another store, or has changes that this one lost.
        StoredIndexError: the store cannot be read, or the folder not be written.
    """
    with opened(database) as shared:
        check_follows(layout, shared)
        check_has_glossary(shared, database)
        catch_up_rows(layout, shared, progress)
        with translate_os_errors(layout.root), file_lock(layout.publishing, LONG_S):
            fetch_newest(layout, shared, progress)
        copy_settings(layout, shared)


def check_has_glossary(shared: EntryReader, database: SharedDatabase) -> None:
    """Refuse a store that has no generation yet.

    Raises:
        IndexMissing: it is so.
    """
    if shared_generation(shared.connection) is None:
        raise IndexMissing(
            f"{database.name} has no glossary yet; copy one there with `semsearch copy FOLDER store` "
            "(with its address in SEMSEARCH_STORE), or build one with --store"
        )


def is_newest(layout: IndexLayout, shared: EntryReader) -> bool:
    """Return whether the current generation is the newest one of a shared store."""
    newest = shared_generation(shared.connection)
    return newest is None or newest.pointer == _pointer(layout)


def _pointer(layout: IndexLayout) -> bytes:
    return layout.current.read_bytes() if layout.current.exists() else b""


def fetch_newest(layout: IndexLayout, shared: EntryReader, progress: Progress) -> None:
    """Fetch the newest generation of a shared store, unless it is the current one.

    Args:
        layout: of the index folder, whose lock for publishing is held.
        shared: its store, open.
        progress: reports the files.
    """
    with held_generation(shared.connection) as newest:
        if newest is None or newest.pointer == _pointer(layout):
            return
        catch_up_rows(layout, shared, progress)  # a generation is never ahead of the rows
        remove_unfinished(layout)
        former = read_pointer(layout).generation if layout.current.exists() else newest.number
        fetch_generation(layout, newest, shared.connection, progress)
        if newest.has_candidates:  # of a first generation they were not copied with the rows
            with file_lock(layout.lock), closing(EntryStore(layout.store)) as copy:
                copy_live_embeddings(layout, shared, copy)
        remove_generations(layout, {newest.number, former})
        remove_models(layout, {newest.number, former})


def catch_up_rows(
    layout: IndexLayout, shared: EntryReader, progress: Progress, *, is_built: bool = False
) -> None:
    """Bring entries, history and vectors of the copy in step; the next question sees them.

    Args:
        layout: of the index folder.
        shared: its store, open.
        progress: reports embeddings.
        is_built: whether the store was just built, so that it may have forgotten embeddings.

    Raises:
        InvalidSetting: the folder has a copy of another store.
        StoredIndexError: the folder is busy or cannot be written.
    """
    (database,) = shared.connection.execute("SELECT database FROM store").fetchone()
    is_slim = has_candidates(shared.connection)
    with translate_os_errors(layout.root), translate_corruption(layout.store):
        known = in_step(layout)
        has_all = is_slim or known.embedded > 0 or known.revision == 0
        is_noted = has_all and not is_built and known.database == database
        if is_noted and _is_same(layout, shared, known):
            if known.ago_s > _NOTED_S:
                note_in_step(layout, replace(known, at=time.time()))
            return
        with file_lock(layout.lock), closing(EntryStore(layout.store)) as copy:
            known = in_step(layout)
            own, revision = copy.revision
            is_known = (known.database, known.identity, known.text) == (
                database,
                own,
                embedded_text(shared, known.embedded),
            )
            # a file that is older than the note may lack embeddings
            embedded = known.embedded if is_known and known.revision <= revision else 0
            if is_slim:
                with shared.connection.reading():  # embeddings and entries of the same state
                    copy_live_embeddings(layout, shared, copy)
                    done = replicate(shared, copy, progress, embedded=None)
            else:
                done = replicate(shared, copy, progress, embedded=embedded)
                if is_built or done.is_built:
                    forget_embeddings(shared, copy)
            text = embedded_text(shared, done.embedded)
            note_in_step(
                layout,
                InStep(time.time(), done.identity, done.revision, done.embedded, database, text),
            )


def _is_same(layout: IndexLayout, shared: EntryReader, known: InStep) -> bool:
    """Return whether the copy itself, and not only its note, is at the last change of its store."""
    if not layout.store.exists():
        return False
    with closing(EntryReader(layout.store)) as copy:
        change = last_change(copy)
        return (known.identity, known.revision) == change[:2] and change == last_change(shared)


def check_follows(layout: IndexLayout, shared: EntryReader) -> None:
    """Refuse to use a store of which the copy is no earlier state.

    Raises:
        InvalidSetting: it is another store, or went back to a former state.
        StoredIndexError: the copy cannot be read.
    """
    if layout.store.exists():
        with (
            translate_os_errors(layout.root),
            translate_corruption(layout.store),
            closing(EntryReader(layout.store)) as copy,
        ):
            check_is_earlier(shared, copy)


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


def share_calibration(layout: IndexLayout) -> None:
    """Make the calibration of a copy that of its store; do nothing for an index of its own.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    database = shared_database(layout)
    if database is None:
        return
    with opened(database) as shared, shared.connection.transaction():
        shared.connection.execute("DELETE FROM setting WHERE name = ?", (CALIBRATION,))
        if layout.calibration.exists():
            shared.connection.execute(
                "INSERT INTO setting VALUES (?, ?)", (CALIBRATION, layout.calibration.read_bytes())
            )


def copy_settings(layout: IndexLayout, shared: EntryReader) -> None:
    """Copy access keys and calibration, if they differ."""
    copy_keys(shared.connection, layout.keys)
    row = shared.connection.execute(
        "SELECT content FROM setting WHERE name = ?", (CALIBRATION,)
    ).fetchone()
    present = layout.calibration.read_bytes() if layout.calibration.exists() else None
    if row is None:
        layout.calibration.unlink(missing_ok=True)
    elif bytes(row[0]) != present:
        replace_atomically(layout.calibration, bytes(row[0]))
