"""Opens databases beside the store that are their owner's alone, such as what readers ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from semsearch.core.errors import FormatTooOld
from semsearch.storage.database import (
    open_for_reading,
    open_for_writing,
    transaction,
    translate_corruption,
)
from semsearch.storage.files.io_errors import translate_os_errors


@contextmanager
def reading(file: Path, migrations: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """Yield a connection that reads a file; one of an older version is migrated first.

    Args:
        file: the database, which must exist.
        migrations: see `open_for_writing`.

    Raises:
        StoredIndexError: the file is damaged, or a newer version of semsearch wrote it.
    """
    with (
        translate_os_errors(file.parent),
        translate_corruption(file),
        closing(_reader(file, migrations)) as connection,
    ):
        yield connection


def _reader(file: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    try:
        return open_for_reading(file, migrations)
    except FormatTooOld:
        open_for_writing(file, migrations).close()
        return open_for_reading(file, migrations)


@contextmanager
def writing(file: Path, migrations: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """Yield a connection inside a transaction; the file is made for its owner alone (mode 0600).

    What is deleted is overwritten.

    Args:
        file: the database, made if it is missing.
        migrations: see `open_for_writing`.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    with translate_os_errors(file.parent), translate_corruption(file):
        file.touch(mode=0o600)
        with closing(open_for_writing(file, migrations)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            with transaction(connection):
                yield connection
