"""`storage/feedback/inbox`: suggestions of readers wait, bounded, and are decided once.

Covers `storage/feedback/private_database`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting, TooManySuggestions
from semsearch.storage.feedback import inbox
from semsearch.storage.feedback.inbox import (
    InboxState,
    ReaderSuggestion,
    Sender,
    decide,
    erase_entries,
    find,
    forget_senders,
    listed,
    suggest,
)

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the suggestions are to be."""
    return tmp_path / "inbox.db"


def made(file: Path, term: str = "Tongs", entry: str = "") -> ReaderSuggestion:
    """Suggest something."""
    number = len(listed(file, InboxState.OPEN))
    found = suggest(
        file, "kitchen", term, f"About {term}.", NOW, entry, sender=Sender(b"%d" % number)
    )
    assert found is not None
    return found


def test_a_suggestion_is_found_by_its_id(file: Path) -> None:
    """Nobody guesses it; only the owner of the file may read it."""
    assert find(file, "a") is None
    one = made(file)
    assert len(one.id) == 32
    assert find(file, one.id) == one
    assert one.state is InboxState.OPEN
    assert file.stat().st_mode & 0o777 == 0o600


def test_suggestions_are_decided_once(file: Path) -> None:
    """Accepted, or refused with a reason."""
    assert not decide(file, "a", InboxState.ACCEPTED, "", "Ann")
    first, second = made(file), made(file, "Sieve")
    assert listed(file, InboxState.OPEN) == [second, first]
    assert decide(file, first.id, InboxState.ACCEPTED, "", "Ann")
    assert not decide(file, first.id, InboxState.REFUSED, "no", "Bob")
    assert not decide(file, first.id, InboxState.ACCEPTED, "", "Bob")
    assert decide(file, first.id, InboxState.ACCEPTED, "", "Ann")  # its answer was lost
    with pytest.raises(InvalidSetting, match="refused with a reason"):
        decide(file, second.id, InboxState.REFUSED, " ", "Bob")
    assert decide(file, second.id, InboxState.REFUSED, "It is a colander.", "Bob")
    assert listed(file, InboxState.OPEN) == []
    (refused,) = listed(file, InboxState.REFUSED)
    assert (refused.reason, refused.decided_by) == ("It is a colander.", "Bob")
    assert [one.term for one in listed(file, InboxState.ACCEPTED)] == ["Tongs"]


def test_the_inbox_is_bounded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full one takes no more; of decided ones the latest stay."""
    monkeypatch.setattr(inbox, "MAX_OPEN_OF_READERS", 2)
    monkeypatch.setattr(inbox, "MAX_DECIDED", 1)
    first, second = made(file), made(file)
    assert suggest(file, "kitchen", "More", "", NOW, sender=Sender(b"me")) is None
    decide(file, first.id, InboxState.ACCEPTED, "", "")
    assert made(file, "More")
    decide(file, second.id, InboxState.ACCEPTED, "", "")
    assert [one.id for one in listed(file, InboxState.ACCEPTED)] == [second.id]


def test_purged_entries_leave(file: Path) -> None:
    """With all that was suggested about them."""
    erase_entries(file, ["kitchen:jane"])
    assert not file.exists()
    made(file, "Jane", "kitchen:jane")
    other = made(file)
    erase_entries(file, ["kitchen:jane"])
    assert listed(file, InboxState.OPEN) == [other]
    assert b"Jane" not in file.read_bytes()


def test_a_sender_makes_five_an_hour(file: Path) -> None:
    """Those that were added count, and none for longer than the hour."""

    def send(sender: bytes, minutes: int) -> bool:
        at = NOW + timedelta(minutes=minutes)
        return (
            suggest(file, "kitchen", "Tongs", "They hold.", at, sender=Sender(sender)) is not None
        )

    assert all(send(b"me", minutes) for minutes in range(5))
    with pytest.raises(TooManySuggestions) as refused:
        send(b"me", 50)
    assert refused.value.retry_after_s == 10 * 60
    assert send(b"you", 50)
    assert send(b"me", 60)
    with pytest.raises(TooManySuggestions) as refused:
        send(b"me", 60)
    assert refused.value.retry_after_s == 60


def test_a_full_inbox_counts_for_nobody(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused suggestion does not use up what a sender may make."""
    monkeypatch.setattr(inbox, "MAX_OPEN_OF_READERS", 0)
    for _ in range(9):
        assert suggest(file, "kitchen", "Tongs", "They hold.", NOW, sender=Sender(b"me")) is None


def test_a_network_makes_twenty_an_hour(file: Path) -> None:
    """Whatever its addresses; others, and who has a key, go on."""

    def send(number: int, network: bytes | None) -> bool:
        sender = Sender(b"sender %d" % number, network)
        made = suggest(file, "kitchen", "Tongs", "x", NOW, sender=sender)
        return made is not None

    assert all(send(number, b"here") for number in range(20))
    with pytest.raises(TooManySuggestions) as refused:
        send(20, b"here")
    assert refused.value.retry_after_s == 60 * 60
    assert send(20, b"there")
    assert all(send(number, None) for number in range(30, 60))


def test_the_last_places_are_those_of_owners(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many suggestions readers make."""
    monkeypatch.setattr(inbox, "MAX_OPEN_OF_READERS", 2)
    monkeypatch.setattr(inbox, "MAX_OPEN", 3)

    def send(*, is_owner: bool) -> bool:
        made = suggest(file, "kitchen", "Tongs", "x", NOW, sender=Sender(b"me", is_owner=is_owner))
        return made is not None

    assert [send(is_owner=False) for _ in range(3)] == [True, True, False]
    assert [send(is_owner=True) for _ in range(2)] == [True, False]


def test_senders_are_forgotten_after_an_hour(file: Path) -> None:
    """Nothing of them is left in the file; suggestions stay."""
    forget_senders(file, NOW)
    assert not file.exists()
    digest, network = b"digest of somebody", b"digest of a network"
    assert suggest(file, "kitchen", "Tongs", "They hold.", NOW, sender=Sender(digest, network))
    forget_senders(file, NOW + timedelta(minutes=59))
    assert digest in file.read_bytes()
    assert network in file.read_bytes()
    forget_senders(file, NOW + timedelta(minutes=60))
    assert digest not in file.read_bytes()
    assert network not in file.read_bytes()
    assert len(listed(file, InboxState.OPEN)) == 1


def test_a_file_of_before_the_senders_is_read(file: Path) -> None:
    """Reading migrates it."""
    one = made(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE sender")
        connection.execute("PRAGMA user_version=1")
    assert listed(file, InboxState.OPEN) == [one]
