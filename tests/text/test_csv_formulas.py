"""Cells that a spreadsheet would calculate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.csv_formulas import escape_formula, unescape_formula


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "'=1"])
def test_what_begins_a_formula_becomes_text(cell: str) -> None:
    """An apostrophe is put in front, and removed when the file is read."""
    assert escape_formula(cell) == f"'{cell}"
    assert unescape_formula(escape_formula(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["", "Whisk", "'tis", "a=1", "1-2", "''quoted", "'-ing' ends it", "'@' sign"]
)
def test_ordinary_cells_stay_as_they_are(cell: str) -> None:
    """Apostrophes of their own included."""
    assert escape_formula(cell) == unescape_formula(cell) == cell


def test_formulas_with_quotes_become_text() -> None:
    """One more apostrophe distinguishes them from quotations."""
    assert escape_formula("-a' b") == "''-a' b"
    assert escape_formula("=SUM('A'!B1)") == "''=SUM('A'!B1)"
    assert unescape_formula("'=it's") == "=it's"


@given(st.text(st.sampled_from("'=+-@\t aé\uff1d"), max_size=6))
def test_every_cell_comes_back(cell: str) -> None:
    """Any text is the same after writing and reading."""
    assert unescape_formula(escape_formula(cell)) == cell
