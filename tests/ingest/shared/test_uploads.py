"""Files of generations get into a shared store, beside edits, and out of it.

Covers `index/shared_files`, `ingest/shared/publication`, `storage/postgres/file_parts`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.core.progress import Silent
from semsearch.index.shared_files import has_candidates
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared.local_copy import join_store, opened
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres.file_parts import FileParts
from tests.ingest.shared.test_local_copy import SCORING, first_hit

if TYPE_CHECKING:
    from semsearch.storage.postgres.connection import PostgresConnection
    from semsearch.storage.postgres.database import SharedDatabase

    NewServer = Callable[[str], IndexLayout]

PART_BYTES = 1000


@pytest.fixture
def before_part(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], None]], None]:
    """Give a function that has another one called before each part of a file is stored."""
    from semsearch.storage.postgres.connection import PostgresConnection  # noqa: PLC0415 - an extra

    monkeypatch.setattr("semsearch.storage.postgres.file_parts._PART_BYTES", PART_BYTES)
    execute = PostgresConnection.execute

    def patch(call: Callable[[int], None]) -> None:
        def hooked(self: PostgresConnection, query: str, *values: tuple[object, ...]) -> object:
            if "INTO file_part" in query:
                call(int(values[0][1]))  # type: ignore[call-overload]
            return execute(self, query, *values)

        monkeypatch.setattr(PostgresConnection, "execute", hooked)

    return patch


def digests(database: SharedDatabase) -> set[str]:
    """Return the files that the store has."""
    with opened(database) as shared:
        return {digest for (digest,) in shared.connection.execute("SELECT digest FROM file_part")}


def add(layout: IndexLayout, term: str) -> None:
    """Add an entry on a server."""
    with Editor(layout.root) as editor:
        editor.add("bakery", replace(SCORING, term=term))


def test_candidates_that_a_dead_publisher_left_are_not_those_of_a_generation_with_files(
    new_server: NewServer, url: str, database: SharedDatabase, tmp_path: Path
) -> None:
    """The generation gets the number of theirs; without its vectors no copy could publish."""
    one = new_server("one")
    with Editor(one.root) as editor:
        editor.add("bakery", SCORING)
    with opened(database) as shared:
        for kind in ("candidate", "phrase"):
            shared.connection.execute(f"CREATE TABLE {kind}_0123456789ab (number integer)")
        left = ("0123456789ab", one.next_number())
        shared.connection.execute("INSERT INTO candidate_set VALUES (?, ?)", left)
    publish_edits(one, Silent())
    with opened(database) as shared:
        assert not has_candidates(shared.connection)
        assert not shared.connection.execute("SELECT name FROM candidate_set").fetchall()
    other = IndexLayout(tmp_path / "other")
    join_store(other, url, Silent())
    with Editor(other.root) as editor:
        editor.delete("bakery:scoring")
    assert publish_edits(other, Silent())


def test_edits_go_on_while_files_are_uploaded(
    new_server: NewServer, before_part: Callable[[Callable[[int], None]], None]
) -> None:
    """Each part is stored by itself."""
    one, other = new_server("one"), new_server("other")
    add(one, "First")
    edited: list[int] = []

    def edit(part: int) -> None:
        if part == 1 and not edited:
            edited.append(part)
            add(other, "Second")

    before_part(edit)
    assert publish_edits(one, Silent())
    assert edited
    assert first_hit(other, "Second") == "Second"


def test_an_upload_goes_on_where_it_stopped(
    new_server: NewServer,
    url: str,
    database: SharedDatabase,
    before_part: Callable[[Callable[[int], None]], None],
    tmp_path: Path,
) -> None:
    """A file with some of its parts is not taken for a whole one."""
    one = new_server("one")
    add(one, "First")
    parts: list[int] = []

    def die(part: int) -> None:
        parts.append(part)
        if part == 2:
            raise KeyboardInterrupt

    before_part(die)
    with pytest.raises(KeyboardInterrupt):
        publish_edits(one, Silent())
    parts.clear()
    before_part(parts.append)
    assert publish_edits(one, Silent())
    assert parts
    join_store(IndexLayout(tmp_path / "new"), url, Silent())
    verify(tmp_path / "new")


def test_a_file_of_whole_parts_is_complete(
    database: SharedDatabase, before_part: Callable[[Callable[[int], None]], None], tmp_path: Path
) -> None:
    """Its last part is empty; it is not stored twice."""
    parts: list[int] = []
    before_part(parts.append)
    for size in (PART_BYTES, 2 * PART_BYTES + 1):
        file = tmp_path / "content"
        file.write_bytes(bytes([7]) * size)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        with opened(database) as shared:
            place = FileParts(shared.connection)
            for _ in range(2):
                place.put(file, digest)
                assert parts == list(range(size // PART_BYTES + 1))
            place.fetch(digest, tmp_path / "fetched")
        assert (tmp_path / "fetched").read_bytes() == bytes([7]) * size
        parts.clear()


def test_files_that_no_generation_has_are_removed(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """As a publisher leaves them that was killed; also if there is nothing to publish."""
    layout = new_server("one")
    before = digests(database)
    with opened(database) as shared:
        shared.connection.execute("INSERT INTO file_part VALUES ('00', 0, 'left')")
    assert not publish_edits(layout, Silent())
    assert digests(database) == before
    for term in ("First", "Second"):
        add(layout, term)
        assert publish_edits(layout, Silent())
    assert before - digests(database)
    verify(layout.root)
