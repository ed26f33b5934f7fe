"""The glossary in a file about something else: `importers/markdown/sections`."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from tests.importers.support import read_text, terms

README = """# Orchard toolkit

A toolkit for people who keep fruit trees.

## Installation

Run the installer.

{}

## License

Any.
"""
TABLE = "| Name | Explanation |\n|--|--|\n| Scion | The twig. |\n| Spur | A short shoot. |\n"
HEADINGS = "### Scion\n\nThe twig.\n\n### Spur\n\nA short shoot.\n"


@pytest.mark.parametrize(
    "glossary",
    [
        f"## Terminology\n\nThe words that the code uses:\n\n{TABLE}",
        f"## 3. Terms and definitions\n\nWords:\n\n{HEADINGS}",
        "## Glossary\n\n- **Scion**: The twig.\n- **Spur**: A short shoot.\n",
        "## Our acronyms\n\nScion\n: The twig.\n\nSpur\n: A short shoot.\n",
    ],
    ids=["table", "headings", "bold", "definition list"],
)
def test_only_the_glossary_of_a_readme_is_read(tmp_path: Path, glossary: str) -> None:
    """Its other headings are no terms; a note names them."""
    file = tmp_path / "README.md"
    file.write_text(README.format(glossary))
    corpus = read_corpus([file])
    found = [(entry.term, entry.definition) for entry in corpus.entries]
    assert found == [("Scion", "The twig."), ("Spur", "A short shoot.")]
    assert not corpus.refusals
    name = glossary.split("\n", 1)[0].removeprefix("## ")
    shown = "'Orchard toolkit', 'Installation', 'License'"
    assert corpus.notes[0].text == f"only the glossary in it is read, {name!r}, and not {shown}"


def test_every_glossary_of_a_file_is_read(tmp_path: Path) -> None:
    """Terms and acronyms often have a section each."""
    text = f"## Use\n\nRun it.\n\n## Glossary\n\n{HEADINGS}\n## Acronyms\n\n|Acronym|Meaning|\n|-|-|\n|DIY|Do it.|\n"
    items = read_text(tmp_path, "notes.md", text)
    assert {term for _, term, _ in terms(items)} == {"Scion", "Spur", "DIY"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("glossary.md", f"## Scion\n\nThe twig.\n\n## Abbreviations\n\n{TABLE}"),
        ("a.md", f"# Terms of trees\n\n## Scion\n\nThe twig.\n\n## Vocabulary\n\n{HEADINGS}"),
        ("a.md", "## Scion\n\nThe twig.\n\n## Terminology\n\nThe words of a trade.\n"),
    ],
    ids=["name", "title", "term"],
)
def test_headings_of_a_glossary_are_terms(tmp_path: Path, name: str, text: str) -> None:
    """Also beside one that says the same."""
    assert "Scion" in {term for _, term, _ in terms(read_text(tmp_path, name, text))}
