"""A copy notices that PostgreSQL went back to a former state, or that it is another database.

Covers `ingest/shared/local_copy`, `storage/replication`.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.shared.follower import SharedFollower
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store
from semsearch.ingest.shared.moves import copy_into_folder, copy_into_store
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import (
    in_step,
    note_in_step,
    shared_url,
    write_shared_url,
)
from tests.ingest.shared.conftest import empty_store
from tests.ingest.shared.test_local_copy import SCORING, first_hit, same
from tests.postgres_server import TestServer

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

    NewServer = Callable[[str], IndexLayout]


def add(layout: IndexLayout, term: str) -> None:
    """Add an entry on a server."""
    with Editor(layout.root) as editor:
        editor.add("bakery", replace(SCORING, term=term))


@pytest.fixture
def rewound(
    new_server: NewServer, url: str, database: SharedDatabase, postgres_server: TestServer
) -> Callable[[], SharedDatabase]:
    """Give a function that restores PostgreSQL as it was when the test began."""
    from psycopg import conninfo

    name = conninfo.conninfo_to_dict(url)["dbname"]

    def disconnect() -> None:
        database_of(url).close()
        database_of.cache_clear()

    disconnect()
    postgres_server.run(f"CREATE DATABASE {name}_old TEMPLATE {name}")

    def restore() -> SharedDatabase:
        disconnect()
        postgres_server.run(f"ALTER DATABASE {name} RENAME TO {name}_gone")
        postgres_server.run(f"ALTER DATABASE {name}_old RENAME TO {name}")
        return database_of(url)

    return restore


def test_a_copy_of_lost_edits_is_refused(
    new_server: NewServer, url: str, rewound: Callable[[], SharedDatabase], tmp_path: Path
) -> None:
    """Also when the store reached its revision anew; the folder made anew is the same."""
    one, other = new_server("one"), new_server("other")
    add(one, "Lost")
    catch_up(other, database_of(url), Silent())
    database = rewound()
    with pytest.raises(InvalidSetting, match="no earlier state"):
        catch_up(other, database, Silent())
    for term in ("Kept", "Kept as well"):
        with pytest.raises(InvalidSetting, match="no earlier state"):
            add(one, term)
        add(new_server(term), term)  # a server that was not there before
        with pytest.raises(InvalidSetting, match="went back to a former state"):
            catch_up(other, database, Silent())
    shutil.rmtree(other.root)
    join_store(other, url, Silent())
    assert same(other, database)
    add(other, "More")


def test_keys_of_a_store_that_went_back_do_not_count_as_compared(
    new_server: NewServer, rewound: Callable[[], SharedDatabase]
) -> None:
    """It may have keys that were revoked since."""
    one = new_server("one")
    add(one, "Lost")
    half_an_hour_ago = str(int(time.time()) - 1800)
    one.keys_compared.write_text(half_an_hour_ago, encoding="ascii")
    database = rewound()
    follower = SharedFollower(one, database)
    with pytest.raises(InvalidSetting, match="no earlier state"):
        follower._look()
    assert one.keys_compared.read_text(encoding="ascii") == half_an_hour_ago


@pytest.fixture
def new_url(postgres_server: TestServer) -> Iterator[str]:
    """Give the address of another empty store."""
    with empty_store(postgres_server) as found:
        yield found


def test_a_glossary_in_another_database_goes_on(
    new_server: NewServer, database: SharedDatabase, new_url: str, tmp_path: Path
) -> None:
    """Its embeddings are numbered anew, so copies of the former one compare them all."""
    one, other = new_server("one"), new_server("other")
    with closing(database.connect()) as connection:  # as after some builds
        connection.execute("ALTER SEQUENCE embedding_number_seq RESTART WITH 500")
    add(one, "Before")
    catch_up(other, database, Silent())
    folder = IndexLayout(tmp_path / "moved")
    copy_into_folder(folder, database, Silent())
    moved = database_of(new_url)
    copy_into_store(folder, moved, Silent())
    join_store(one, new_url, Silent())
    join_store(other, new_url, Silent())
    with Editor(one.root) as editor:
        editor.add("bakery", replace(SCORING, term="After", definition="A walk along the sea."))
    catch_up(other, moved, Silent())
    for layout in (one, other):
        assert same(layout, moved)
        assert first_hit(layout, "a walk along the sea") == "After"


def test_an_older_file_of_a_copy_is_noticed(
    new_server: NewServer, database: SharedDatabase, tmp_path: Path
) -> None:
    """Its note says that it is in step; the file itself counts."""
    layout = new_server("one")
    shutil.copy(layout.store, tmp_path / "older.db")
    add(layout, "First")
    note = in_step(layout)
    shutil.copy(tmp_path / "older.db", layout.store)
    note_in_step(layout, note)
    catch_up(layout, database, Silent())
    assert same(layout, database)


def test_another_store_is_not_taken_for_the_own_one(
    new_server: NewServer, url: str, database: SharedDatabase, new_url: str
) -> None:
    """The folder stays a copy of its own, and edits go there; an empty store is no other case."""
    layout = new_server("one")
    written = layout.shared.stat()
    join_store(layout, url, Silent())
    assert layout.shared.stat().st_ino == written.st_ino, "nothing is written without a change"
    for may_be_empty in (False, True):
        with pytest.raises(InvalidSetting, match="no earlier state"):
            join_store(layout, new_url, Silent(), may_be_empty=may_be_empty)
    assert shared_url(layout) == url
    add(layout, "Here")
    assert same(layout, database)


def test_an_address_is_replaced_at_once(
    new_server: NewServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies while it writes leaves the former one, and nobody else may read it."""
    layout = new_server("one")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    other = f"{url}&application_name=other"
    with monkeypatch.context() as patch:
        patch.setattr("semsearch.storage.files.atomic_files.sync", die)
        with pytest.raises(KeyboardInterrupt):
            write_shared_url(layout, other)
    assert shared_url(layout) == url
    former = os.umask(0)
    try:
        write_shared_url(layout, other)
    finally:
        os.umask(former)
    assert shared_url(layout) == other
    assert layout.shared.stat().st_mode & 0o777 == 0o600


def test_numbers_of_lost_embeddings_are_not_trusted(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """PostgreSQL went back without a revision, and gave their numbers to others."""
    one, other = new_server("one"), new_server("other")
    add(one, "First")
    catch_up(other, database, Silent())
    note = in_step(other)
    note_in_step(other, replace(note, embedded=note.embedded + 1))
    add(one, "Second")
    catch_up(other, database, Silent())
    assert same(other, database)
