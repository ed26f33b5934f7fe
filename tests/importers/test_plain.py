"""Plain text glossaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Source
from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from tests.importers.support import DATA, read, read_text, refusals, terms


def test_reads_terms_and_definitions_with_their_lines() -> None:
    """Headings before the first term are skipped, lists and paragraphs stay together."""
    path = DATA / "plain" / "weather.txt"
    items = read(path)
    assert terms(items) == [
        (
            5,
            "Drizzle",
            "Rain of very small drops. It falls from low cloud.\n\nIt may last for days:\n\n"
            "- in autumn\n- in winter",
        ),
        (15, "Squall", "A sudden strong wind that lasts minutes (and may bring rain)."),
        (21, "Isobar", "A line on a map that joins places of equal air pressure."),
    ]
    assert refusals(items) == [
        (19, "no definition below 'Gust'; a definition ends like a sentence"),
        (25, "no definition below 'Lull'; a definition ends like a sentence"),
    ]
    assert items[0].source == Source(str(path), 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A\n\nApe\n\nA primate.\n\nB\n\nBee\n\nAn insect.", [(3, "Ape"), (9, "Bee")]),
        ("Ape\n\n" + "long " * 30, [(1, "Ape")]),
        ("Ape\n\nA tailless\nprimate", [(1, "Ape")]),
        ("猿\n\n尾のない霊長類。", [(1, "猿")]),
        ("i.i.d.\n\nAbbreviation for something.", [(1, "i.i.d.")]),
        ("\n\n  Ape  \n \nHe said “no.”", [(3, "Ape")]),
    ],
)
def test_tells_names_from_definitions(
    tmp_path: Path, text: str, expected: list[tuple[int, str]]
) -> None:
    """A definition ends like a sentence, is long or has several lines; letters are headings."""
    items = read_text(tmp_path, "a.txt", text)
    assert [(line, term) for line, term, _ in terms(items)] == expected
    assert refusals(items) == []


def test_an_export_of_a_web_page() -> None:
    """Tags are categories; letters, formulas and answers are doubtful, and no text is lost."""
    corpus = read_corpus([DATA / "markup" / "web.txt"])
    assert [(e.term, e.details.category) for e in corpus.entries] == [
        ("baguette", "bread"),
        ("crumb", "bread; fundamentals"),
        ("dough", ""),
        ("hydration", "fundamentals"),
        ("leaven", ""),
        ("oven (hearth)", ""),
        ("oven / stove", ""),
        ("peel", ""),
        ("yeast", "fundamentals"),
    ]
    baguette, crumb, _, hydration = [entry.definition for entry in corpus.entries[:4]]
    assert baguette == "A long loaf. Its share of water is:\n\nwater / flour = 0.68"
    assert crumb == "The inside of a loaf.\n\nKinds of it:\n\n- open\n- closed"
    assert hydration == "Water in relation to flour.\n\nIs it high in ciabatta?\n\nYes"
    assert corpus.refusals == ()
    assert [note.text for note in corpus.notes] == [
        "doubtful as terms, so not read as such: 'Words of the bakery' (line 1), 'B' (line 3), "
        "'water / flour = 0.68' (line 10), 'Yes' (line 33), 'P' (line 47); check them"
    ]


def test_the_right_format_is_suggested(tmp_path: Path) -> None:
    """Where a file reads as nothing, or no reader takes its suffix."""
    text = (DATA / "markup" / "web.txt").read_text(encoding="utf-8")
    for name, other, hint in (
        ("a.md", text, "it looks like terms and paragraphs: --format text"),
        ("a.words", text, "it looks like terms and paragraphs: --format text"),
        ("b.md", r"\newacronym{ph}{pH}{potential}", "it looks like latex: --format latex"),
    ):
        (tmp_path / name).write_text(other, encoding="utf-8")
        with pytest.raises(ImportFailed, match=hint):
            read_corpus([tmp_path / name])


def test_refuses_a_definition_without_a_term(tmp_path: Path) -> None:
    """A text that begins with a definition is refused at its line."""
    items = read_text(tmp_path, "a.txt", "\nA primate.\n")
    assert refusals(items) == [(2, "a definition without a term above it")]


def test_terms_directly_above_their_definitions(tmp_path: Path) -> None:
    """As a browser copies them: letters are no terms, and a paragraph without a term continues."""
    text = (
        "A\n\nAnnual\nA plant that lives\nfor one year.\n\nAerate\nTo make holes.\n\n"
        "They let air in.\n\nB\n\nBulb\nA bud below ground.\n\nBud\nA shoot.\n"
    )
    items = read_text(tmp_path, "a.txt", text)
    assert terms(items) == [
        (3, "Annual", "A plant that lives for one year."),
        (7, "Aerate", "To make holes.\n\nThey let air in."),
        (14, "Bulb", "A bud below ground."),
        (17, "Bud", "A shoot."),
    ]
    assert refusals(items) == []


def test_a_wrapped_definition_has_no_term_in_it(tmp_path: Path) -> None:
    """Where terms stand in paragraphs of their own, one letter may be a term."""
    items = read_text(tmp_path, "a.txt", "C\n\nC is a\nlanguage.\n\nD\n\nD is a\nlanguage too.\n")
    text = "Bun\n\nA small\nloaf.\n\nPeel\n\nA flat\nshovel.\n"
    assert [(t, d) for _, t, d in terms(read_text(tmp_path, "b.txt", text))] == [
        ("Bun", "A small loaf."),
        ("Peel", "A flat shovel."),
    ]
    assert [(t, d) for _, t, d in terms(items)] == [
        ("C", "C is a language."),
        ("D", "D is a language too."),
    ]
