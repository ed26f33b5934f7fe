"""Files of generations as rows of PostgreSQL.

A file is stored in parts, each of which is committed by itself, so that edits go on. The last part
is smaller than the others, if need be empty: a file that has it is complete. An upload that was
interrupted goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from semsearch.storage.files.damaged_files import damaged_file
from semsearch.storage.store_connection import StoreConnection

_PART_BYTES = 4 << 20
"""It may never be changed: stores have parts of this size."""


class FileParts:
    """The table `file_part`, as a `FilePlace`."""

    name = "PostgreSQL"

    def __init__(self, connection: StoreConnection) -> None:
        """Take a connection of the store."""
        self._connection = connection

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each file, whole or in part."""
        rows = self._connection.execute(
            "SELECT digest, sum(octet_length(content)) FROM file_part GROUP BY digest"
        )
        return {str(digest): int(size) for digest, size in rows}

    def put(self, file: Path, digest: str) -> None:
        """Put the parts of a file that are missing."""
        number, smallest = self._connection.execute(
            "SELECT count(*), coalesce(min(octet_length(content)), ?) FROM file_part "
            "WHERE digest = ?",
            (_PART_BYTES, digest),
        ).fetchone()
        with file.open("rb") as content:
            content.seek(number * _PART_BYTES)
            while smallest == _PART_BYTES:
                part = content.read(_PART_BYTES)
                self._connection.execute(
                    "INSERT INTO file_part VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (digest, number, part),
                )
                number, smallest = number + 1, len(part)

    def fetch(self, digest: str, file: Path) -> None:
        """Write a file to disk, and verify it."""
        found, number = hashlib.sha256(), 0
        with file.open("wb") as content:
            while row := self._connection.execute(
                "SELECT content FROM file_part WHERE digest = ? AND number = ?", (digest, number)
            ).fetchone():
                content.write(row[0])
                found.update(row[0])
                number += 1
        if not number:
            raise damaged_file(digest, self.name, "is missing")
        if found.hexdigest() != digest:
            raise damaged_file(digest, self.name, "has another SHA-256")

    def remove(self, digests: Iterable[str]) -> None:
        """Remove files, one after the other."""
        for digest in digests:
            self._connection.execute("DELETE FROM file_part WHERE digest = ?", (digest,))
