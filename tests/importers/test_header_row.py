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


@pytest.mark.parametrize(
    "header",
    [
        "Word / phrase,What it means,Also known as",
        "Acronym or term,Meaning,Synonyms",
        "Term/Abbreviation,Definition | Description,AKA",
    ],
)
def test_a_column_with_several_names_is_of_their_first_field(tmp_path: Path, header: str) -> None:
    """A column of other names behind the definition does not name the terms."""
    items = read_text(tmp_path, "a.csv", f"{header}\npeel,A shovel.,slice\n")
    assert [(term, text) for _, term, text in terms(items)] == [("peel", "A shovel.")]


def test_other_names_behind_the_definition_are_no_terms(tmp_path: Path) -> None:
    """An unknown column of terms is asked for; a list of acronyms has them first."""
    with pytest.raises(ImportFailed, match="no term column; the columns are: Utensil, Meaning"):
        read_text(tmp_path, "a.csv", "Utensil,Meaning,Synonyms\npeel,A shovel.,slice\n")
    items = read_text(tmp_path, "b.csv", "Acronym,Meaning\nBBC,Bread before cake.\n")
    assert [(term, text) for _, term, text in terms(items)] == [("BBC", "Bread before cake.")]


def test_languages_stand_in_a_row_above_the_header(tmp_path: Path) -> None:
    """In cells that a spreadsheet has merged."""
    text = (
        "English,,German,\nTerm,Definition,Begriff,Definition\npeel,A shovel.,Schieber,Ein Brett.\n"
    )
    (tmp_path / "a.csv").write_text(f"{text}oven,A hot box.,Ofen,\n")
    corpus = read_corpus([tmp_path / "a.csv"])
    found = [(e.language, e.term, e.definition, e.aliases) for e in corpus.entries]
    assert found == [
        ("en", "peel", "A shovel.", ()),
        ("de", "Schieber", "Ein Brett.", ()),
        ("en", "oven", "A hot box.", ("Ofen",)),
    ]
    assert all("above the header" not in note.text for note in corpus.notes)
