"""Indexes that tests may change, of either store: SQLite, or PostgreSQL with `--shared-store`.

With the option an index folder is the copy of a shared store, and each one has a database of its
own. So tests of what a client sees run on both stores, and the option is all that differs.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from semsearch.core.progress import Silent
from semsearch.ingest.shared.local_copy import database_of, join_store, opened, shared_database
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.store_connection import Lock
from tests.postgres_server import TestServer

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

OPTION = "--shared-store"


class OwnIndexes:
    """Makes indexes on the store that tests run against.

    Args:
        server: PostgreSQL with the shared stores; without one an index has a store of its own.
    """

    def __init__(self, server: TestServer | None) -> None:
        self._server = server
        self._templates: dict[Path, str] = {}
        """Addresses of stores that have an index, by its folder."""

    @property
    def is_shared(self) -> bool:
        """Whether folders are copies of shared stores."""
        return self._server is not None

    @contextmanager
    def copied(self, index: Path, folder: Path) -> Iterator[Path]:
        """Make an index of one with files, in a folder that does not exist."""
        if self._server is None:
            yield Path(shutil.copytree(index, folder))
            return
        if index not in self._templates:
            self._templates[index] = _copied_into_store(index, self._server.new_database())
        with self._joined(folder, self._server.new_database(like=self._templates[index])):
            yield folder

    @contextmanager
    def unchanged(self, index: Path, folder: Path) -> Iterator[Path]:
        """Give an index that is only read: the one with files itself, or a copy of a store."""
        if self._server is None:
            yield index
            return
        with self.copied(index, folder):
            yield folder

    @contextmanager
    def unbuilt(self, folder: Path) -> Iterator[Path]:
        """Give a folder that a build may fill; with a shared store the build writes there."""
        if self._server is None:
            yield folder
            return
        url = self._server.new_database()
        with _migrated(url), self._joined(folder, url):
            yield folder

    @contextmanager
    def _joined(self, folder: Path, url: str) -> Iterator[None]:
        """Make a folder the copy of a store; at the end, end the connections of this process."""
        with ExitStack() as ending:
            ending.callback(lambda: database_of(url).close())
            join_store(IndexLayout(folder), url, Silent(), may_be_empty=True)
            yield


@contextmanager
def _migrated(url: str) -> Iterator[SharedDatabase]:
    """Make the tables of a store, and end the connections of its owner at the end."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415

    with closing(SharedDatabase(url)) as owner:
        migrate(owner)
        yield owner


def _copied_into_store(index: Path, url: str) -> str:
    """Copy an index into an empty database, and return its address."""
    with _migrated(url) as owner:
        copy_into_store(IndexLayout(index), owner, Silent())
    return url


@contextmanager
def store_of(folder: Path) -> Iterator[EntryStore]:
    """Open the store of an index, whichever it is, for reading and writing."""
    layout = IndexLayout(folder)
    database = shared_database(layout)
    if database is None:
        with closing(EntryStore(layout.store)) as store:
            yield store
        return
    with opened(database) as store:
        yield store


@contextmanager
def being_edited(folder: Path) -> Iterator[None]:
    """Hold the lock of whoever edits an index, on the store that has it."""
    layout = IndexLayout(folder)
    database = shared_database(layout)
    if database is None:
        with file_lock(layout.lock):
            yield
        return
    with opened(database) as store, store.connection.locked(Lock.EDITING, 5.0):
        yield


def keys_of(folder: Path) -> KeyStore:
    """Return the access keys of an index, on the store that has them."""
    layout = IndexLayout(folder)
    return KeyStore(layout.keys, shared_database(layout))


def new_key(
    folder: Path, scope: KeyScope = KeyScope.EDIT, *glossaries: str, name: str = "Ann"
) -> str:
    """Make an access key of an index, and return its text."""
    _, secret = keys_of(folder).create(name=name, scope=scope, glossaries=glossaries, now=utc_now())
    return secret.text


def key_header(
    folder: Path, scope: KeyScope = KeyScope.EDIT, *glossaries: str, name: str = "Ann"
) -> dict[str, str]:
    """Make an access key of an index, and return the header that sends it."""
    return {"Authorization": f"Bearer {new_key(folder, scope, *glossaries, name=name)}"}
