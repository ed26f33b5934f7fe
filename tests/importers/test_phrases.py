"""Phrases by which people ask for an entry, in every format that has a place for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from semsearch.importers.name_lists import split_phrases

ASKED = ("what makes cream stiff, and eggs?", "wire thing")
FILES = {
    "k.md": "# K\n\n## Whisk\n\nAsked as: what makes cream stiff, and eggs?\n\nAsked as: wire thing\n\nIt beats.\n",
    "lines.md": "# K\n\n## Whisk\n\nAliases: beater\nAsked as: what makes cream stiff, and eggs?; wire thing\n\nIt beats.\n",
    "page.md": "---\ntitle: Whisk\nasked_as:\n  - what makes cream stiff, and eggs?\n  - wire thing\n---\nIt beats.\n",
    "text.md": "---\ntitle: Whisk\nAsked as: what makes cream stiff, and eggs? | wire thing\n---\nIt beats.\n",
    "k.csv": 'term,definition,asked_as\nWhisk,It beats.,"what makes cream stiff, and eggs?; wire thing"\n',
    "lines.csv": 'term,definition,asked as\nWhisk,It beats.,"what makes cream stiff, and eggs?\nwire thing"\n',
    "k.tsv": "term\tdefinition\tAskedAs\nWhisk\tIt beats.\twhat makes cream stiff, and eggs?|wire thing\n",
    "k.json": json.dumps([{"term": "Whisk", "definition": "It beats.", "asked_as": ASKED}]),
    "k.jsonl": json.dumps({"term": "Whisk", "definition": "It beats.", "asked": ASKED}),
    "k.ttl": (
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix semsearch: <https://semsearch.invalid/ns#> .\n"
        '<https://x.example/whisk> a skos:Concept ; skos:prefLabel "Whisk"@en ; skos:definition "It beats."@en ;\n'
        '    semsearch:askedAs "what makes cream stiff, and eggs?"@en, "wire thing"@en .\n'
    ),
}


@pytest.mark.parametrize("name", list(FILES))
def test_phrases_are_read(tmp_path: Path, name: str) -> None:
    """One or several a place; a comma is part of a phrase; the definition has none of them."""
    (tmp_path / name).write_text(FILES[name])
    (entry,) = read_corpus([tmp_path / name]).entries
    assert (entry.details.asked_as, entry.definition) == (ASKED, "It beats.")


def test_a_note_of_obsidian_has_phrases(tmp_path: Path) -> None:
    """In its front matter, as a page has."""
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / "Whisk.md").write_text("---\nasked-as: [wire thing]\n---\nIt beats.\n")
    (entry,) = read_corpus([tmp_path]).entries
    assert entry.details.asked_as == ("wire thing",)


def test_phrases_of_one_text_are_parted_at_lines_or_else_at_marks() -> None:
    """Where there are lines, a semicolon is part of a phrase."""
    assert split_phrases("a, b; c | d") == ["a, b", "c", "d"]
    assert split_phrases("a; b\nc\n") == ["a; b", "c"]
    assert split_phrases("a; b\n") == ["a; b"]
    assert split_phrases(["a; b", 3, " "]) == ["a; b"]
    assert split_phrases(7) == []


@pytest.mark.parametrize(
    ("phrases", "reason"),
    [
        (
            ["x" * 301],
            f"a phrase by which 'Pan' is asked for is longer than 300 characters: '{'x' * 57}...'; shorten it",
        ),
        (
            [f"number {i}" for i in range(65)],
            "'Pan' has 65 phrases by which it is asked for, and at most 64 are possible; leave out those that say nearly "
            "the same",
        ),
    ],
)
def test_too_many_and_too_long_phrases_are_refused(
    tmp_path: Path, phrases: list[str], reason: str
) -> None:
    """With the place and the way out; what is at the limits is taken."""
    file = tmp_path / "k.jsonl"
    most = [f"{'x' * 297}{i}" for i in range(64)]
    records = [{"term": "Lid", "definition": "A.", "asked_as": most}]
    records.append({"term": "Pan", "definition": "B.", "asked_as": phrases})
    file.write_text("\n".join(map(json.dumps, records)))
    corpus = read_corpus([file])
    assert [str(one) for one in corpus.refusals] == [f"{file}:2: {reason}"]
    assert len(corpus.entries[0].details.asked_as) == 64


def test_phrases_that_differ_by_case_and_marks_alone_are_one(tmp_path: Path) -> None:
    """The first is kept; line breaks in one are blanks."""
    file = tmp_path / "k.json"
    asked = ["What fries?", "what fries", "  in which\n do I\tfry "]
    file.write_text(json.dumps([{"term": "Pan", "definition": "It fries.", "asked_as": asked}]))
    assert read_corpus([file]).entries[0].details.asked_as == ("What fries?", "in which do I fry")


def test_columns_of_questions_are_phrases_or_get_a_hint(tmp_path: Path) -> None:
    """The name of a column says which; `--columns` decides otherwise."""
    for name, phrases, said in (
        ("How people ask", ("what moves bread?", "peel tool"), "How people ask as asked_as"),
        ("User question", (), "that people ask, read it with --columns asked_as='User question'"),
        ("Colour", (), ""),
    ):
        path = tmp_path / "a.csv"
        path.write_text(f"term,definition,{name}\nPeel,A shovel.,what moves bread?; peel tool\n")
        corpus = read_corpus([path])
        assert corpus.entries[0].details.asked_as == phrases
        assert [said in note.text for note in corpus.notes] == ([True] if said else [])
