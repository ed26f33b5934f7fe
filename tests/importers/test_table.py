"""CSV and TSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.core.entries import Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.records import Record
from tests.cpu_time import cpu_time_at_most
from tests.importers.support import DATA, read, read_text, refusals

TABULAR = DATA / "tabular"
TEXT = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)


def test_reads_rows_with_their_lines_and_refuses_the_rest() -> None:
    """Quoted line ends count, blank rows do not; short rows pass, long ones do not."""
    path = TABULAR / "tools.csv"
    items = read(path)
    source = [Source(str(path), line) for line in (2, 5, 6, 7, 8)]
    assert items[:2] == [
        Record(
            "Awl",
            "A pointed tool,\nfor making holes.",
            source[0],
            ("bradawl", "stitching awl"),
            "awl-tool",
            "en-GB",
        ),
        Record("Vice", "Holds work still.", source[1]),
    ]
    assert items[4] == Record("Level", "Shows what is horizontal.", source[4])
    assert refusals(items) == [
        (6, "no definition of 'Jig' (row 5)"),
        (
            7,
            "6 cells where the header names 5 columns; "
            "a value with the separator in it must be quoted (row 6)",
        ),
    ]


def test_semicolons_and_chosen_columns() -> None:
    """The separator is the one that makes the header known; columns may be chosen."""
    path = TABULAR / "werkzeug.csv"
    assert read(path, term="Wort", definition="erklärung") == [
        Record("Hobel", "Werkzeug, das Späne abhebt.", Source(str(path), 2), language="de")
    ]


def test_tabs_and_several_alias_columns() -> None:
    """All columns of other names count, in the order of their usual names."""
    path = TABULAR / "saws.tsv"
    assert read(path) == [
        Record(
            "Coping saw",
            "A thin blade in a frame, for curves.",
            Source(str(path), 2),
            ("fret saw", "jigsaw, by hand", "CS"),
        )
    ]


@pytest.mark.parametrize(
    ("text", "columns", "reason"),
    [
        ("en,ko\na,b\n", {}, ":1: no term and no definition column; the columns are: en, ko; map them with --columns term=...,definition=..., or, where no row names the columns, --columns 1=term,2=definition"),
        ("term,ko\na,b\n", {}, ":1: no definition column; the columns are: term, ko; map them with --columns term=...,definition=..."),
        ("term,text\n", {"id": "key"}, ":1: no column 'key' for 'id'; the columns are: term, text"),
        ("\n \n", {}, ": the file is empty; the first row must name the columns"),
        ('term,text\na,"b\n', {}, ":2: not valid CSV: a quote is never closed; check the quotes"),
        ('term,text\na,b\nc,"d"e\n', {}, ":3: not valid CSV: a quote is closed in the middle of a cell; check the quotes"),
        ("term,text\na," + "b" * 200_000, {}, ":2: not valid CSV: a cell has more than 131,072 characters, often since a quote is never closed; check the quotes"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_read_say_what_to_do(
    tmp_path: Path, text: str, columns: dict[str, str], reason: str
) -> None:
    """Every message names file, line and the columns there are."""
    with pytest.raises(ImportFailed) as caught:
        read_text(tmp_path, "a.csv", text, **columns)
    assert str(caught.value) == f"{tmp_path / 'a.csv'}{reason}"


def test_equal_columns_are_all_read(tmp_path: Path) -> None:
    """Of definitions each is a paragraph, if they differ; empty cells beyond the header pass."""
    items = read_text(tmp_path, "a.csv", "term,text,text,Text 2\na,b,c,b,,\n")
    assert [i.definition for i in items if isinstance(i, Record)] == ["b\n\nc"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.lists(TEXT, max_size=3)), min_size=1, max_size=5))
def test_what_is_written_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, list[str]]]
) -> None:
    """Parsing what was written gives the same terms, definitions and aliases."""
    rows = [(a, b, [n for n in c if not set(n) & set(";|")]) for a, b, c in rows]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["term", "definition", "aliases"])
    writer.writerows((a, b, "".join(f"{name};" for name in c)) for a, b, c in rows)
    items = read_text(tmp_path_factory.mktemp("csv"), "a.csv", text.getvalue())
    assert [(i.term, i.definition, list(i.aliases)) for i in items if isinstance(i, Record)] == rows


def test_one_long_line_fails_fast(tmp_path: Path) -> None:
    """Five megabytes without a line end are refused within 2 s."""
    refused = pytest.raises(ImportFailed, match="a cell has more than 131,072 characters")
    with cpu_time_at_most(2), refused:
        read_text(tmp_path, "a.csv", "a b " * 1_300_000)
