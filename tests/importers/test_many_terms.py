"""Markdown with front matter that holds many terms.

Covers `importers/markdown/many_terms`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus

HEAD = "title: Words of the team\ndate: 2026-01-01"
BODY = "## Deploy\n\nPut a build on a server.\n\n## Rollback\nTake it off again.\n"


def page(folder: Path, name: str, head: str = HEAD, body: str = BODY) -> Path:
    """Write a page."""
    path = folder / name
    path.write_text(f"---\n{head}\n---\n\n{body}")
    return path


@pytest.mark.parametrize("whole", [True, False])
def test_headings_of_a_single_file_are_terms(tmp_path: Path, whole: bool) -> None:
    """By itself, or alone in the folder that is named; lines are those of the file."""
    file = page(tmp_path, "words.md")
    (tmp_path / "README.md").write_text("# About\n\nText.\n")
    corpus = read_corpus([tmp_path if whole else file])
    assert [(e.term, e.definition, e.source and e.source.line) for e in corpus.entries] == [
        ("Deploy", "Put a build on a server.", 6),
        ("Rollback", "Take it off again.", 10),
    ]
    assert corpus.refusals == ()
    assert [note.text for note in corpus.notes] == [
        "front matter is not read: title, date; headings are read as terms; "
        "--format page reads the file as one entry"
    ]


def test_a_file_called_a_glossary_stands_beside_pages(tmp_path: Path) -> None:
    """As in the documents of a project."""
    file = page(tmp_path, "glossary.md", "id: glossary\ntitle: Glossary\nsidebar_position: 3")
    page(tmp_path, "start.md")
    assert [e.term for e in read_corpus([file]).entries] == ["Deploy", "Rollback"]


@pytest.mark.parametrize(
    ("name", "head", "body"),
    [
        ("index.md", HEAD, BODY),
        ("a.md", HEAD, f"{BODY}\n## See also\n\nUndo.\n"),
        ("a.md", HEAD, f"{BODY}\n## Links\n\n- Undo\n"),
        ("a.md", HEAD, "## Deploy\n\nPut a build on a server.\n"),
        ("a.md", f"{HEAD}\nid: words", BODY),
    ],
)
def test_a_page_stays_one_entry(tmp_path: Path, name: str, head: str, body: str) -> None:
    """With sections, with fields of an entry, or as the page of a folder."""
    corpus = read_corpus([page(tmp_path, name, head, body)])
    assert [e.term for e in corpus.entries] == ["Words of the team"]
    assert corpus.notes == ()


def test_pages_beside_each_other_are_an_entry_each(tmp_path: Path) -> None:
    """Whatever their headings are."""
    page(tmp_path, "a.md", "title: Ape")
    page(tmp_path, "b.md", "title: Bee")
    corpus = read_corpus([tmp_path])
    assert [e.term for e in corpus.entries] == ["Ape", "Bee"]
    assert corpus.notes == ()


def test_one_entry_of_many_headings_is_noted(tmp_path: Path) -> None:
    """If its front matter has a field that a file of many terms seldom has."""
    corpus = read_corpus([page(tmp_path, "a.md", f"{HEAD}\nteam: ops")])
    assert [note.text for note in corpus.notes] == [
        "one entry 'Words of the team'; --format markdown reads 2 headings as terms"
    ]
    again = read_corpus([tmp_path / "a.md"], format="markdown")
    assert [e.term for e in again.entries] == ["Deploy", "Rollback"]


def test_a_title_says_that_deeper_headings_are_terms(tmp_path: Path) -> None:
    """Of a glossary alone; a page of another name is one entry."""
    text = "---\ntitle: {}\n---\n\nSome words.\n\n#### Ship\nA large vessel.\n#### Boat\nA small one.\n"
    file = tmp_path / "a.md"
    file.write_text(text.format("Glossary"))
    assert [entry.term for entry in read_corpus([file]).entries] == ["Ship", "Boat"]
    file.write_text(text.format("Vessels"))
    assert [entry.term for entry in read_corpus([file]).entries] == ["Vessels"]


def test_a_title_as_the_only_entry_gets_a_note(tmp_path: Path) -> None:
    """Its terms were not found, and the way out is told."""
    file = tmp_path / "a.md"
    file.write_text("# Glossary\n\n1. **Ship** A large vessel.\n2. **Boat** A small one.\n")
    corpus = read_corpus([file])
    assert [note.text for note in corpus.notes] == [
        "the only entry is 'Glossary', which seems to be the title of a glossary; give each term a "
        "heading, or write `- **Term**: definition` or a table"
    ]
