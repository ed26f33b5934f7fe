"""Front matter of files that are called glossaries, and definition lists of HTML in them.

Covers `importers/markdown/many_terms`, `importers/markdown/html_lists`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus

WORDS = ["Hem", "Lining", "Pleat", "Seam", "Yoke"]
FIELDS = "cover: a.jpg\nmeta:\n  - name: x\nicon: book\ntags: [cloth]\nredirect_from: /g\n"
BODIES = {
    "headings": "\n\n".join(f"## {one}\n\nThe {one} of a coat." for one in WORDS),
    "groups": "## Contents\n\n- [Parts](#parts)\n\n## Parts\n\n"
    + "\n\n".join(f"### {one}\n\nThe {one} of a coat." for one in WORDS),
    "underlines": "\n\n".join(f"{one}\n-----\n\nThe {one} of a coat." for one in WORDS),
    "bold": "\n".join(f"- **{one}**: The {one} of a coat." for one in WORDS),
    "lists": "\n\n".join(f"{one}\n: The {one} of a coat." for one in WORDS),
    "items": "\n".join(f"- {one}: The {one} of a coat." for one in WORDS),
    "html": "## Words\n\n<dl>\n"
    + "\n\n".join(f"<dt>{one}</dt>\n<dd>The <b>{one}</b> of a coat.</dd>" for one in WORDS)
    + "\n</dl>\n\n## See also\n\n- A book.\n",
}


def page(folder: Path, head: str, body: str = "", name: str = "glossary.md") -> Path:
    """Write a file with front matter."""
    path = folder / name
    path.write_text(f"---\n{head}\n---\n\n{body}")
    return path


@pytest.mark.parametrize("head", [f"title: Glossary\n{FIELDS}", f"title: Sewing\n{FIELDS}"])
@pytest.mark.parametrize("kind", BODIES)
def test_a_file_that_is_called_a_glossary_has_any_fields(
    tmp_path: Path, kind: str, head: str
) -> None:
    """By its title or its name, also beside other pages."""
    page(tmp_path, "title: Start", "Text.", "start.md")
    corpus = read_corpus([page(tmp_path, head, BODIES[kind])])
    found = [(entry.term, entry.definition) for entry in corpus.entries]
    assert found == [(one, f"The {one} of a coat.") for one in WORDS]
    assert corpus.refusals == ()


@pytest.mark.parametrize(
    ("head", "body", "name"),
    [
        ("title: Sewing\ncover: a.jpg", BODIES["headings"], "a.md"),
        ("title: Glossary\naliases: [words]", BODIES["headings"], "glossary.md"),
        ("title: Glossary\nterm: Glossary", BODIES["bold"], "glossary.md"),
        (f"title: Glossary\n{FIELDS}", "A list of words.\n\n- of cloth\n- of thread\n", "a.md"),
    ],
    ids=["other title", "aliases", "term", "few"],
)
def test_others_stay_a_page(tmp_path: Path, head: str, body: str, name: str) -> None:
    """With fields of an entry, without many terms, or about something else."""
    corpus = read_corpus([page(tmp_path, head, body, name)])
    assert [entry.term for entry in corpus.entries] == [head.split("\n", 1)[0][7:]]


def test_lists_of_html_keep_their_lines_and_links(tmp_path: Path) -> None:
    """They are read as on a page of HTML; those in code or of few terms stay text."""
    file = tmp_path / "words.md"
    text = (
        "# Words\n\n<dl>\n\n<dt>Hem</dt>\n<dd>See <a href='#seam'>Seam</a>\n\n<ul><li>a</ul></dd>\n"
    )
    file.write_text(text + "<dt>Seam</dt>\n<dd>A line.</dd>\n</dl>\n\n```\n<dl>\n```\n")
    corpus = read_corpus([file])
    assert [(e.term, e.source and e.source.line) for e in corpus.entries] == [
        ("Hem", 5),
        ("Seam", 9),
    ]
    assert corpus.entries[0].see_also == ("seam",)
    file.write_text("# Words\n\n## Hem\n\nAn edge.\n\n<dl><dt>of</dt><dd>cloth</dd></dl>\n")
    assert [entry.term for entry in read_corpus([file]).entries] == ["Hem"]
