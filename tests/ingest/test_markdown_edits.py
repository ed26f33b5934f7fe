"""Edits that state the Markdown of a definition, its plain text, or both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.core.entries import Details
from semsearch.core.errors import InvalidEntry
from semsearch.importers.markdown_writer.blocks import MAX_MARKDOWN
from semsearch.index.backup import back_up
from semsearch.index.restore import restore_backup
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft

ID = "kitchen:skimmer"
TEXT = "A flat spoon with holes."
MARKED = "A **flat** spoon with `holes`."


@pytest.fixture
def editor(own_hashed_index: Path) -> Iterator[Editor]:
    """Yield an editor of an index with an entry that has Markdown."""
    with Editor(own_hashed_index) as made:
        made.put(ID, Draft("Skimmer", TEXT, details=Details(markdown=MARKED)))
        yield made


def _said(editor: Editor) -> tuple[str, str]:
    entry = editor.entry(ID).entry
    return entry.definition, entry.details.markdown


def test_a_new_definition_drops_the_markdown(editor: Editor) -> None:
    """Other changes keep it, and so does the same definition."""
    editor.change(ID, aliases=["Slotted spoon"])
    editor.change(ID, definition=TEXT)
    assert _said(editor) == (TEXT, MARKED)
    editor.change(ID, definition="A spoon.")
    assert _said(editor) == ("A spoon.", "")


def test_new_markdown_makes_the_definition(editor: Editor) -> None:
    """If it says the same, the definition stays as it is; it is kept in one form, or as nothing."""
    editor.change(ID, details={"markdown": "A flat spoon\nwith __holes__."})
    assert _said(editor) == (TEXT, "A flat spoon with **holes**.")
    editor.change(ID, details={"markdown": "# A spoon\n\n1) of *steel*\n2) of wood"})
    assert _said(editor) == (
        "A spoon\n\n1. of steel\n2. of wood",
        "**A spoon**\n\n1. of *steel*\n2. of wood",
    )
    editor.change(ID, details={"markdown": "Only words."})
    assert _said(editor) == ("Only words.", "")


def test_both_must_say_the_same(editor: Editor) -> None:
    """The error names both; nothing is changed."""
    with pytest.raises(InvalidEntry) as caught:
        editor.change(ID, definition="A fork.", details={"markdown": "A **spoon**."})
    assert str(caught.value) == (
        "the Markdown says 'A spoon.', and the definition 'A fork.'; "
        "state the same text in both, or only one of them"
    )
    editor.change(ID, definition="A spoon.", details={"markdown": "A **spoon**."})
    with pytest.raises(InvalidEntry, match="longer than 40,000 characters; shorten it"):
        editor.change(ID, details={"markdown": "*a* " * (MAX_MARKDOWN // 4 + 1)})
    assert _said(editor) == ("A spoon.", "A **spoon**.")


def test_history_and_backup_keep_markdown(editor: Editor, tmp_path: Path) -> None:
    """A restored version has it, and so has a restored index."""
    revision = editor.entry(ID).revision
    editor.change(ID, definition="A spoon.")
    assert [v.entry and v.entry.details.markdown for v in editor.history(ID)] == [MARKED, ""]
    editor.restore(ID, revision)
    assert _said(editor) == (TEXT, MARKED)
    back_up(tmp_path / "index", tmp_path / "backup.tar")
    restore_backup(tmp_path / "backup.tar", tmp_path / "other")
    with Editor(tmp_path / "other") as other:
        assert _said(other) == (TEXT, MARKED)
