"""Pages with the term and its definition in fields of front matter.

Covers `importers/markdown/page_per_term`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus

WORDS = ["Hem", "Lining", "Pleat"]


def page(folder: Path, head: str, body: str, name: str) -> Path:
    """Write a page."""
    path = folder / name
    path.write_text(f"---\n{head}\n---\n\n{body}")
    return path


@pytest.mark.parametrize("text", ["definition", "description"])
@pytest.mark.parametrize("name", ["term", "name"])
def test_fields_hold_the_term_and_its_definition(tmp_path: Path, name: str, text: str) -> None:
    """Of pages without a title and without a body."""
    for one in WORDS:
        head = f'{name}: "{one}"\nslug: {one.lower()}\nowner: Jo\n{text}: "The *{one}*; see [b](https://b.example/)."'
        page(tmp_path, head, "", f"{one.lower()}.md")
    corpus = read_corpus([tmp_path])
    assert [entry.term for entry in corpus.entries] == WORDS
    first = corpus.entries[0]
    assert first.definition == "The Hem; see b."
    assert first.details.extra == (("owner", "Jo"),)


def test_title_and_body_come_first(tmp_path: Path) -> None:
    """Then the fields stay what they were."""
    head = "title: Hem\nname: hem-page\ndescription: Short."
    entry = read_corpus([page(tmp_path, head, "An edge of cloth.", "hem.md")]).entries[0]
    assert (entry.term, entry.definition) == ("Hem", "An edge of cloth.")
    assert entry.details.extra == (("name", "hem-page"), ("description", "Short."))
