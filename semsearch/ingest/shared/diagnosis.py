"""What `doctor` says of the shared store that an index folder is a copy of."""

from __future__ import annotations

from semsearch.core.progress import Silent
from semsearch.ingest.shared.local_copy import join_store, opened, shared_database
from semsearch.storage.files.file_places import file_place
from semsearch.storage.files.layout import IndexLayout


def shared_state(layout: IndexLayout) -> str:
    """Return what is true of the shared store of an index folder; empty without one.

    Raises:
        MissingExtra: psycopg or obstore is not installed.
        StoredIndexError: the store or the place of its files does not answer, or the store is of
            another version.
    """
    database = shared_database(layout)
    if database is None:
        return ""
    with opened(database) as shared:
        place = file_place(shared.connection)
        return (
            f"; it is a copy of {database.name}, which is at revision {shared.revision[1]} and has "
            f"{len(place.sizes())} files of generations in {place.name}"
        )


def joined(layout: IndexLayout, url: str) -> None:
    """Make the copy that an index folder is to be, as every command with --store does.

    Raises:
        SemsearchError: see `join_store`.
    """
    join_store(layout, url, Silent())
