"""A glossary moves between an index folder and PostgreSQL, whole or not at all.

Covers `ingest/shared/moves`, `ingest/shared/settings`.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    InvalidSetting,
    SemsearchError,
)
from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.index.backup import back_up
from semsearch.index.calibration import StoredCalibration, save_calibration
from semsearch.index.restore import restore_backup
from semsearch.index.shared_files import fetch_generation
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.shared import local_copy, moves
from semsearch.ingest.shared.local_copy import (
    catch_up,
    database_of,
    join_store,
    opened,
    share_calibration,
)
from semsearch.ingest.shared.moves import copy_into_folder, copy_into_store, has_glossary
from semsearch.ingest.shared.settings import copy_settings
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.quality.evaluation import calibrate
from semsearch.quality.evaluation.calibrate import reset
from semsearch.server.auth import key_store
from semsearch.server.auth.key_store import KeyRing, KeyStore
from semsearch.server.auth.keys import KeyScope
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import shared_url
from semsearch.storage.replication import replicate
from semsearch.storage.store_connection import Lock
from semsearch.storage.store_summary import summary
from tests.ingest.shared.conftest import empty_store
from tests.ingest.shared.test_local_copy import SCORING
from tests.postgres_server import TestServer

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

CALIBRATION = json.dumps(
    asdict(
        StoredCalibration(HashedEncoder().fingerprint, 1.0, 0.0, 99, "2026-01-01T00:00:00+00:00")
    )
)


@pytest.fixture
def own(hashed_index: Path, tmp_path: Path) -> IndexLayout:
    """Give an index that was edited, with a key and a calibration."""
    shutil.copytree(hashed_index, tmp_path / "own")
    layout = IndexLayout(tmp_path / "own")
    with Editor(layout.root, who="ann") as editor:
        id_ = editor.add("bakery", SCORING).id
        editor.change(id_, definition="Cutting dough.")
        editor.delete("bakery:crumb", successor=id_)
    KeyStore(layout.keys).create(name="k", scope=KeyScope.EDIT, now=datetime.now(UTC))
    layout.calibration.write_text(CALIBRATION, encoding="utf-8")
    return layout


def test_there_and_back_is_the_same(own: IndexLayout, url: str, tmp_path: Path) -> None:
    """Rows, files, keys and calibration; the index that comes back is one of its own."""
    database, back = database_of(url), IndexLayout(tmp_path / "back")
    there = copy_into_store(own, database, Silent())
    here = copy_into_folder(back, database, Silent())
    with closing(EntryReader(own.store)) as first, closing(EntryReader(back.store)) as last:
        assert summary(first) == summary(last) == there.rows == here.rows
        assert first.copied() == last.copied()
    assert there.keys == here.keys == 1
    assert KeyStore(back.keys).all() == KeyStore(own.keys).all()
    assert back.calibration.read_text(encoding="utf-8") == CALIBRATION
    assert back.current.read_bytes() == own.current.read_bytes()
    assert shared_url(back) is None
    verify(back.root)
    with Editor(back.root) as editor:
        assert editor.successor("bakery:crumb") == "bakery:scoring"
        editor.restore("bakery:crumb", 2)
    for target, into in ((own, copy_into_store), (back, copy_into_folder)):
        with pytest.raises(InvalidSetting, match="already"):
            into(target, database, Silent())


def test_a_store_that_was_restored_gets_another_identity(
    own: IndexLayout, url: str, postgres_server: TestServer, tmp_path: Path
) -> None:
    """By the commands that deploy/README names: no tag of a lost edit means another one."""
    copy_into_store(own, database_of(url), Silent())
    copy_into_folder(IndexLayout(tmp_path / "saved"), database_of(url), Silent())
    back_up(tmp_path / "saved", tmp_path / "saved.tar")
    restore_backup(tmp_path / "saved.tar", tmp_path / "renewed")
    with empty_store(postgres_server) as fresh:
        copy_into_store(IndexLayout(tmp_path / "renewed"), database_of(fresh), Silent())
        with opened(database_of(url)) as former, opened(database_of(fresh)) as new:
            assert new.revision[0] != former.revision[0]
            assert new.revision[1] == former.revision[1]
            assert [*new.entries()] == [*former.entries()]
        join_store(IndexLayout(tmp_path / "server"), fresh, Silent())
    assert verify(tmp_path / "server")


def test_a_copy_that_was_interrupted_goes_on(
    own: IndexLayout, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sees the half of it: the store has no generation, the folder is no index."""
    database, back = database_of(url), IndexLayout(tmp_path / "back")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(moves, "put_generation", die)
        with pytest.raises(KeyboardInterrupt):
            copy_into_store(own, database, Silent())
    with pytest.raises(IndexMissing):
        copy_into_folder(back, database, Silent())
    copy_into_store(own, database, Silent())
    with monkeypatch.context() as patch:
        patch.setattr("semsearch.ingest.shared.local_copy.fetch_generation", die)
        with pytest.raises(KeyboardInterrupt):
            copy_into_folder(back, database, Silent())
    copy_into_folder(back, database, Silent())
    verify(back.root)


