"""Entries that are deprecated in their text alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.lint.support import found, linted, table

RULE = "unstated-deprecation"


@pytest.mark.parametrize(
    "row",
    [
        "Mother,Deprecated: use leaven.",
        "Mother,DEPRECATED. Use leaven.",
        "Mother,(deprecated) A piece of dough.",
        "Mother,[Obsolete] A piece of dough.",
        "Mother,Deprecated",
        "Mother,Deprecated since 2.0; see leaven.",
        "Mother,Deprecated in favour of leaven.",
        "Mother,Obsolete \u2013 use leaven.",
        "Mother,Veraltet: Sauerteig.",
        "Mother (deprecated),A piece of dough.",
        "Mother,A piece of dough. This term is deprecated; use leaven.",
    ],
)
def test_a_text_that_says_so_is_found(tmp_path: Path, row: str) -> None:
    """At its beginning, in brackets behind the term, or in a sentence about the term."""
    term = row.partition(",")[0]
    assert found(linted(tmp_path, table(row), RULE)) == [(term, 2)]


@pytest.mark.parametrize(
    "row",
    [
        "Pension,Retired people receive it each month.",
        "Hole,Removed dough in the middle of a ring.",
        "Deprecation,The act of marking a feature as deprecated.",
        "Escheat,Obsolete words are kept in this book.",
        "Ring (bread),A piece of dough with a hole.",
        "Slot,It is where a removed tray was.",
    ],
)
def test_a_text_about_outdated_things_is_none(tmp_path: Path, row: str) -> None:
    """A word of a sentence says nothing of the entry."""
    assert found(linted(tmp_path, table(row), RULE)) == []


def test_a_status_that_says_so_is_enough(tmp_path: Path) -> None:
    """Another status contradicts the text, and is told."""
    columns = "term,definition,status"
    row = "Mother,Deprecated: use leaven.,"
    assert found(linted(tmp_path, table(f"{row}superseded", columns=columns), RULE)) == []
    report = linted(tmp_path, table(f"{row}approved", columns=columns), RULE)
    (one,) = report.findings
    assert one.message == "the text of 'Mother' says 'Deprecated', but its status is 'approved'"
