"""Moves a whole glossary between an index folder and a shared store, and verifies the copy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from semsearch.core.errors import IndexDamaged, InvalidSetting, SemsearchError
from semsearch.core.progress import Progress
from semsearch.index.ann.engine import AUTO
from semsearch.index.manifest import check_store_belongs, load_manifest
from semsearch.index.shared_files import put_files, put_generation, shared_generation
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared.local_copy import check_has_glossary, fetch_newest, opened
from semsearch.ingest.shared.rows import catch_up_rows
from semsearch.ingest.shared.settings import copy_settings, put_calibration
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import LONG_S, file_lock
from semsearch.storage.files.following import refuse_mirror
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import in_step, refuse_shared
from semsearch.storage.key_tables import put_keys
from semsearch.storage.replication import replicate
from semsearch.storage.store_connection import Lock, StoreConnection
from semsearch.storage.store_summary import summary

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

_ASKED_S = 30.0
"""Seconds between two questions that keep a session from being ended."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a copy has, as was counted and hashed in both places."""

    rows: dict[str, tuple[int, str]]
    """Number and SHA-256 of the rows of each kind."""
    keys: int
    """How many access keys were copied."""


def has_glossary(database: SharedDatabase) -> bool:
    """Return whether a shared store has a whole glossary, which servers answer from."""
    with opened(database) as shared:
        return shared_generation(shared.connection) is not None


def copy_into_store(layout: IndexLayout, database: SharedDatabase, progress: Progress) -> Moved:
    """Copy an index into an empty shared store; an interrupted copy is repeated, and goes on.

    The index keeps its own store and takes edits as before. So only one of both should be edited
    from then on.

    Args:
        layout: of the index folder, which cannot be edited meanwhile.
        database: the store, migrated.
        progress: reports each step.

    Raises:
        IndexShared, IndexFollows: the index is itself a copy.
        InvalidSetting: the store has another glossary.
        IndexDamaged: the copy is not the same, and cannot be used; or the generation is ahead of
            the store of the index.
        FormatTooOld: the index is of an earlier format; it is upgraded first.
        StoredIndexError: the index or the store cannot be read or written.
    """
    refuse_mirror(layout)
    refuse_shared(layout, "it cannot be copied into another store")
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        file_lock(layout.publishing, LONG_S),
        file_lock(layout.lock, LONG_S),
        closing(EntryReader(layout.store)) as store,
        opened(database) as shared,
        shared.connection.locked(Lock.BUILDING, LONG_S),
        shared.connection.locked(Lock.PUBLISHING, LONG_S),  # or its files would be removed
    ):
        manifest, files = load_manifest(layout)
        check_store_belongs(layout, store.revision[0], manifest.store)
        if manifest.revision > store.revision[1]:
            raise IndexDamaged(
                f"the generation {manifest.generation} in {layout.root} shows revision "
                f"{manifest.revision}, and {layout.store} has only {store.revision[1]}; run "
                f"`semsearch build PATHS --index {layout.root}`"
            )
        if shared_generation(shared.connection) is not None:
            raise InvalidSetting(
                f"{database.name} has a glossary already; name an empty database, or another schema "
                "with ?options=-csearch_path%3DNAME"
            )
        put = put_files(layout, files.root, manifest, shared.connection, progress)
        replicate(store, shared, progress, with_answers=True)
        rows = _verified(store, shared)
        has_calibration = layout.calibration.exists()
        put_calibration(layout.calibration.read_bytes() if has_calibration else None, shared)
        with shared.connection.transaction():  # last: a store with a generation is complete
            keys = put_keys(layout.keys, shared.connection)
            put_generation(manifest, put, shared.connection)
        return Moved(rows, keys)


def copy_into_folder(layout: IndexLayout, database: SharedDatabase, progress: Progress) -> Moved:
    """Make an index of its own from a shared store; an interrupted copy is repeated, and goes on.

    Args:
        layout: of the index folder, which is missing, empty, or has an interrupted copy.
        database: the store.
        progress: reports each step.

    Raises:
        InvalidSetting: the folder has an index, or a copy of another store.
        IndexMissing: the store has no glossary yet.
        FormatTooNew: a newer version of semsearch wrote its newest generation.
        IndexDamaged: the copy is not the same, and cannot be used.
        StoredIndexError: the index or the store cannot be read or written.
    """
    refuse_shared(layout, "it cannot be copied over")
    if layout.current.exists() and not layout.in_step.exists():
        raise InvalidSetting(f"{layout.root} has an index already; name another folder")
    with (
        opened(database) as shared,
        shared.connection.locked(Lock.EDITING, LONG_S),
        _awake(shared.connection),
    ):
        check_has_glossary(shared, database)
        with translate_os_errors(layout.root):
            layout.root.mkdir(parents=True, exist_ok=True)
            layout.current.unlink(missing_ok=True)  # until everything is compared
        catch_up_rows(layout, shared, progress)
        with closing(EntryStore(layout.store)) as store:
            known = in_step(layout).embedded
            replicate(shared, store, progress, embedded=known, with_answers=True)
            moved = Moved(_verified(shared, store), _key_count(shared))
        # last: a folder with a generation is complete; by the connection that has the lock
        with translate_os_errors(layout.root), file_lock(layout.publishing, LONG_S):
            fetch_newest(layout, shared, progress)
        copy_settings(layout, shared)
    if load_manifest(layout)[0].candidates:  # a folder has files of its vectors
        publish_edits(layout, progress, AUTO)
    layout.in_step.unlink(missing_ok=True)
    layout.keys_compared.unlink(missing_ok=True)
    return moved


@contextmanager
def _awake(connection: StoreConnection) -> Iterator[None]:
    """Ask PostgreSQL something now and then, so that it does not end a session with a lock.

    A process that was stopped asks nothing, so it does not keep others from editing for good.
    """
    done = threading.Event()

    def ask() -> None:
        while not done.wait(_ASKED_S):
            with suppress(SemsearchError):  # whoever uses the connection notices it, too
                connection.execute("SHOW server_version")  # takes no snapshot, whatever is begun

    asking = threading.Thread(target=ask, name="keep session", daemon=True)
    asking.start()
    try:
        yield
    finally:
        done.set()
        asking.join()


def _key_count(shared: EntryReader) -> int:
    return int(shared.connection.execute("SELECT count(*) FROM key").fetchone()[0])


def _verified(source: EntryReader, copy: EntryReader) -> dict[str, tuple[int, str]]:
    wanted, found = summary(source), summary(copy)
    different = [name for name in wanted if wanted[name] != found[name]]
    if different:
        raise IndexDamaged(
            f"the copy differs from what was copied in its {', '.join(different)}; remove it, and "
            "copy again"
        )
    return found
