"""Plain text glossaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Source
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


def test_refuses_a_definition_without_a_term(tmp_path: Path) -> None:
    """A text that begins with a definition is refused at its line."""
    items = read_text(tmp_path, "a.txt", "\nA primate.\n")
    assert refusals(items) == [(2, "a definition without a term above it")]
