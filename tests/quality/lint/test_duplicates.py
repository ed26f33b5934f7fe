"""Copies, near copies, and one name for two things."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.lint.support import found, linted, table

LEAVEN = "A piece of fermented dough that makes new dough rise before it is baked"


def test_case_and_marks_make_no_difference(tmp_path: Path) -> None:
    """Each copy is told of once, with the first one."""
    rows = ("Leaven,A fermented dough.", "Starter,a fermented dough", "Sour,A fermented  dough!")
    report = linted(tmp_path, table(*rows), "duplicate-definition")
    assert found(report) == [("Starter", 3), ("Sour", 4)]
    assert [one.others for one in report.findings] == [("bakery:leaven",)] * 2


def test_copies_in_another_glossary_or_language_are_none(tmp_path: Path) -> None:
    """A definition that two glossaries share, or that nobody has translated yet."""
    text = table(
        "Leaven,A fermented dough.,en",
        "Levain,A fermented dough.,fr",
        columns="term,definition,language",
    )
    assert linted(tmp_path, text, "duplicate-definition", "near-duplicate").findings == ()


@pytest.mark.parametrize(
    ("other", "is_found"),
    [
        (f"{LEAVEN}!", False),  # word for word: the other rule's
        (LEAVEN.replace("that makes", "which makes"), True),
        (LEAVEN.replace("before it is", "before it gets"), True),
        (LEAVEN.replace("rise before", "rise not before"), False),  # says no
        (LEAVEN.replace("A piece", "Two pieces"), False),  # says how much
        (LEAVEN.replace("fermented", "stiff fermented"), False),  # says its name
        ("What is kept and fed with flour for years to raise bread with", False),
    ],
)
def test_near_copies_that_differ_on_purpose_are_none(
    tmp_path: Path, other: str, is_found: bool
) -> None:
    """Words that stand in one of the names alone, negations and numbers set entries apart."""
    text = table(f"Leaven,{LEAVEN}", f"Stiff starter,{other}")
    report = linted(tmp_path, text, "near-duplicate")
    assert found(report) == [("Stiff starter", 3)] * is_found


def test_a_near_copy_is_found_once_among_many(tmp_path: Path) -> None:
    """Among two hundred other entries, in whatever order."""
    rows = [f"Board {n},Number {n * 7919} for jars of kind {n * 104729}." for n in range(200)]
    rows.insert(20, f"Leaven,{LEAVEN}")
    rows.insert(150, f"Starter,{LEAVEN.replace('that', 'which')}")
    report = linted(tmp_path, table(*rows), "near-duplicate")
    assert found(report) == [("Starter", 152)]
    assert report.findings[0].others == ("bakery:leaven",)


def test_a_term_that_comes_again_is_repeated_or_in_conflict(tmp_path: Path) -> None:
    """Never both: it goes by how near the definitions are."""
    text = table(
        "Peel,A long shovel that puts loaves into the oven.",
        "peel,A shovel that puts loaves into an oven.",
        "PEEL,Skin of lemons.",
        "Oven,A hot box.",
    )
    report = linted(tmp_path, text, "repeated-term", "conflicting-definitions")
    assert [(one.rule, one.source.line if one.source else 0) for one in report.findings] == [
        ("repeated-term", 3),
        ("conflicting-definitions", 4),
    ]
    assert "(meaning 0." in report.findings[0].message


def test_a_term_in_two_languages_is_not_repeated(tmp_path: Path) -> None:
    """Many terms are the same word in several languages."""
    text = table(
        "Baguette,A long bread.,en", "Baguette,Un pain long.,fr", columns="term,definition,language"
    )
    assert linted(tmp_path, text, "repeated-term", "conflicting-definitions").findings == ()
