"""Moves the files of generations between PostgreSQL and an object store, while servers answer."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Progress
from semsearch.index.shared_files import fetch_file, needed_files, remove_unneeded_files
from semsearch.ingest.shared.local_copy import opened
from semsearch.storage.files.atomic_files import LONG_S
from semsearch.storage.files.file_places import (
    IN_POSTGRESQL,
    FilePlace,
    FileSetting,
    file_place,
    file_setting,
    write_file_setting,
)
from semsearch.storage.files.object_files import checked_address
from semsearch.storage.store_connection import Lock, StoreConnection

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """Where the files of a shared store are, and how many."""

    setting: FileSetting
    files: int
    bytes: int
    missing: tuple[str, ...]
    """SHA-256 of those that a generation has, and the place has not."""


def stored_files(database: SharedDatabase) -> StoredFiles:
    """Return where the files of a shared store are.

    Raises:
        StoreUnavailable: PostgreSQL or the place of the files does not answer.
    """
    with opened(database) as shared:
        sizes = file_place(shared.connection).sizes()
        return StoredFiles(
            file_setting(shared.connection),
            len(sizes),
            sum(sizes.values()),
            tuple(sorted(needed_files(shared.connection) - sizes.keys())),
        )


def move_files(
    database: SharedDatabase,
    address: str,
    progress: Progress,
    *,
    leave: bool = False,
    is_lost: bool = False,
) -> None:
    """Move the files of a shared store to a place, where later publications put theirs.

    A move that was interrupted goes on when it is repeated. Nothing is removed from the former
    place before all servers are told of the new one.

    Args:
        database: the store.
        address: of the place, or `IN_POSTGRESQL`.
        progress: reports the files.
        leave: whether the files stay in the former places, too.
        is_lost: whether nothing can be read from the former place. Then the next
            `semsearch publish` puts the newest generation there, from the copy of its server.

    Raises:
        InvalidSetting: this is no address of a place, or another name of the former one.
        SharedFileDamaged: a file is missing or damaged in the former place.
        StoreUnavailable: PostgreSQL or one of the places does not answer.
        IndexBusy: a server publishes for too long.
    """
    if address != IN_POSTGRESQL:
        address = checked_address(address)
    with opened(database) as shared, shared.connection.locked(Lock.PUBLISHING, LONG_S):
        connection = shared.connection
        setting = file_setting(connection)
        if address != setting.address:
            target = file_place(connection, address, is_new=True)
            if is_lost:
                target.sizes()  # it has to answer
            else:
                _copy(connection, target, progress)
        former = {*setting.former, setting.address} - {address}
        emptied = () if leave or is_lost else tuple(sorted(former))
        _check_are_others(connection, address, emptied)
        write_file_setting(connection, FileSetting(address, emptied))
        remove_unneeded_files(connection)


def _check_are_others(connection: StoreConnection, address: str, former: tuple[str, ...]) -> None:
    """Refuse a place that has another name among those that will be emptied.

    Raises:
        InvalidSetting: it is so, as with a symbolic link to the same folder.
    """
    if not former:
        return
    target, name = file_place(connection, address), f"probe-{secrets.token_hex(16)}"
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "probe"
        probe.touch()
        target.put(probe, name)
    try:
        for other in former:
            if name in file_place(connection, other).sizes():
                raise InvalidSetting(
                    f"{address} is the same place as {other}, which would be emptied; nothing was "
                    "changed: name another one, or use --leave to change the name only"
                )
    finally:
        target.remove([name])


def _copy(connection: StoreConnection, target: FilePlace, progress: Progress) -> None:
    """Copy what generations have from the present place to another one."""
    source = file_place(connection)
    sizes, present = source.sizes(), target.sizes()
    lacking = [
        digest
        for digest in sorted(needed_files(connection))
        if digest not in present or present[digest] != sizes.get(digest)
    ]
    progress.start("sharing", len(lacking))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        for digest in lacking:
            fetch_file(source, digest, file, connection)
            target.remove({digest} & present.keys())
            target.put(file, digest)
            progress.advance(1)
