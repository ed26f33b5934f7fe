"""Generations of a shared store travel through an object store, here a folder.

Covers `index/shared_files`, `ingest/shared/file_moves`, `ingest/shared/publication`,
`storage/postgres/generation_locks`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import IndexBusy, IndexDamaged, InvalidSetting
from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import SharedFileDamaged, StoreUnavailable
from semsearch.index.shared_files import needed_files
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.publish import pending, publish_edits
from semsearch.ingest.shared.file_moves import move_files, stored_files
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.storage.files.file_places import IN_POSTGRESQL, FileSetting, file_setting
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.object_files import ObjectFiles
from semsearch.storage.postgres.file_parts import FileParts
from semsearch.storage.postgres.generation_locks import fetching
from semsearch.storage.store_connection import Lock
from tests.conftest import ENTRIES
from tests.ingest.shared.test_local_copy import SCORING, first_hit

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

    NewServer = Callable[[str], IndexLayout]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder for files, which is made by whoever moves files there."""
    pytest.importorskip("obstore", reason="the extra objects is not installed")
    return tmp_path / "objects"


@pytest.fixture
def address(folder: Path, database: SharedDatabase) -> str:
    """Give the address of the folder, where the files of the store are."""
    move_files(database, folder.as_uri(), Silent())
    return folder.as_uri()


