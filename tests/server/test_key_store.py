"""The key file: what it stores, who may read it, and several processes at once.

Covers `server/auth/expiry`.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from semsearch.core.errors import (
    FormatTooNew,
    IndexBusy,
    IndexDamaged,
    IndexUnwritable,
    InvalidSetting,
    KeyNotFound,
    KeyRefused,
    StoredIndexError,
)
from semsearch.server.auth.key_store import KeyRing, KeyStore
from semsearch.server.auth.keys import AccessKey, KeyScope, Secret
from tests.conftest import PROJECT
from tests.server.clock import SettableClock

NOW = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the keys are kept; there is no file yet."""
    return tmp_path / "keys.db"


@pytest.fixture
def store(file: Path) -> KeyStore:
    """Return a store without keys."""
    return KeyStore(file)


def _create(store: KeyStore, expires: datetime | None = None) -> tuple[AccessKey, str]:
    key, secret = store.create(name="Ann", scope=KeyScope.EDIT, expires=expires, now=NOW)
    return key, secret.text


def test_a_key_comes_back_as_it_was_made(store: KeyStore, file: Path) -> None:
    """All that was stated is listed and found, and its secret is not in the file."""
    later = NOW + timedelta(days=1)
    made, secret = store.create(
        name="Ann's laptop, äöü",
        scope=KeyScope.SEARCH,
        glossaries=["ships", "kitchen", "ships"],
        expires=later,
        now=NOW,
    )
    assert made == AccessKey(
        secret.id, "Ann's laptop, äöü", KeyScope.SEARCH, ("ships", "kitchen"), NOW, later, None
    )
    assert store.all() == [made]
    with closing(KeyRing(file, lambda: NOW)) as ring:
        assert ring.find(secret.text) == made
    content = file.read_bytes()
    assert secret.secret.encode() not in content
    assert bytes.fromhex(secret.secret) not in content
    assert secret.digest in content


def test_without_a_file_there_are_no_keys(store: KeyStore, file: Path) -> None:
    """Looking does not make one."""
    assert store.all() == []
    with closing(KeyRing(file)) as ring:
        assert not ring.has_valid_keys()
        with pytest.raises(KeyRefused, match="this is not a key of this index"):
            ring.find(Secret.new().text)
    with pytest.raises(KeyNotFound, match="there is no key with the id 'abc'"):
        store.revoke("abc", now=NOW)
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_nobody_else_may_read_the_file(store: KeyStore, file: Path, mask: int) -> None:
    """The mode does not depend on the umask, and no other file has the keys."""
    before = os.umask(mask)
    try:
        _create(store)
    finally:
        os.umask(before)
    modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in file.parent.iterdir()}
    assert modes.pop("keys.db") == 0o600
    assert set(modes.values()) <= {0o600}


def test_keys_are_listed_in_the_order_they_were_made(store: KeyStore) -> None:
    """Keys are sorted by the time of creation."""
    for minute in (3, 1, 2):
        now = NOW + timedelta(minutes=minute)
        store.create(name=str(minute), scope=KeyScope.SEARCH, now=now)
    assert [key.name for key in store.all()] == ["1", "2", "3"]


def test_a_secret_of_another_key_is_refused(store: KeyStore, file: Path) -> None:
    """The id and the secret have to belong together; a wrong secret is told nothing of the key."""
    key, text = _create(store)
    _, other = _create(store)
    store.revoke(key.id, now=NOW)
    swapped = Secret(key.id, Secret.parse(other).secret)
    with closing(KeyRing(file, lambda: NOW)) as ring:
        for wrong in (swapped.text, Secret.new().text):
            with pytest.raises(KeyRefused, match=r"^this is not a key of this index;") as raised:
                ring.find(wrong)
            assert key.id not in str(raised.value)
        with pytest.raises(KeyRefused, match=f"^the key {key.id} was revoked on 2027-03-01 12:30"):
            ring.find(text)


