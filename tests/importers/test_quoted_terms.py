"""Definitions as in contracts and laws."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from semsearch.importers.formats.format_lookup import format_of
from tests.importers.office_files import word

CONTRACT = """SERVICES AGREEMENT

1. Definitions

1.1 In this Agreement the following words have the following meanings:

"Agreement" means this services agreement with its schedules,
as amended from time to time.

"Affiliate" means, in relation to a party, any entity that it controls.

“Confidential Information” shall mean all information that is:

(a) marked as confidential; or

(b) by its nature confidential.

"Fees" has the meaning given in clause 7.1.
"Intellectual Property Rights" or "IPR" means patents and copyright.

1.2 Headings do not affect the interpretation of this Agreement.

2. Term
"""
TERMS = [
    (
        "Agreement",
        (),
        "this services agreement with its schedules, as amended from time to time.",
    ),
    ("Affiliate", (), "in relation to a party, any entity that it controls."),
    (
        "Confidential Information",
        (),
        "all information that is:\n\n(a) marked as confidential; or\n\n(b) by its nature confidential.",
    ),
    ("Fees", (), "has the meaning given in clause 7.1."),
    ("Intellectual Property Rights", ("IPR",), "patents and copyright."),
]


def test_reads_the_definitions_of_a_contract(tmp_path: Path) -> None:
    """Clauses around them are named in a note."""
    file = tmp_path / "contract.txt"
    file.write_text(CONTRACT)
    assert format_of(file).name == "term-lines"
    corpus = read_corpus([file])
    assert [(e.term, e.aliases, e.definition) for e in corpus.entries] == TERMS
    assert [str(note) for note in corpus.notes] == [
        f"{file}:1: text that belongs to no term is not read: 'SERVICES AGREEMENT', "
        "'1. Definitions', '1.1 In this Agreement the following words have the follow...', "
        "'1.2 Headings do not affect the interpretation of this Agr...', '2. Term'"
    ]


def test_reads_the_definitions_of_a_contract_in_word(tmp_path: Path) -> None:
    """Clauses that Word numbers end a definition, and items inside of one do not."""

    def paragraph(text: str, *, is_item: bool = False) -> str:
        style = '<w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>' if is_item else ""
        return f"<w:p>{style}<w:r><w:t>{text}</w:t></w:r></w:p>"

    body = (
        paragraph("Definitions", is_item=True)
        + paragraph("“Goods” means things that are:")
        + paragraph("new; or", is_item=True)
        + paragraph("made to order.", is_item=True)
        + paragraph("“Buyer” means who buys goods.")
        + paragraph("Headings do not matter.", is_item=True)
    )
    corpus = read_corpus([word(tmp_path / "a.docx", body)])
    assert [(entry.term, entry.definition) for entry in corpus.entries] == [
        ("Goods", "things that are:\n- new; or\n- made to order."),
        ("Buyer", "who buys goods."),
    ]
    assert "'Definitions', 'Headings do not matter.'" in corpus.notes[0].text


@pytest.mark.parametrize(
    "text",
    [
        'Leaven: a piece of dough. Some say\n"mother" is another word.\n\nCrumb: the inside of it.\n',
        '"Mother" is a word of bakers.\n\nCrumb\n\nThe inside of a loaf of bread.\n',
    ],
)
def test_a_quotation_is_no_term(tmp_path: Path, text: str) -> None:
    """It takes several paragraphs that begin with one."""
    file = tmp_path / "a.txt"
    file.write_text(text)
    assert "mother" not in {entry.term.lower() for entry in read_corpus([file]).entries}


def test_many_quotation_marks_are_read_in_time(tmp_path: Path) -> None:
    """Lines that nearly are such terms."""
    file = tmp_path / "a.txt"
    terms = '"a" means b.\n"c" means d.\n\n1. Noise\n'
    file.write_text(terms + '"a" or ' * 20_000 + "\n" + '"a", ' * 20_000 + "\n" + '"' * 50_000)
    assert [entry.term for entry in read_corpus([file]).entries] == ["a", "c"]
