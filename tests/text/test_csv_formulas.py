"""Cells that a spreadsheet would calculate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.csv_formulas import defused, undefused


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "'=1"])
def test_what_begins_a_formula_becomes_text(cell: str) -> None:
    """By an apostrophe in front, which is taken off again."""
    assert defused(cell) == f"'{cell}"
    assert undefused(defused(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["", "Whisk", "'tis", "a=1", "1-2", "''quoted", "'-ing' ends it", "'@' sign"]
)
def test_ordinary_cells_stay_as_they_are(cell: str) -> None:
    """Apostrophes of their own included."""
    assert defused(cell) == undefused(cell) == cell


def test_formulas_with_quotes_become_text() -> None:
    """With one apostrophe more, so that they are told from quotations."""
    assert defused("-a' b") == "''-a' b"
    assert defused("=SUM('A'!B1)") == "''=SUM('A'!B1)"
    assert undefused("'=it's") == "=it's"


@given(st.text(st.sampled_from("'=+-@\t aé\uff1d"), max_size=6))
def test_every_cell_comes_back(cell: str) -> None:
    """Whatever it holds."""
    assert undefused(defused(cell)) == cell
