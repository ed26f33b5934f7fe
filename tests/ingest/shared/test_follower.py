"""Which access keys count on a server whose store is away, or whose rows cannot be copied.

Covers `ingest/shared/follower`.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import KeyRefused
from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared import follower as following
from semsearch.ingest.shared.follower import KEYS_VALID_S, SharedFollower
from semsearch.ingest.shared.local_copy import catch_up
from semsearch.server.auth.key_store import KeyRing, KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import in_step
from tests.ingest.shared.test_local_copy import SCORING, first_hit
from tests.server.service_process import comes

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

    NewServer = Callable[[str], IndexLayout]


def test_a_restart_does_not_make_old_keys_valid(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """What counts is when they were compared, by the clock on the wall; unknown is too old."""
    layout = new_server("one")
    SharedFollower(layout, database).check_keys()
    for noted in (time.time() - KEYS_VALID_S - 60, time.time() + 2 * KEYS_VALID_S):
        layout.keys_compared.write_text(str(int(noted)), encoding="ascii")
        with pytest.raises(StoreUnavailable, match=r"have not been compared .* for \d+ s"):
            SharedFollower(layout, database).check_keys()
    for unknown in ("", "nan", "x"):
        layout.keys_compared.write_text(unknown, encoding="ascii")
        with pytest.raises(StoreUnavailable, match="not known when"):
            SharedFollower(layout, database).check_keys()
    layout.keys_compared.unlink()
    with pytest.raises(StoreUnavailable, match="not known when"):
        SharedFollower(layout, database).check_keys()
    catch_up(layout, database, Silent())
    SharedFollower(layout, database).check_keys()


def test_keys_that_another_process_has_compared_since_count(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """Such as the one that made the first key of a store, before the service looks for itself."""
    layout = new_server("one")
    layout.keys_compared.unlink()
    follower = SharedFollower(layout, database)
    with pytest.raises(StoreUnavailable):
        follower.check_keys()
    KeyStore(layout.keys, database).create(name="", scope=KeyScope.SEARCH, now=utc_now())
    follower.check_keys()


def test_a_follower_follows_again_after_its_end(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """As where one application is started twice."""
    layout, other = new_server("one"), new_server("other")
    follower = SharedFollower(layout, database)
    for term in ("Scoring", "Sifting"):
        with closing(follower):
            follower.start()
            with Editor(other.root) as editor:
                editor.add("bakery", Draft(term, f"{term} is a step of baking."))
            assert comes(lambda term=term: first_hit(layout, term) == term)  # type: ignore[misc]


def test_a_suspended_machine_does_not_make_old_keys_valid(
    new_server: NewServer, database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of the process stands still meanwhile; the one on the wall may be set back."""
    follower = SharedFollower(new_server("one"), database)
    for clock in ("time", "monotonic"):
        later = getattr(time, clock)() + KEYS_VALID_S + 60
        with monkeypatch.context() as patch:
            patch.setattr(time, clock, lambda later=later: later)
            with pytest.raises(StoreUnavailable):
                follower.check_keys()
    follower.check_keys()


