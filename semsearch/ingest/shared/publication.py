"""Builds and publications of a shared store: one at a time, whichever server makes them.

The lock is one of PostgreSQL, which ends with the connection of its holder. So another server goes
on as soon as the holder has died, from the newest generation that reached the store.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from semsearch.core.errors import InvalidSetting, SemsearchError
from semsearch.core.progress import Progress
from semsearch.index.generation import UnpublishedGeneration, publish_generation
from semsearch.index.pgvector.writing import database_behind
from semsearch.index.shared_files import (
    held_generation,
    put_files,
    put_generation,
    put_in_order,
)
from semsearch.ingest.shared.local_copy import check_can_open, fetch_newest, opened, shared_database
from semsearch.ingest.shared.rows import catch_up_rows
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import LONG_S, PATIENCE_S, file_lock
from semsearch.storage.files.file_places import file_place
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres.candidates import check_pgvector
from semsearch.storage.store_connection import Lock

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

_log = logging.getLogger("semsearch")


def check_can_have_candidates(layout: IndexLayout) -> None:
    """Refuse the engine pgvector for an index whose store cannot have it.

    Raises:
        InvalidSetting: it has a store of its own, or one without pgvector, or with an old one.
        StoreUnavailable: PostgreSQL does not answer.
    """
    database = shared_database(layout)
    if database is None:
        raise InvalidSetting(
            f"the engine pgvector is one of a shared store in PostgreSQL, and the index in {layout.root} "
            "has a store of its own; choose auto, flat or hnsw, or copy it into a shared store first "
            "(docs/shared-store.md)"
        )
    with opened(database) as shared:
        check_pgvector(database_behind(shared.connection), shared.connection)


@contextmanager
def building(
    layout: IndexLayout, database: SharedDatabase, progress: Progress
) -> Iterator[EntryStore]:
    """Open a shared store for a build, and bring the copy in step before and after.

    Args:
        layout: of the copy.
        database: the store.
        progress: reports what is fetched.

    Raises:
        StoreUnavailable: PostgreSQL does not answer. IndexBusy: another server builds.
        FormatTooNew: the store has a generation that only another version can open.
    """
    with opened(database) as store, store.connection.locked(Lock.BUILDING, PATIENCE_S):
        with held_generation(store.connection) as newest:
            if newest is not None:
                check_can_open(layout, newest, store.connection)  # or all the work would be in vain
        yield store
        catch_up_rows(layout, store, progress, is_built=True)


@contextmanager
def publishing(
    layout: IndexLayout, store: EntryReader, patience_s: float, progress: Progress
) -> Iterator[None]:
    """Hold the lock for publishing, of the folder and of a shared store, at its newest generation.

    Args:
        layout: of the index folder.
        store: its own, or the shared one.
        patience_s: seconds to wait for another process or server.
        progress: reports what is fetched.

    Raises:
        IndexBusy: another one still publishes after this time.
        StoreUnavailable: PostgreSQL or the place of the files does not answer.
    """
    with file_lock(layout.publishing, patience_s):
        if not store.connection.is_shared:
            yield
            return
        with store.connection.locked(Lock.PUBLISHING, patience_s):
            fetch_newest(layout, store, progress)
            file_place(store.connection).sizes()  # or all the work would be in vain
            catch_up_rows(layout, store, progress)  # what others have edited is published, too
            yield
            try:
                put_in_order(layout, store.connection)
            except (SemsearchError, OSError) as error:  # the next one that publishes does it
                _log.warning("files of the shared store were not put in order: %s", error)


def share_files(
    layout: IndexLayout, store: EntryReader, written: UnpublishedGeneration, progress: Progress
) -> dict[str, str]:
    """Put the files of a generation into a shared store, which takes a while; edits go on.

    Args:
        layout: of the index folder.
        store: its own, for which nothing is done, or the shared one.
        written: the generation.
        progress: reports the files.

    Returns:
        The files, for `publish_in`.
    """
    if not store.connection.is_shared:
        return {}
    return put_files(layout, written.root, written.manifest, store.connection, progress)


def publish_in(
    layout: IndexLayout,
    store: EntryReader,
    written: UnpublishedGeneration,
    files: dict[str, str],
    progress: Progress,
) -> None:
    """Make a generation the current one: of the folder, and first of a shared store.

    Args:
        layout: of the index folder.
        store: its own, or the shared one, whose locks for publishing and edits are held.
        written: the generation.
        files: what `share_files` returned.
        progress: reports each step.
    """
    if not store.connection.is_shared:
        publish_generation(layout, written, progress)
        return
    put_generation(written.manifest, files, store.connection)
    catch_up_rows(layout, store, progress)
    with file_lock(layout.lock, LONG_S):
        publish_generation(layout, written, progress)
