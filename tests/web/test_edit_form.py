"""The form of an entry: its texts, merging two changes, what versions changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from semsearch.core.entries import ChangeKind, Details, Entry, Version
from semsearch.text.word_diff import WordChange
from semsearch.web.edit_form import form_fields, merged, shown_versions, texts_of

ENTRY = Entry(
    "a:leaven",
    "Leaven",
    "It raises dough.",
    "a",
    aliases=("Starter", "Sourdough"),
    details=Details(status="approved", extra=(("Owner", "Jane"),)),
)


def test_an_entry_as_texts() -> None:
    """Lists have an item a line; a definition with structure is its Markdown."""
    texts = texts_of(ENTRY)
    assert texts["aliases"] == "Starter\nSourdough"
    assert texts["extra:Owner"] == "Jane"
    assert texts["markdown"] == ""
    rich = replace(ENTRY, details=Details(markdown="It *raises* dough."))
    assert texts_of(rich)["definition"] == "It *raises* dough."
    assert texts_of(rich)["markdown"] == "on"


def test_a_form_has_every_field_once() -> None:
    """The box of Markdown belongs to the definition; extra fields come last."""
    fields = form_fields(texts_of(ENTRY), {"term": "Levain"})
    names = [field.name for field in fields]
    assert len(set(names)) == len(names)
    assert names[-1] == "extra:Owner"
    assert "markdown" not in names
    assert (fields[0].text, fields[0].was) == ("Levain", "Leaven")
    assert next(field for field in fields if field.name == "aliases").is_list


@pytest.mark.parametrize(
    ("was", "theirs", "mine", "expected", "is_conflict"),
    [
        ("a", "a", "a", "a", False),
        ("a", "b", "a", "b", False),
        ("a", "a", "b", "b", False),
        ("a", "b", "b", "b", False),
        ("a", "b", "c", "c", True),
        ("a\nb", "a\nb", "a\r\nb ", "a\nb", False),
        ("", "", "b", "b", False),
    ],
)
def test_two_changes_are_merged(
    was: str, theirs: str, mine: str, expected: str, is_conflict: bool
) -> None:
    """A field that one side changed has its text; what both changed is a conflict, with mine."""
    base = texts_of(ENTRY)
    texts, conflicts = merged(
        base | {"category": was}, base | {"category": theirs}, base | {"category": mine}
    )
    assert texts["category"] == expected
    assert [one.name for one in conflicts] == ["category"] * is_conflict
    assert texts["definition"] == base["definition"]


def test_both_sides_of_a_conflict() -> None:
    """Each side has its own words and those of both; whether it is Markdown follows the text."""
    base = texts_of(ENTRY)
    theirs = base | {"definition": "It raises all dough.", "markdown": ""}
    mine = base | {"definition": "It *raises* dough.", "markdown": "on"}
    texts, (conflict,) = merged(base, theirs, mine)
    assert texts["markdown"] == "on"
    assert "".join(piece.text for piece in conflict.their_pieces) == theirs["definition"]
    assert "".join(piece.text for piece in conflict.my_pieces) == mine["definition"]
    assert merged(base, mine, base)[0]["markdown"] == "on"


def test_versions_say_what_they_changed() -> None:
    """The last one is first; one after a deletion is compared with the one before it."""
    now = replace(ENTRY, definition="It raises the dough.", aliases=())
    shown = shown_versions(
        [
            Version(1, ChangeKind.ADDED, "2027-01-02T03:04:05.000Z", "ann", ENTRY),
            Version(2, ChangeKind.DELETED, "2027-01-03T03:04:05.000Z", "bob", None),
            Version(3, ChangeKind.RESTORED, "2027-01-04T03:04:05.000Z", "bob", now),
        ]
    )
    last, gone, first = shown
    assert [one.is_present for one in shown] == [True, False, False]
    assert (first.day, first.time) == ("2027-01-02", "03:04")
    assert not gone.changes
    names, definition = last.changes
    assert [(p.change, p.text) for p in names.pieces] == [
        (WordChange.REMOVED, "Starter; Sourdough")
    ]
    assert definition.label == "Definition"
    assert [p.text for p in definition.pieces if p.change == "added"] == ["the "]
