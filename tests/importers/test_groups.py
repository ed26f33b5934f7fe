"""Headings that group the terms below them, and tables of contents.

Covers `importers/markdown/sections`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from tests.importers.support import read_text, refusals, terms

TERMS = [f"Knot {n}" for n in range(12)]
CONTENTS = "1. [Loops](#loops)\n2. [Bends](#bends)\n   - [Sheet](#sheet)\n"


def group(name: str, names: list[str], intro: str = "") -> str:
    """Return a group of terms."""
    return f"## {name}\n{intro}\n" + "".join(f"### {one}\n\nIt is {one}.\n\n" for one in names)


@pytest.mark.parametrize("heading", ["## Table of Contents\n\n", "## Words by topic\n\n", ""])
def test_a_list_of_links_within_the_page_is_no_term(tmp_path: Path, heading: str) -> None:
    """With a heading of any name, or with none."""
    text = f"# Ropes\n\n{heading}{CONTENTS}\n{group('Loops', TERMS[:6])}{group('Bends', TERMS[6:])}"
    items = read_text(tmp_path, "a.md", text)
    assert [term for _, term, _ in terms(items)] == TERMS
    assert refusals(items) == []


@pytest.mark.parametrize(
    ("name", "intros"),
    [
        ("a.md", ["", "\nThese make a loop.\n", ""]),
        ("glossary.md", ["\nThese make a loop.\n"] * 3),
    ],
    ids=["some", "all"],
)
def test_groups_have_a_sentence_of_introduction(
    tmp_path: Path, name: str, intros: list[str]
) -> None:
    """Some of any file, and all of a glossary; a note quotes it."""
    groups = [group(f"Group {n}", TERMS[n * 4 : n * 4 + 4], one) for n, one in enumerate(intros)]
    file = tmp_path / name
    file.write_text("# Ropes\n\n" + "".join(groups))
    corpus = read_corpus([file])
    assert [entry.term for entry in corpus.entries] == TERMS
    assert [note.text.partition(",")[0] for note in corpus.notes] == [
        "text that belongs to no term is not read: 'These make a loop.'"
    ]


def test_a_glossary_has_other_headings(tmp_path: Path) -> None:
    """About the page; their text is quoted in a note."""
    text = group("Knots", TERMS) + "## Join in\n\nWrite to us.\n"
    (tmp_path / "glossary.md").write_text(f"# Ropes\n\n## Introduction\n\nOur words.\n\n{text}")
    corpus = read_corpus([tmp_path / "glossary.md"])
    assert [entry.term for entry in corpus.entries] == TERMS
    assert "'Our words.', 'Write to us.'" in corpus.notes[0].text


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.md", ["Linux", "Mac", "Windows", "Others"]),
        ("glossary.md", ["What is it", "Why it helps", "How to tie", "When not"]),
        ("glossary.md", ["Form", "Use"]),
    ],
    ids=["handbook", "questions", "few"],
)
def test_headings_below_terms_are_parts_of_them(
    tmp_path: Path, name: str, parts: list[str]
) -> None:
    """Where all terms have text, and others than a glossary, or parts that say so."""
    text = "".join(group(f"Knot {n}", [f"{p} {n}" for p in parts], "\nText.\n") for n in range(3))
    items = read_text(tmp_path, name, f"# Ropes\n\n{text}")
    assert [term for _, term, _ in terms(items)] == TERMS[:3]


def test_underlined_links_are_names(tmp_path: Path) -> None:
    """Letters between them are no text of a term."""
    names = ["Awl", "Bobbin", "Clasp", "Dart", "Eyelet"]
    entries = [
        f"{name[0]}\n\n[{name}](https://x.example/{name})\n------------\n\nThe {name}.\n\n"
        "[↑ Back to top](https://x.example/#top)\n"
        for name in names
    ]
    text = "---\nTitle: Sewing glossary\nURL: /s/\n---\n\n# Glossary\n\n" + "\n".join(entries)
    file = tmp_path / "sewing.md"
    file.write_text(text)
    corpus = read_corpus([file])
    found = [(entry.term, entry.definition) for entry in corpus.entries]
    assert found == [(name, f"The {name}.") for name in names]
