"""Where the files of the generations of a shared store are: in PostgreSQL, or in an object store.

The place is a setting of the store itself, so that all servers agree on it. While files move, the
places where they were are part of the setting, until they are empty. Credentials are no part of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from semsearch.core.errors import UNREADABLE, IndexDamaged
from semsearch.storage.files.object_files import ObjectFiles
from semsearch.storage.postgres.file_parts import FileParts
from semsearch.storage.store_connection import StoreConnection

IN_POSTGRESQL = "postgresql"
"""What stands for the store itself, in place of the address of an object store."""
_SETTING = "files"


class FilePlace(Protocol):
    """Files by their SHA-256. One process at a time writes: the holder of the publishing lock."""

    name: str
    """The place, for messages."""

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each file that is there, whole or in part, by its SHA-256."""

    def put(self, file: Path, digest: str) -> None:
        """Put a file there, whole or not at all for those who fetch.

        Args:
            file: its content.
            digest: its SHA-256.

        Raises:
            StoreUnavailable: the place does not answer.
        """

    def fetch(self, digest: str, file: Path) -> None:
        """Write a file that is there to disk, part by part, and verify it.

        Args:
            digest: its SHA-256.
            file: where it is written.

        Raises:
            SharedFileDamaged: it is missing, or has another SHA-256.
            StoreUnavailable: the place does not answer.
        """

    def remove(self, digests: Iterable[str]) -> None:
        """Remove files; one that is not there is ignored.

        Raises:
            StoreUnavailable: the place does not answer.
        """


@dataclass(frozen=True, slots=True)
class FileSetting:
    """Where the files are."""

    address: str = IN_POSTGRESQL
    """Of the object store, or `IN_POSTGRESQL`."""
    former: tuple[str, ...] = ()
    """Where they were before, and may be in part."""


def file_setting(connection: StoreConnection) -> FileSetting:
    """Return where the files of a shared store are.

    Raises:
        IndexDamaged: the setting cannot be read.
    """
    row = connection.execute("SELECT content FROM setting WHERE name = ?", (_SETTING,)).fetchone()
    if row is None:
        return FileSetting()
    try:
        stated = json.loads(bytes(row[0]))
        return FileSetting(str(stated["address"]), tuple(map(str, stated["former"])))
    except UNREADABLE as error:
        raise IndexDamaged(
            "the shared store does not say where its files are; name the place with "
            "`semsearch store files ADDRESS`"
        ) from error


def write_file_setting(connection: StoreConnection, setting: FileSetting) -> None:
    """State where the files of a shared store are; all servers read it from then on."""
    connection.execute(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content",
        (_SETTING, json.dumps(asdict(setting)).encode()),
    )


def file_place(
    connection: StoreConnection, address: str | None = None, *, is_new: bool = False
) -> FilePlace:
    """Return a place of files.

    Args:
        connection: of the store.
        address: of the place; by default that of the setting.
        is_new: whether a folder is made if it is missing. It would otherwise hide that a disk is
            not mounted.

    Raises:
        InvalidSetting: this is no address of a place.
        MissingExtra: obstore is not installed.
        StoreUnavailable: the place cannot be used.
    """
    address = address or file_setting(connection).address
    if address == IN_POSTGRESQL:
        return FileParts(connection)
    # a folder for each store, so that several may have the same address
    (database,) = connection.execute("SELECT database FROM store").fetchone()
    return ObjectFiles(address, str(database), is_new=is_new)