def test_an_open_ring_sees_what_is_made_and_revoked(store: KeyStore, file: Path) -> None:
    """Changes are visible at once, also if the ring was opened before the file existed."""
    with closing(KeyRing(file, lambda: NOW)) as ring:
        with pytest.raises(KeyRefused):
            ring.find(Secret.new().text)
        key, text = _create(store)
        assert ring.find(text) == key
        revoked = store.revoke(key.id, now=NOW)
        assert revoked.revoked == NOW
        with pytest.raises(KeyRefused, match="was revoked"):
            ring.find(text)
        assert store.revoke(key.id, now=NOW + timedelta(days=1)) == revoked
        again, text = _create(store)
        assert ring.find(text) == again


def test_an_open_ring_sees_a_file_that_takes_the_place_of_another(
    store: KeyStore, file: Path, tmp_path: Path
) -> None:
    """A key of a file that was removed or replaced is good no longer."""
    _, text = _create(store)
    other = tmp_path / "other.db"
    key, secret = KeyStore(other).create(name="", scope=KeyScope.SEARCH, now=NOW)
    with closing(KeyRing(file, lambda: NOW)) as ring:
        ring.find(text)
        other.replace(file)
        with pytest.raises(KeyRefused):
            ring.find(text)
        assert ring.find(secret.text) == key
        file.unlink()
        with pytest.raises(KeyRefused):
            ring.find(secret.text)


def test_a_key_expires_while_the_ring_is_open(store: KeyStore, file: Path) -> None:
    """The ring uses the clock that it was given."""
    clock = SettableClock(NOW)
    _, text = _create(store, expires=NOW + timedelta(days=30))
    with closing(KeyRing(file, clock)) as ring:
        ring.find(text)
        assert ring.has_valid_keys()
        clock.now += timedelta(days=30)
        assert not ring.has_valid_keys()
        with pytest.raises(KeyRefused, match="expired on 2027-03-31 12:30 UTC; `semsearch keys"):
            ring.find(text)


def test_threads_may_look_keys_up(store: KeyStore, file: Path) -> None:
    """Threads share one open file while keys are made."""
    texts = [_create(store)[1] for _ in range(5)]
    found: list[str] = []
    with closing(KeyRing(file, lambda: NOW)) as ring:

        def look() -> None:
            found.extend(ring.find(text).id for _ in range(100) for text in texts)

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        _create(store)
        for thread in threads:
            thread.join()
    assert len(found) == 2000
    assert set(found) == {Secret.parse(text).id for text in texts}


@pytest.mark.process
def test_two_processes_make_keys_at_once(store: KeyStore, file: Path) -> None:
    """None is lost, not when the file itself is made by both either."""
    command = [sys.executable, "-m", "tests.server.creating_keys", str(file), "10"]
    makers = [
        subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for maker in makers:
        assert maker.stdout
        assert maker.stdout.readline() == "ready\n"
    for maker in makers:
        assert maker.stdin
        maker.stdin.write("go\n")
        maker.stdin.flush()
    texts = [line for maker in makers for line in maker.communicate(timeout=60)[0].split()]
    assert [maker.returncode for maker in makers] == [0, 0]
    assert len(texts) == 20
    assert {key.id for key in store.all()} == {Secret.parse(text).id for text in texts}
    with closing(KeyRing(file)) as ring:
        for text in texts:
            assert ring.find(text).scope is KeyScope.EDIT


def test_a_file_that_was_made_and_not_written_has_no_keys(store: KeyStore, file: Path) -> None:
    """A killed process leaves such a file; the next process writes its keys into it."""
    file.touch(mode=0o600)
    assert store.all() == []
    with closing(KeyRing(file, lambda: NOW)) as ring:
        with pytest.raises(KeyRefused):
            ring.find(Secret.new().text)
        key, text = _create(store)
        assert ring.find(text) == key


def test_a_file_that_may_not_be_written_is_read(store: KeyStore, file: Path) -> None:
    """Keys on a read-only volume work without any other file."""
    key, text = _create(store)
    store.revoke(_create(store)[0].id, now=NOW)
    file.chmod(0o400)
    file.parent.chmod(0o500)
    try:
        assert len(store.all()) == 2
        with closing(KeyRing(file, lambda: NOW)) as ring:
            assert ring.find(text) == key
    finally:
        file.parent.chmod(0o700)


def test_a_damaged_file_is_named(store: KeyStore, file: Path) -> None:
    """The error says what to do; no key is accepted, and none is called wrong."""
    _, text = _create(store)
    file.write_bytes(b"no database at all, " * 500)
    with closing(KeyRing(file, lambda: NOW)) as ring:
        for look in (store.all, lambda: ring.find(text), lambda: _create(store)):
            with pytest.raises(IndexDamaged, match=r"keys\.db is not a sound database of keys"):
                look()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE key SET scope = 'all'",
        "UPDATE key SET glossaries = '{'",
        "UPDATE key SET created = 'yesterday'",
        "DROP TABLE key",
    ],
)
def test_rows_that_are_no_keys_are_damage(store: KeyStore, file: Path, damage: str) -> None:
    """Not an error of whoever reads them."""
    _, text = _create(store)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(damage)
        connection.commit()
    with closing(KeyRing(file, lambda: NOW)) as ring:
        for look in (store.all, store.check, lambda: ring.find(text)):
            with pytest.raises(StoredIndexError, match=r"keys\.db "):
                look()