def objects(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


def needed(database: SharedDatabase) -> set[str]:
    """Return the files that generations have."""
    with opened(database) as shared:
        return needed_files(shared.connection)


def generations(database: SharedDatabase) -> list[int]:
    """Return the generations that the store has, in their order."""
    with opened(database) as shared:
        rows = shared.connection.execute("SELECT number FROM generation ORDER BY number")
        return [number for (number,) in rows]


def publish(layout: IndexLayout, term: str) -> None:
    """Add an entry on a server, and publish it."""
    with Editor(layout.root) as editor:
        editor.add("bakery", replace(SCORING, term=term))
    assert publish_edits(layout, Silent())


@pytest.mark.usefixtures("address")
def test_servers_publish_there_and_fetch_from_there(
    new_server: NewServer, database: SharedDatabase, folder: Path
) -> None:
    """What no generation has is removed; PostgreSQL has no file."""
    one, other = new_server("one"), new_server("other")
    for term in ("First", "Second", "Third"):
        publish(one, term)
        assert objects(folder) == needed(database)
        catch_up(other, database, Silent())
        assert one.current.read_bytes() == other.current.read_bytes()
    verify(other.root)
    assert first_hit(new_server("new"), "Third") == "Third"
    assert len(generations(database)) == 2
    with opened(database) as shared:
        assert FileParts(shared.connection).sizes() == {}


def test_files_move_there_and_back(
    new_server: NewServer, database: SharedDatabase, folder: Path
) -> None:
    """The place where they were is empty afterwards, unless they are to stay."""
    address, wanted = folder.as_uri(), needed(database)
    move_files(database, f"{address}/", Silent())
    assert objects(folder) == wanted
    stored = stored_files(database)
    assert stored.setting == FileSetting(address)
    assert stored.files == len(wanted)
    assert not stored.missing
    move_files(database, address, Silent())
    assert objects(folder) == wanted
    move_files(database, IN_POSTGRESQL, Silent(), leave=True)
    assert objects(folder) == wanted
    assert stored_files(database).files == len(wanted)
    move_files(database, address, Silent())
    move_files(database, IN_POSTGRESQL, Silent())
    assert objects(folder) == set()
    verify(new_server("new").root)


def test_a_move_that_fails_changes_nothing(
    new_server: NewServer,
    database: SharedDatabase,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Repeated, it goes on with what is not there yet."""
    put = ObjectFiles.put
    done: list[str] = []

    def stop(self: ObjectFiles, file: Path, digest: str) -> None:
        if len(done) == 3:
            raise StoreUnavailable("the bucket is away")
        done.append(digest)
        put(self, file, digest)

    monkeypatch.setattr(ObjectFiles, "put", stop)
    with pytest.raises(StoreUnavailable, match="the bucket is away"):
        move_files(database, folder.as_uri(), Silent())
    verify(new_server("one").root)
    assert stored_files(database).setting == FileSetting()
    first = done.copy()
    done.clear()
    monkeypatch.setattr(ObjectFiles, "put", lambda *given: done.append(given[2]) or put(*given))  # type: ignore[func-returns-value]
    move_files(database, folder.as_uri(), Silent())
    assert not set(first) & set(done)
    assert objects(folder) == needed(database)
    with pytest.raises(InvalidSetting, match="is no place for files"):
        move_files(database, "ftp://x", Silent())


def test_another_name_of_the_same_place_is_refused(
    new_server: NewServer, database: SharedDatabase, folder: Path, address: str, tmp_path: Path
) -> None:
    """Otherwise all files would be removed as those of the former place."""
    (tmp_path / "alias").symlink_to(folder)
    alias = (tmp_path / "alias").as_uri()
    with pytest.raises(InvalidSetting, match=f"{alias} is the same place as {address}"):
        move_files(database, alias, Silent())
    assert objects(folder) == needed(database)
    assert stored_files(database).setting == FileSetting(address)
    move_files(database, alias, Silent(), leave=True)
    assert objects(folder) == needed(database)
    assert stored_files(database).setting == FileSetting(alias)
    verify(new_server("new").root)


def test_the_former_place_is_emptied_when_nobody_fetches_from_it(
    new_server: NewServer, database: SharedDatabase, folder: Path
) -> None:
    """Until then it is named; the next publication empties it."""
    layout = new_server("one")
    (number,) = generations(database)
    with opened(database) as server, fetching(server.connection, number):
        move_files(database, folder.as_uri(), Silent())
        assert stored_files(database).setting.former == (IN_POSTGRESQL,)
        assert FileParts(server.connection).sizes().keys() == needed(database)
        assert not publish_edits(layout, Silent())
        assert FileParts(server.connection).sizes()
    assert not publish_edits(layout, Silent())
    with opened(database) as shared:
        assert FileParts(shared.connection).sizes() == {}
        assert file_setting(shared.connection).former == ()


@pytest.mark.usefixtures("address")
def test_a_generation_that_somebody_fetches_stays(
    new_server: NewServer, database: SharedDatabase, folder: Path
) -> None:
    """However many are published meanwhile, until it is fetched or the server has died."""
    layout = new_server("one")
    (held,) = generations(database)
    files = needed(database)
    with opened(database) as server, fetching(server.connection, held):
        for term in ("First", "Second", "Third"):
            publish(layout, term)
            assert files <= objects(folder)
        assert held in generations(database)
        assert len(generations(database)) == 3
        server.connection.raw.close()  # type: ignore[attr-defined] # as when its process ends
        assert not publish_edits(layout, Silent())
    assert held not in generations(database)
    assert objects(folder) == needed(database)


@pytest.mark.parametrize("is_missing", [False, True])
@pytest.mark.parametrize("in_folder", [False, True])
def test_a_file_that_cannot_be_fetched_is_put_there_again(
    new_server: NewServer,
    database: SharedDatabase,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    is_missing: bool,
    in_folder: bool,
) -> None:
    """By the next publication of a server that has it, even if there is nothing to publish."""
    layout = new_server("one")
    if in_folder:
        move_files(database, folder.as_uri(), Silent())
    digest = max(needed(database))
    with opened(database) as shared:
        if in_folder:
            (path,) = folder.rglob(digest)
            if is_missing:
                path.unlink()
            else:  # of the same size
                path.write_bytes(bytes(path.stat().st_size))
        elif is_missing:
            FileParts(shared.connection).remove([digest])
        else:
            shared.connection.execute(
                "UPDATE file_part SET content = decode(repeat('00', octet_length(content)), 'hex') "
                "WHERE digest = ?",
                (digest,),
            )
    with pytest.raises(SharedFileDamaged, match=f"{digest} .*`semsearch publish` on a server"):
        new_server("new")
    if is_missing:
        assert stored_files(database).missing == (digest,)
    assert not publish_edits(layout, Silent())
    assert f"the file {digest} was put into" in caplog.text
    verify(new_server("new").root)
    caplog.clear()
    assert not publish_edits(layout, Silent())
    assert not caplog.records


@pytest.mark.usefixtures("address")
def test_a_server_does_not_put_a_damaged_file_of_its_own(
    new_server: NewServer, folder: Path, database: SharedDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """It says so, and names its file."""
    layout = new_server("one")
    model = next(path for path in layout.generations.rglob("words.db"))
    model.write_bytes(b"x")
    (number,) = generations(database)
    with opened(database) as shared:
        (files,) = shared.connection.execute(
            "SELECT files::jsonb ->> ? FROM generation WHERE number = ?",
            (model.relative_to(layout.root).as_posix(), number),
        ).fetchone()
    (path,) = folder.rglob(files)
    path.unlink()
    with caplog.at_level(logging.WARNING):
        assert not publish_edits(layout, Silent())
    assert f"{model} is damaged as well" in caplog.text
    assert not path.exists()


@pytest.mark.usefixtures("address")
def test_while_the_object_store_is_away_nothing_is_lost(
    new_server: NewServer, url: str, database: SharedDatabase, folder: Path
) -> None:
    """Answers and edits go on, a publication is refused before its work and succeeds later."""
    one, other = new_server("one"), new_server("other")
    publish(one, "First")
    away = folder.rename(folder.with_name("away"))
    with Editor(one.root) as editor:
        editor.add("bakery", replace(SCORING, term="Second"))
    assert first_hit(one, "Second") == "Second"
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="the files of the shared store cannot be"):
            publish_edits(one, Silent())
    assert pending(one).changes == 1
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        new_server("new")
    join_store(other, url, Silent())  # it answers from the former generation
    assert first_hit(other, "First") == "First"
    away.rename(folder)
    assert publish_edits(one, Silent())
    catch_up(other, database, Silent())
    assert one.current.read_bytes() == other.current.read_bytes()
    assert objects(folder) == needed(database)


@pytest.mark.usefixtures("address")
def test_a_generation_is_not_known_before_all_of_its_files_are_there(
    new_server: NewServer,
    database: SharedDatabase,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a publisher that died has left is used by the next one, or removed."""
    layout, before = new_server("one"), generations(database)
    put = ObjectFiles.put
    done: list[str] = []

    def die(self: ObjectFiles, file: Path, digest: str) -> None:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(digest)
        put(self, file, digest)

    with monkeypatch.context() as patch:
        patch.setattr(ObjectFiles, "put", die)
        with pytest.raises(KeyboardInterrupt):
            publish(layout, "First")
    assert generations(database) == before
    assert set(done) <= objects(folder)
    assert publish_edits(layout, Silent())
    assert objects(folder) == needed(database)
    verify(new_server("new").root)


def test_files_of_a_lost_place_come_from_a_server(
    new_server: NewServer, database: SharedDatabase, folder: Path, address: str, tmp_path: Path
) -> None:
    """The place is named anew, and the next publication fills it."""
    layout = new_server("one")
    folder.rename(tmp_path / "lost")
    anew = (tmp_path / "anew").as_uri()
    with pytest.raises(StoreUnavailable, match=f"cannot be reached in {address}"):
        move_files(database, anew, Silent())
    move_files(database, anew, Silent(), is_lost=True)
    assert len(stored_files(database).missing) == len(needed(database))
    assert not publish_edits(layout, Silent())
    assert objects(tmp_path / "anew") == needed(database)
    verify(new_server("new").root)


@pytest.mark.usefixtures("address")
def test_an_old_generation_that_lacks_a_file_is_forgotten(
    new_server: NewServer, database: SharedDatabase, folder: Path
) -> None:
    """Nobody has it any more, and it would stop every move."""
    layout = new_server("one")
    before = needed(database)
    publish(layout, "First")
    old, new = generations(database)
    with opened(database) as shared:
        files = shared.connection.execute(
            "SELECT files FROM generation WHERE number = ?", (new,)
        ).fetchone()[0]
    digest = next(digest for digest in before if digest not in files)
    next(folder.rglob(digest)).write_bytes(b"x")
    with pytest.raises(SharedFileDamaged, match=digest):
        move_files(database, IN_POSTGRESQL, Silent())
    assert not publish_edits(layout, Silent())
    assert generations(database) == [new]
    assert old != new
    move_files(database, IN_POSTGRESQL, Silent())
    verify(new_server("new").root)


def test_without_any_generation_a_build_begins_anew(
    new_server: NewServer, database: SharedDatabase, folder: Path, address: str, tmp_path: Path
) -> None:
    """The last resort, when no server has a copy either; live edits are rows, and stay."""
    layout = new_server("one")
    with Editor(layout.root) as editor:
        editor.add("bakery", SCORING)
    folder.rename(tmp_path / "lost")
    anew = (tmp_path / "anew").as_uri()
    move_files(database, anew, Silent(), is_lost=True)
    with opened(database) as shared:
        shared.connection.execute("DELETE FROM generation")
    first = IndexLayout(tmp_path / "first")
    join_store(first, database_url(layout), Silent(), may_be_empty=True)
    report = build_index(list(ENTRIES), first.root, model="hashed", common_questions=False)
    assert report.published
    assert objects(tmp_path / "anew") == needed(database)
    assert first_hit(new_server("new")) == "Scoring"
    assert address != anew


def database_url(layout: IndexLayout) -> str:
    """Return the address of the store of a copy."""
    from semsearch.storage.files.shared_setting import shared_url  # noqa: PLC0415 - of one test

    url = shared_url(layout)
    assert url is not None
    return url


def test_a_setting_that_cannot_be_read_is_told(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """With the way out."""
    with opened(database) as shared:
        shared.connection.execute("INSERT INTO setting VALUES ('files', ?)", (b"[]",))
    with pytest.raises(IndexDamaged, match="semsearch store files ADDRESS"):
        new_server("one")


def test_nobody_publishes_while_a_glossary_is_copied_into_a_store(
    url: str, hashed_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publisher would remove the files that have no generation yet."""
    database = database_of(url)
    tried: list[str] = []
    put = FileParts.put

    def try_to_publish(self: FileParts, file: Path, digest: str) -> None:
        if not tried:
            tried.append(digest)
            with closing(database.connect()) as other, pytest.raises(IndexBusy):
                other.locked(Lock.PUBLISHING, 0.1).__enter__()
        put(self, file, digest)

    monkeypatch.setattr(FileParts, "put", try_to_publish)
    copy_into_store(IndexLayout(hashed_index), database, Silent())
    assert tried
