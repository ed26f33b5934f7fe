"""Unknown names: the nearest known one is suggested, or all are listed."""

from __future__ import annotations

import pytest

from semsearch.core.near_names import MAX_LISTED, did_you_mean, near_or_known


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("markdwon", "; did you mean 'markdown'?"),
        ("CSV-Table", "; did you mean 'csv-table'?"),
        ("turtl", "; did you mean 'Turtle'?"),
        ("zzz", "; there are markdown, csv-table, Turtle"),
    ],
)
def test_a_name_is_suggested_or_all_are_listed(name: str, said: str) -> None:
    """Letters may be large or small."""
    assert near_or_known(name, ["markdown", "csv-table", "Turtle"]) == said


def test_no_more_than_fit_are_listed() -> None:
    """The rest is counted."""
    said = near_or_known("?", map(str, range(MAX_LISTED + 1_200)))
    assert said.endswith(f", {MAX_LISTED - 1} and 1,200 more")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), ""),
        (("Leaven",), "; did you mean 'Leaven'?"),
        (("Leaven", "Loaf", "Leaven"), "; did you mean 'Leaven' or 'Loaf'?"),
        (("a", "b", "c"), "; did you mean 'a', 'b' or 'c'?"),
    ],
)
def test_several_names_are_suggested_each_once(names: tuple[str, ...], said: str) -> None:
    """In their order."""
    assert did_you_mean(names) == said
