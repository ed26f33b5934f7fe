"""`storage/inbox`: suggestions of readers wait, bounded, and are decided once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.storage import inbox
from semsearch.storage.inbox import (
    InboxState,
    ReaderSuggestion,
    decide,
    erase_entries,
    find,
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
    found = suggest(file, "kitchen", term, f"About {term}.", NOW, entry)
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
    with pytest.raises(InvalidSetting, match="refused with a reason"):
        decide(file, second.id, InboxState.REFUSED, " ", "Bob")
    assert decide(file, second.id, InboxState.REFUSED, "It is a colander.", "Bob")
    assert listed(file, InboxState.OPEN) == []
    (refused,) = listed(file, InboxState.REFUSED)
    assert (refused.reason, refused.decided_by) == ("It is a colander.", "Bob")
    assert [one.term for one in listed(file, InboxState.ACCEPTED)] == ["Tongs"]


def test_the_inbox_is_bounded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full one takes no more; of decided ones the latest stay."""
    monkeypatch.setattr(inbox, "MAX_OPEN", 2)
    monkeypatch.setattr(inbox, "MAX_DECIDED", 1)
    first, second = made(file), made(file)
    assert suggest(file, "kitchen", "More", "", NOW) is None
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
