"""The contract of places of files, over PostgreSQL and a folder.

`tests/cluster/test_object_store.py` runs it over a server of S3.

Covers `storage/files/file_places`, `storage/postgres/file_parts`, `storage/files/damaged_files`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from semsearch.storage.files.file_places import FilePlace
from semsearch.storage.files.object_files import ObjectFiles
from semsearch.storage.postgres.file_parts import FileParts
from tests.contracts.file_places import FilePlaceContract
from tests.postgres_server import TestServer


class TestFileParts(FilePlaceContract):
    """Rows of PostgreSQL."""

    @pytest.fixture
    def place(self, postgres_server: TestServer) -> Iterator[FilePlace]:
        """Give a store without files."""
        from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415
        from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415

        with closing(SharedDatabase(postgres_server.new_database())) as database:
            migrate(database)
            with closing(database.connect()) as connection:
                yield FileParts(connection)

    def damage(self, place: FilePlace, digest: str) -> None:
        """Change a row."""
        assert isinstance(place, FileParts)
        place._connection.execute(
            "UPDATE file_part SET content = ? || content WHERE digest = ?", (b"x", digest)
        )


class TestFolder(FilePlaceContract):
    """Files in a folder, through obstore."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> FilePlace:
        """Give a folder whose name has to be quoted, beside that of another store."""
        pytest.importorskip("obstore", reason="the extra objects is not installed")
        address = (tmp_path / "a b").as_uri()
        other = ObjectFiles(address, "other", is_new=True)
        (tmp_path / "x").write_bytes(b"x")
        other.put(tmp_path / "x", "1" * 64)
        return ObjectFiles(address, "store")

    def damage(self, place: FilePlace, digest: str) -> None:
        """Change a file."""
        assert isinstance(place, ObjectFiles)
        assert place._root is not None
        (place._root / "store" / digest).write_bytes(b"x")
