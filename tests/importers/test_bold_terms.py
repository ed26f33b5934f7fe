"""Terms in bold of which some stand twice or are called like parts.

Covers `importers/markdown/bold_terms`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.support import read_text, terms

NAMES = [f"Word {n}" for n in range(60)]


def text_of(names: list[str], title: str = "Words") -> str:
    """Return a page with terms in bold."""
    return f"# {title}\n\n" + "\n\n".join(f"**{n}:** Text {i}." for i, n in enumerate(names))


@pytest.mark.parametrize("others", [["Word 3"], ["Type"], ["Word 3", "Source"]])
def test_a_few_names_may_repeat_or_be_parts(tmp_path: Path, others: list[str]) -> None:
    """Of sixty names and more."""
    items = read_text(tmp_path, "a.md", text_of([*NAMES, *others]))
    assert [term for _, term, _ in terms(items)] == [*NAMES, *others]


@pytest.mark.parametrize(
    "names",
    [
        [*NAMES[:9], "Word 3"],
        [*NAMES, *NAMES[:20]],
        [*NAMES, *["Importance"] * 5],
        [*NAMES[:9], "Type", "Example"],
    ],
    ids=["few", "many", "part", "labels"],
)
def test_names_that_repeat_are_parts(tmp_path: Path, names: list[str]) -> None:
    """The heading is the term."""
    assert [term for _, term, _ in terms(read_text(tmp_path, "a.md", text_of(names)))] == ["Words"]


def test_more_names_repeat_in_a_glossary(tmp_path: Path) -> None:
    """One that was put together from several."""
    names = [*NAMES, *NAMES[:8]]
    items = read_text(tmp_path, "a.md", text_of(names, "Glossary"))
    assert [term for _, term, _ in terms(items)] == names


def test_parts_below_headings_are_no_terms(tmp_path: Path) -> None:
    """A label that all terms have belongs to their definitions."""
    entries = [f"## {name}\n\nText {n}.\n\n**Importance:** High.\n" for n, name in enumerate(NAMES)]
    items = read_text(tmp_path, "a.md", "# Glossary\n\n" + "\n".join(entries))
    assert [term for _, term, _ in terms(items)] == NAMES
    assert terms(items)[0][2] == "Text 0.\n\nImportance: High."


def test_a_section_of_links_stands_beside_terms_in_bold(tmp_path: Path) -> None:
    """In a glossary, if it has many more terms."""
    text = text_of(NAMES, "Glossary").replace("# Glossary\n", "# Glossary\n\n## Terms\n")
    items = read_text(tmp_path, "a.md", f"{text}\n\n## Links\n\nSee the library.\n\n## Us\n\nWe.\n")
    assert [term for _, term, _ in terms(items)] == NAMES
