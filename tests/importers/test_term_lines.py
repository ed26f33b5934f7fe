"""Text with an entry a line.

Covers `importers/labelled_lines`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from semsearch.importers.formats.format_lookup import format_of
from semsearch.importers.plain_text.term_lines import is_term_lines
from tests.importers.support import DATA, read_text, terms


def test_a_term_and_its_definition_on_a_line() -> None:
    """Colon, dash and tab; letters are left out, and lines that belong to no term are noted."""
    file = DATA / "plain" / "lines.txt"
    corpus = read_corpus([file])
    assert [(e.source and e.source.line, e.term, e.definition) for e in corpus.entries] == [
        (4, "Autolyse", "a rest of flour and water before the salt is added."),
        (7, "Banneton", "a basket in which dough rises."),
        (
            8,
            "Baker's percentage",
            "the weight of an ingredient relative to the flour,\n"
            "written in percent: flour is always 100 %.",
        ),
        (10, "Crumb", "The inside of a loaf."),
        (
            12,
            "Knead",
            "to press and fold dough until it is smooth.\nSome say that ten minutes are enough.",
        ),
        (
            14,
            "Proof",
            "the last rise: before the oven.\n\nIt ends when the dough springs back slowly.",
        ),
    ]
    assert [str(note) for note in corpus.notes] == [
        f"{file}:1: lines without a term, so not read: 'Words of a bakery' (line 1), "
        "'Remarks at the end' (line 18)"
    ]


def test_wrapped_lines_belong_to_the_paragraph(tmp_path: Path) -> None:
    """Where the lines are too many, a term begins a paragraph."""
    text = (
        "Leaven: a piece of dough that\nhas fermented. It is kept\nfor days: in a cool place.\n\n"
        "Crumb: the inside of a loaf\nthat has been baked\n"
    )
    assert terms(read_text(tmp_path, "a.txt", text)) == [
        (
            1,
            "Leaven",
            "a piece of dough that\nhas fermented. It is kept\nfor days: in a cool place.",
        ),
        (5, "Crumb", "the inside of a loaf\nthat has been baked"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Leaven: a piece of fermented dough.\n",
        "Leaven\n\nA piece of dough: it ferments.\n\nCrumb\n\nThe inside of a loaf: soft.\n",
        "To bake bread you need four things: flour and water and salt and leaven.\n"
        "It is also good to have time - a day or so - and a warm place for the dough in it.\n",
        "Ann: what shall we bake?\nBob: bread, I would say.\nAnn: and who kneads it?\nBob: you do!\n",
        "host: localhost\nport: 8000\nname: bakery\n",
        "Source: a book about bread and more\nNote: it is out of print today\n",
    ],
)
def test_prose_settings_and_talk_are_none(tmp_path: Path, text: str) -> None:
    """A lone line, sentences with colons, and lines with the same names."""
    assert not is_term_lines(text)
    (tmp_path / "a.txt").write_text(text)
    assert format_of(tmp_path / "a.txt").name == "text"


def test_blanks_line_up_two_columns(tmp_path: Path) -> None:
    """A header and a rule above them are no entries, and indented text continues one."""
    (tmp_path / "a.txt").write_text(
        "Name     Meaning\n----     -------\nLeaven   Dough that has fermented.\n"
        "Crumb    The inside of a loaf that\n         has been baked.\n"
    )
    corpus = read_corpus([tmp_path / "a.txt"])
    assert [(entry.term, entry.definition) for entry in corpus.entries] == [
        ("Leaven", "Dough that has fermented."),
        ("Crumb", "The inside of a loaf that\nhas been baked."),
    ]
    assert not corpus.refusals
