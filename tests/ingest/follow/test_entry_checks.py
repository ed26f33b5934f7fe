"""Entries of a followed service: what imports and edits make is taken, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from semsearch.core.entries import Details
from semsearch.core.errors import InvalidEntry
from semsearch.ingest.bulk import plan
from semsearch.ingest.follow.entry_checks import check_entry, is_id
from tests.conftest import ENTRIES
from tests.ingest.follow.test_mirror import FULL


def test_what_imports_make_is_taken() -> None:
    """Names and texts of any script, with tabs and line feeds where they may be."""
    lines = (
        '{"term": "می‌خواهم", "definition": "I want.\\n\\n\\tIt is a verb.", "language": "fa"}\n'
        '{"term": "→", "definition": "To the right.", "aliases": ["C++", ".NET"], "Owner": "Ann\\nBob"}\n'
        '{"term": "利率", "definition": "**Bold** text.", "language": "zh-hans", "id": "利率"}\n'
    )
    made = [edit.entry for edit in plan(lines, "größe-a", lambda id_: None).edits]
    assert len(made) == 3
    for entry in (*made, *ENTRIES, FULL):
        assert entry is not None
        assert is_id(entry.id)
        check_entry(entry)


@pytest.mark.parametrize(
    "id_", ["", "a", ":b", "a:", "A:b", "../..:b", "a:b/c", "a:b c", "a:b\u202e"]
)
def test_what_is_no_id(id_: str) -> None:
    """It would not stand in an address, or in the name of a file."""
    assert not is_id(id_)


def test_control_characters_are_refused() -> None:
    """In each text, whatever its place."""
    for entry in (
        replace(FULL, definition="a\x9bb"),
        replace(FULL, aliases=("a", "b\x7f")),
        replace(FULL, details=Details(category="a\x00")),
        replace(FULL, details=Details(extra=(("a", "b\x1b"),))),
    ):
        with pytest.raises(InvalidEntry, match="a text has control characters"):
            check_entry(entry)
