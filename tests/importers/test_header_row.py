"""Which row of a table is its header."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from tests.importers.support import read_text, terms

ROWS = "peel,A shovel.,Jane\n"


@pytest.mark.parametrize(
    "above",
    [
        "",
        "Words of the bakery,,\n\n",
        "Words of the bakery,,\nby Jane\n",
        "Version,1.2,\nOwner,Jane,\n",
    ],
)
def test_titles_stand_above_a_header(tmp_path: Path, above: str) -> None:
    """Rows of one cell above any header, other rows above a certain one."""
    items = read_text(tmp_path, "a.csv", f"{above}Term,Definition,Owner\n{ROWS}")
    assert [(term, text) for _, term, text in terms(items)] == [("peel", "A shovel.")]


def test_a_header_of_other_names_stands_below_titles_of_one_cell(tmp_path: Path) -> None:
    """It need not name all columns as we do."""
    items = read_text(tmp_path, "a.csv", f"Words,,\nWord,Meaning,Owner\n{ROWS}")
    assert [(term, text) for _, term, text in terms(items)] == [("peel", "A shovel.")]


def test_a_row_of_data_is_no_header(tmp_path: Path) -> None:
    """Although its cells are names of columns."""
    file = tmp_path / "a.csv"
    file.write_text(
        "Field,Type,Description\nid,int,The key.\nname,text,The name.\nemail,text,The address.\n"
    )
    with pytest.raises(ImportFailed, match="no term column; the columns are: Field, Type, Descr"):
        read_corpus([file])
    items = read_text(tmp_path, "a.csv", file.read_text(), term="Field")
    assert [term for _, term, _ in terms(items)] == ["id", "name", "email"]