def test_that_postgresql_is_away_is_logged_once(
    new_server: NewServer,
    database: SharedDatabase,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is refused, then it starts, then it does not answer in time: that is one problem."""
    layout = new_server("one")
    looks = []

    def fail(*_: object) -> None:
        looks.append(1)
        raise StoreUnavailable(f"the store does not answer (reason {len(looks)})")

    monkeypatch.setattr(following, "PAUSE_S", 0.01)
    caplog.set_level("INFO", "semsearch")
    with closing(SharedFollower(layout, database)) as follower:
        with monkeypatch.context() as patch:
            patch.setattr(following, "copy_settings", fail)
            follower.start()
            assert comes(lambda: len(looks) > 2)
            assert comes(lambda: "does not answer" in in_step(layout).problem)
        assert comes(lambda: "in step with its store again" in caplog.text)
        assert in_step(layout).problem == ""
    assert caplog.text.count("is not kept in step") == 1


def test_one_process_of_a_server_follows_for_all(
    new_server: NewServer,
    database: SharedDatabase,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That PostgreSQL is away is logged once; when the process ends, the next one follows."""
    layout, other = new_server("one"), new_server("other")
    looks: list[str] = []

    def fail(*_: object) -> None:
        looks.append(threading.current_thread().name)
        raise StoreUnavailable("the store does not answer")

    monkeypatch.setattr(following, "PAUSE_S", 0.01)
    monkeypatch.setattr(following, "POLL_S", 0.05)
    with (
        closing(SharedFollower(layout, database)) as first,
        closing(SharedFollower(layout, database)) as second,
    ):
        with monkeypatch.context() as patch:
            patch.setattr(following, "copy_settings", fail)
            first.start()
            assert comes(lambda: len(looks) > 2)
            second.start()
            before = len(looks)
            assert comes(lambda: len(looks) > before + 5)
            assert caplog.text.count("is not kept in step") == 1
        first.close()
        with Editor(other.root) as editor:
            editor.add("bakery", SCORING)
        assert comes(lambda: first_hit(layout) == "Scoring")
        second.check_keys()


def test_a_process_that_does_not_follow_knows_when_keys_were_compared(
    new_server: NewServer, database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one of the server compares them, and notes it."""
    layout = new_server("one")
    monkeypatch.setattr(following, "POLL_S", 0.05)
    layout.keys_compared.write_text("1", encoding="ascii")
    with closing(SharedFollower(layout, database)) as second:
        with pytest.raises(StoreUnavailable):
            second.check_keys()
        with file_lock(layout.following):
            second.start()
            layout.keys_compared.write_text(str(int(time.time())), encoding="ascii")

            def counts() -> bool:
                try:
                    second.check_keys()
                except StoreUnavailable:
                    return False
                return True

            assert comes(counts)


def test_a_revoked_key_is_refused_though_rows_cannot_be_copied(
    new_server: NewServer, database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys are copied first, and only they have to be compared to count on."""
    one, other = new_server("one"), new_server("other")
    keys = KeyStore(one.keys, database)
    key, secret = keys.create(name="Ann", scope=KeyScope.EDIT, now=utc_now())
    catch_up(other, database, Silent())

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(following, "catch_up_rows", fail)
    with closing(SharedFollower(other, database)) as follower:
        follower.start()
        with closing(KeyRing(other.keys, check=follower.check_keys)) as ring:
            assert ring.find(secret.text).id == key.id
            keys.revoke(key.id, now=utc_now())

            def is_refused() -> bool:
                try:
                    ring.find(secret.text)
                except KeyRefused:
                    return True
                return False

            assert comes(is_refused)


@pytest.mark.parametrize(
    "error", [StoreUnavailable("the files of the shared store cannot be reached"), MemoryError()]
)
def test_a_generation_that_cannot_be_fetched_is_tried_again(
    error: Exception,
    new_server: NewServer,
    database: SharedDatabase,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After a pause, and it is logged once; rows are in step meanwhile."""
    one, other = new_server("one"), new_server("other")
    attempts = []

    def fail(*_: object, **__: object) -> None:
        attempts.append(1)
        raise error

    monkeypatch.setattr(following, "FETCH_PAUSE_S", 0.01)
    monkeypatch.setattr(following, "POLL_S", 0.01)
    with Editor(one.root) as editor:
        editor.add("bakery", SCORING)
    assert publish_edits(one, Silent())
    with closing(SharedFollower(other, database)) as follower:
        with monkeypatch.context() as patch:
            patch.setattr(following, "fetch_newest", fail)
            follower.start()
            assert comes(lambda: len(attempts) > 2)
            assert comes(lambda: in_step(other).revision == 8)
        assert comes(lambda: other.current.read_bytes() == one.current.read_bytes())
    assert caplog.text.count(f"was not fetched: {str(error) or repr(error)}") == 1
