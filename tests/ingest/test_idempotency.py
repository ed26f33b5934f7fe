"""Requests that are sent again: carried out once, and answered as before.

Covers `storage/idempotency`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Changed
from semsearch.core.errors import AnsweredBefore, EntryConflict
from semsearch.ingest import Editor, IdempotentRequest, ImportReport
from semsearch.ingest.drafts import Draft
from semsearch.storage.idempotency import RETENTION, StoredRequest
from tests.own_indexes import store_of

SCORING = Draft("Scoring", "Cutting the dough.")


def _answer(result: Changed | ImportReport) -> bytes:
    if isinstance(result, Changed):
        return f"{result.id} {result.revision}".encode()
    return " ".join(str(record.revision) for record in result.records).encode()


def test_a_request_is_kept_with_what_it_changed(editor: Editor) -> None:
    """Its answer can be given again, to whoever sent it and nobody else."""
    bob = editor.as_author("bob", IdempotentRequest("k1", b"hash", _answer))
    bob.add("bakery", SCORING)
    assert bob.answered("k1") == StoredRequest("bob", "k1", b"hash", b"bakery:scoring 8")
    assert editor.answered("k1") is None
    assert bob.answered("k2") is None


def test_a_request_is_not_carried_out_twice(editor: Editor) -> None:
    """The second one changes nothing, even if nobody looked whether it was answered."""
    bob = editor.as_author("bob", IdempotentRequest("k1", b"hash", _answer))
    bob.add("bakery", SCORING, id_="one")
    with pytest.raises(AnsweredBefore, match="'k1' of bob was answered before"):
        bob.add("bakery", SCORING, id_="two")
    assert [changed.id for changed in editor.changes_since(7)] == ["bakery:one"]


def test_an_import_and_an_edit_without_change_are_requests_too(editor: Editor) -> None:
    """The answer to an import has all its revisions."""
    lines = '{"term": "A", "definition": "1."}\n{"term": "B", "definition": "2."}'
    bob = editor.as_author("bob", IdempotentRequest("k1", b"hash", _answer))
    bob.take(lines, "pantry")
    found = bob.answered("k1")
    assert found is not None
    assert found.answer == b"8 9"
    same = editor.as_author("bob", IdempotentRequest("k2", b"hash", _answer))
    same.change("bakery:crumb", term="Crumb")
    found = same.answered("k2")
    assert found is not None
    assert found.answer == b"bakery:crumb 2"


def test_a_request_that_fails_is_not_kept(editor: Editor) -> None:
    """It may be sent again when the reason is gone."""
    bob = editor.as_author("bob", IdempotentRequest("k1", b"hash", _answer))
    with pytest.raises(EntryConflict):
        bob.change("bakery:crumb", term="Pores", expected=1)
    assert bob.answered("k1") is None
    bob.change("bakery:crumb", term="Pores", expected=2)
    assert bob.answered("k1") is not None


def test_requests_are_forgotten_after_a_day(editor: Editor, index: Path) -> None:
    """After a day a key may be used for another request."""
    bob = editor.as_author("bob", IdempotentRequest("k1", b"hash", _answer))
    bob.add("bakery", SCORING, id_="one")
    with store_of(index) as store, store.connection.transaction():
        store.connection.execute("UPDATE request SET at = at - ?", (RETENTION.total_seconds() + 1,))
    assert bob.answered("k1") is None
    bob.add("bakery", SCORING, id_="two")
    with store_of(index) as store:
        assert store.connection.execute("SELECT count(*) FROM request").fetchone() == (1,)