def test_a_check_reads_the_whole_file(store: KeyStore, file: Path) -> None:
    """Of a file that has its first page alone, the rest is missing."""
    store.check()
    assert not file.exists()
    _, text = _create(store)
    store.check()
    whole = file.read_bytes()
    size = int.from_bytes(whole[16:18])
    file.write_bytes(whole[:-size] + bytes(size))
    with pytest.raises(IndexDamaged, match=r"keys\.db is not a sound database of keys"):
        store.check()
    with closing(KeyRing(file, lambda: NOW)) as ring, pytest.raises(IndexDamaged):
        ring.find(text)


def test_a_file_of_a_newer_version_is_refused(store: KeyStore, file: Path) -> None:
    """Readers and writers refuse such a file."""
    _create(store)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version=99")
    for look in (store.all, lambda: KeyRing(file).find(Secret.new().text), lambda: _create(store)):
        with pytest.raises(
            FormatTooNew, match="schema 99, this version knows 1; upgrade semsearch"
        ):
            look()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A missing folder is not made."""
    with pytest.raises(IndexUnwritable, match="cannot be read or written"):
        _create(KeyStore(tmp_path / "none" / "keys.db"))


@pytest.mark.parametrize(
    ("name", "scope", "glossaries", "said"),
    [
        ("a" * 101, KeyScope.EDIT, [], "one line of at most 100 characters"),
        ("two\nlines", KeyScope.EDIT, [], "one line of at most 100 characters"),
        ("\x1b[31m", KeyScope.EDIT, [], "one line of at most 100 characters"),
        (Secret.new().text, KeyScope.EDIT, [], "must not be a key"),
        ("", KeyScope.ADMIN, ["ships"], "scope admin is for the whole index"),
    ],
    ids=["long", "two lines", "control", "a key", "glossary"],
)
def test_what_no_key_can_be(
    store: KeyStore, file: Path, name: str, scope: KeyScope, glossaries: list[str], said: str
) -> None:
    """It is refused before anything is written."""
    with pytest.raises(InvalidSetting, match=said):
        store.create(name=name, scope=scope, glossaries=glossaries, now=NOW)
    assert not file.exists()


@pytest.mark.process
def test_a_writer_waits_for_another_and_then_says_so(store: KeyStore, file: Path) -> None:
    """After five seconds; what was to be written is not."""
    _create(store)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(IndexBusy, match="another process is writing"):
            _create(store)
        other.execute("ROLLBACK")
    assert len(store.all()) == 1


def test_a_look_up_waits_for_a_writer_no_longer_than_a_second(store: KeyStore, file: Path) -> None:
    """All requests wait with it. None is permitted meanwhile, and afterwards all work again."""
    key, text = _create(store)
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        closing(KeyRing(file, lambda: NOW)) as ring,
    ):
        assert ring.find(text) == key
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        with pytest.raises(IndexBusy, match="another process is writing"):
            ring.find(text)
        assert 0.9 < time.monotonic() - began < 8
        other.execute("ROLLBACK")
        assert ring.find(text) == key
