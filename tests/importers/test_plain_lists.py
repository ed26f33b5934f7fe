"""Terms of Markdown that no mark shows: plain lists, and lines in bold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.support import read_text, terms

LIST = "- Leaven: dough that has fermented.\n- Crumb: the inside of a loaf.\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", f"# Glossary of bread\n\nSome words.\n\n{LIST}"),
        ("glossary.md", LIST.replace("- ", "* ")),
        ("glossary.md", "## L\n\n1. Leaven - dough that has fermented.\n\n## C\n\n1. Crumb - the inside of a loaf.\n"),
        ("a.md", "# Terms\n\n**Leaven**\n\ndough that has fermented.\n\n**Crumb**\nthe inside of a loaf.\n"),
    ],
)  # fmt: skip
def test_lists_and_bold_lines_of_a_glossary_are_entries(
    tmp_path: Path, name: str, text: str
) -> None:
    """Of a file that its title or its name calls a glossary."""
    found = [(term, words) for _, term, words in terms(read_text(tmp_path, name, text))]
    assert found == [
        ("Leaven", "dough that has fermented."),
        ("Crumb", "the inside of a loaf."),
    ]


def test_a_file_of_nothing_but_a_list_is_a_glossary(tmp_path: Path) -> None:
    """Whatever its title is."""
    text = f"# Bakery words\n\n{LIST}- Peel: a shovel for the oven.\n"
    assert [term for _, term, _ in terms(read_text(tmp_path, "a.md", text))] == [
        "Leaven",
        "Crumb",
        "Peel",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# Leaven\n\nDough that rises.\n\n- Good: it keeps for days.\n- Bad: it takes much time.\n",
        "# Leaven\n\n**Use**\n\nIt makes bread.\n\n**Care**\n\nFeed it daily.\n",
        f"## Leaven\n\n{LIST}\n## Crumb\n\n{LIST}",
    ],
)
def test_lists_in_the_text_of_a_term_are_its_definition(tmp_path: Path, text: str) -> None:
    """Headings name the terms."""
    assert terms(read_text(tmp_path, "a.md", text))[0][1] == "Leaven"