def test_nobody_edits_while_files_are_fetched_for_long(
    own: IndexLayout, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL ends a session that does nothing; this one has the lock until the end."""
    from semsearch.storage.postgres import connection  # noqa: PLC0415 - an extra

    database, back = database_of(url), IndexLayout(tmp_path / "back")
    copy_into_store(own, database, Silent())
    monkeypatch.setattr(connection, "EDIT_IDLE_S", 1)
    monkeypatch.setattr(moves, "_ASKED_S", 0.1)
    others = []

    def fetch_slowly(*args: object) -> None:
        time.sleep(2.5)
        with opened(database) as other:
            try:
                with other.connection.locked(Lock.EDITING, 0.05):
                    others.append("edits")
            except IndexBusy:
                others.append("waits")
        fetch_generation(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(local_copy, "fetch_generation", fetch_slowly)
    copy_into_folder(back, database, Silent())
    assert others == ["waits"]
    verify(back.root)


def test_a_copy_that_lost_its_lock_is_no_index(
    own: IndexLayout, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may have edited since its rows were compared; it is repeated."""
    database, back = database_of(url), IndexLayout(tmp_path / "back")
    copy_into_store(own, database, Silent())

    def lose(_: object, shared: EntryStore, __: object) -> None:
        with opened(database) as other:
            (number,) = shared.connection.execute("SELECT pg_backend_pid()").fetchone()
            other.connection.execute("SELECT pg_terminate_backend(?::int)", (number,))
        fetch_newest(back, shared, Silent())

    fetch_newest = local_copy.fetch_newest
    with monkeypatch.context() as patch:
        patch.setattr(moves, "fetch_newest", lose)
        with pytest.raises(StoreUnavailable):
            copy_into_folder(back, database, Silent())
    assert not back.current.exists()
    copy_into_folder(back, database, Silent())
    verify(back.root)


def test_a_copy_that_differs_is_told(
    own: IndexLayout, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is compared by number and hash of the rows of each kind."""
    database = database_of(url)

    def lossy(*args: object, **named: object) -> object:
        done = replicate(*args, **named)  # type: ignore[arg-type]
        with opened(database) as shared:
            shared.connection.execute("UPDATE history SET before = replace(before, 'a', 'b')")
        return done

    with monkeypatch.context() as patch:
        patch.setattr("semsearch.ingest.shared.moves.replicate", lossy)
        with pytest.raises(IndexDamaged, match="differs from what was copied in its history"):
            copy_into_store(own, database, Silent())
    assert not has_glossary(database), "no server may answer from it"


def test_a_folder_that_differs_is_no_index(
    own: IndexLayout, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can ask it; the copy can be repeated."""
    database, back = database_of(url), IndexLayout(tmp_path / "back")
    copy_into_store(own, database, Silent())

    def lossy(*args: object, **named: object) -> object:
        done = replicate(*args, **named)  # type: ignore[arg-type]
        with sqlite3.connect(back.store) as file:
            file.execute("UPDATE history SET before = replace(before, 'a', 'b')")
        return done

    with monkeypatch.context() as patch:
        patch.setattr("semsearch.ingest.shared.moves.replicate", lossy)
        with pytest.raises(IndexDamaged, match="differs from what was copied in its history"):
            copy_into_folder(back, database, Silent())
    assert not back.current.exists()
    with pytest.raises(IndexDamaged, match="remove it, and copy again"):
        copy_into_folder(back, database, Silent())
    shutil.rmtree(back.root)
    copy_into_folder(back, database, Silent())
    verify(back.root)


def test_another_glossary_is_not_mixed_in(
    own: IndexLayout, url: str, hashed_index: Path, tmp_path: Path
) -> None:
    """A store that has a glossary stays as it is."""
    database = database_of(url)
    copy_into_store(IndexLayout(hashed_index), database, Silent())
    with opened(database) as shared:
        before = summary(shared)
    with pytest.raises(SemsearchError, match="has a glossary already"):
        copy_into_store(own, database, Silent())
    with opened(database) as shared:
        assert summary(shared) == before


def test_keys_are_those_of_the_store(url: str, own: IndexLayout, tmp_path: Path) -> None:
    """A key that one server makes counts on the others; revoked there, it counts nowhere."""
    database: SharedDatabase = database_of(url)
    copy_into_store(own, database, Silent())
    one, other = IndexLayout(tmp_path / "one"), IndexLayout(tmp_path / "other")
    for layout in (one, other):
        join_store(layout, url, Silent())
    keys = KeyStore(one.keys, database)
    key, secret = keys.create(name="new", scope=KeyScope.SEARCH, now=datetime.now(UTC))
    assert [one.name for one in keys.all()] == ["k", "new"]
    catch_up(other, database, Silent())
    with closing(KeyRing(other.keys)) as ring:
        assert ring.find(secret.text).name == "new"
        KeyStore(one.keys, database).revoke(key.id, now=datetime.now(UTC))
        catch_up(other, database, Silent())
        with pytest.raises(SemsearchError, match="revoked"):
            ring.find(secret.text)


def test_a_key_is_made_and_revoked_also_while_its_copy_cannot_be_written(
    url: str, own: IndexLayout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else knows the secret of a new key; that one is revoked has to be told."""
    copy_into_store(own, database_of(url), Silent())
    one = IndexLayout(tmp_path / "one")
    join_store(one, url, Silent())
    keys, now = KeyStore(one.keys, database_of(url)), datetime.now(UTC)

    def locked(_: object, file: Path) -> None:
        with (
            closing(sqlite3.connect(file)) as another,
            closing(sqlite3.connect(file, timeout=0)) as refused,
        ):
            another.execute("BEGIN EXCLUSIVE")
            refused.execute("BEGIN IMMEDIATE")

    with monkeypatch.context() as patch:
        patch.setattr(key_store, "copy_keys", locked)
        key, secret = keys.create(name="new", scope=KeyScope.SEARCH, now=now)
    catch_up(one, database_of(url), Silent())
    with closing(KeyRing(one.keys)) as ring:
        assert ring.find(secret.text).name == "new"
        with monkeypatch.context() as patch:
            patch.setattr(key_store, "copy_keys", locked)
            with pytest.raises(IndexBusy):
                keys.revoke(key.id, now=now)
        catch_up(one, database_of(url), Silent())
        with pytest.raises(SemsearchError, match="revoked"):
            ring.find(secret.text)


def test_a_calibration_is_one_of_the_store(url: str, own: IndexLayout, tmp_path: Path) -> None:
    """Removed on one server, it is gone on the others."""
    copy_into_store(own, database_of(url), Silent())
    one, other = IndexLayout(tmp_path / "one"), IndexLayout(tmp_path / "other")
    for layout in (one, other):
        join_store(layout, url, Silent())
        assert layout.calibration.exists()
    assert reset(one.root)
    for layout in (one, other):
        catch_up(layout, database_of(url), Silent())
        assert not layout.calibration.exists()


def test_no_look_of_a_follower_undoes_a_calibration(
    url: str, own: IndexLayout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks just before and just after the store has the change."""
    copy_into_store(own, database_of(url), Silent())
    one = IndexLayout(tmp_path / "one")
    join_store(one, url, Silent())
    share = share_calibration

    def between_looks(layout: IndexLayout, *content: bytes | None) -> None:
        with opened(database_of(url)) as shared:
            copy_settings(layout, shared)
            share(layout, *content)
            copy_settings(layout, shared)

    monkeypatch.setattr(calibrate, "share_calibration", between_looks)
    assert reset(one.root)
    catch_up(one, database_of(url), Silent())
    assert not one.calibration.exists()
    stored = StoredCalibration(**json.loads(CALIBRATION))
    save_calibration(one, stored, partial(between_looks, one))
    catch_up(one, database_of(url), Silent())
    assert json.loads(one.calibration.read_bytes()) == asdict(stored)
