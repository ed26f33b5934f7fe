"""Markdown files of many terms.

Covers `importers/markdown/reader`, `importers/markdown/metadata_lines`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Details, Refusal
from semsearch.importers import read_corpus
from semsearch.importers.records import Record
from tests.importers.support import DATA, read, read_text, refusals, terms


def test_reads_a_heading_per_term_below_letters() -> None:
    """Title and letters are no terms, deeper headings belong to the definition."""
    items = read(DATA / "markdown" / "headings.md")
    assert terms(items) == [
        (
            7,
            "Adze",
            "An axe whose blade stands across the handle. It hollows wood.\n\nUse\n\n"
            "Swung between the feet.",
        ),
        (17, "Arbor", "The axle that carries a saw blade."),
        (24, "Bevel", "An edge cut at an angle other than 90°."),
    ]
    assert refusals(items) == [(28, "no definition of 'Biscuit'"), (30, "no definition of 'Burr'")]
    assert [(i.aliases, i.id) for i in items if isinstance(i, Record)] == [
        (("hand adze", "carpenter's adze"), None),
        (("spindle",), "saw-arbor"),
        ((), None),
    ]


def test_reads_definition_lists_with_stacked_terms() -> None:
    """Of stacked terms the first is the term; paragraphs of a definition stay together."""
    items = read(DATA / "markdown" / "lists.md")
    assert refusals(items) == []
    assert terms(items) == [
        (5, "Bowline", "A fixed loop that does not slip. It is easy to untie."),
        (
            9,
            "Clove hitch",
            "Two half hitches in one direction.\n\nHolds best under steady pull.",
        ),
        (
            16,
            "Sheet bend",
            "Joins two ropes of different size.\n\nAlso the name of a netting knot.",
        ),
    ]
    assert [i.aliases for i in items if isinstance(i, Record)] == [
        (),
        ("Builder's hitch", "Double hitch"),
        (),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# T\n\nintro\n\n## a\nx\n## b\ny", ["a", "b"]),
        ("# aa\nx\n# bb\ny\n## more\nz", ["aa", "bb"]),
        ("# a\nx", ["a"]),
        ("a\n===\nx\n\nb\n===\ny", ["a", "b"]),
        ("### a\nx\n### b\ny", ["a", "b"]),
        ("# T\n## Food\n### a\nx\n### b\ny\n## Tools\n### c\nz", ["a", "b", "c"]),
        ("## A\nAll with a\n### ab\nx\n## B\n### bc\ny", ["ab", "bc"]),
        ("## aa\n### Use\nx\n### Form\ny\n## bb\n### Use\nx\n### Form\ny", ["aa", "bb"]),
        ("# T\n\ntext\n\na\n: x\n\n## Group\nb\n: y\n\n## c\nz", ["a", "b", "c"]),
        ("a\n: x\n\nb\n: y", ["a", "b"]),
        ("a\n~ x\n\nb\nb2\n~ y", ["a", "b"]),
        ("```\n# no\n```\n\n- # no\n\n# a\nx\n\n> # no", ["a"]),
        ("## [a](x) `b` {#id}\n\nx", ["a b"]),
    ],
)
def test_finds_the_headings_that_name_terms(tmp_path: Path, text: str, expected: list[str]) -> None:
    """The highest level names terms unless it is the title or names groups."""
    items = read_text(tmp_path, "a.md", text)
    assert [term for _, term, _ in terms(items)] == expected
    assert refusals(items) == []


def test_text_of_no_term_is_refused(tmp_path: Path) -> None:
    """A heading below the level of the terms with no term above it is reported."""
    items = read_text(tmp_path, "a.md", "### stray\ntext\n\n## aa\nx\n\n## bb\ny\n\n##\nz")
    assert refusals(items) == [
        (1, "text below 'stray' belongs to no term"),
        (10, "an empty heading"),
    ]
    assert terms(items) == [(4, "aa", "x"), (7, "bb", "y")]


def test_link_references_at_the_end_serve_every_term(tmp_path: Path) -> None:
    """A link whose address stands elsewhere in the file is a link."""
    items = read_text(tmp_path, "a.md", "# T\n## a\nsee [b c][r]\n## d\n[r]\n\n[r]: http://x\n")
    assert terms(items) == [(2, "a", "see b c"), (4, "d", "r")]


def test_a_line_of_aliases_alone_is_no_definition(tmp_path: Path) -> None:
    """Aliases are taken off before the definition is looked for."""
    items = read_text(
        tmp_path, "a.md", "# T\n## a\n**Synonyms:** b; c, d\n\n## e\nAlso known as f."
    )
    assert refusals(items) == [(2, "no definition of 'a'")]
    assert terms(items) == [(5, "e", "Also known as f.")]


def test_relations_are_stated_below_a_heading(tmp_path: Path) -> None:
    """As links to anchors or by name, one line or paragraph a kind; elsewhere they are text."""
    text = (
        "## Leaven {#c-1}\n\nAliases: starter\n**See also:** [the crumb](#crumb); [a *b*](#a%20b)\n\n"
        "Broader: Dough, Flour; water\n\nRelated: <https://x.example/y>, [z](https://z.example)\n"
        "It raises.\n\nSee also: Peel\n\nNarrower: none\n\n## Crumb\n<!-- -->\n\nRelated: it is said.\n"
    )
    leaven, crumb = (i for i in read_text(tmp_path, "a.md", text) if isinstance(i, Record))
    assert (leaven.id, leaven.aliases, leaven.see_also) == (
        "c-1",
        ("starter",),
        ("crumb", "a b", "Peel"),
    )
    assert leaven.definition == "It raises.\n\nNarrower: none"
    assert leaven.details == Details(
        broader=("Dough, Flour", "water"), related=("https://x.example/y", "z")
    )
    assert (crumb.definition, crumb.details) == ("Related: it is said.", Details())


def test_a_huge_section_is_refused_without_being_parsed(tmp_path: Path) -> None:
    """A definition that cannot be kept costs no time."""
    items = read_text(tmp_path, "a.md", "## a\n" + "[" * 5_000_000 + "\n\nb\n: " + "*a " * 10**5)
    assert [type(item) for item in items] == [Refusal]
    assert "longer than 100000 characters" in refusals(items)[0][1]


def test_every_carrier_of_a_file_is_read(tmp_path: Path) -> None:
    """Tables, headings and definition lists beside each other; text of none is noted."""
    text = (
        "# Bakery\n\nAll our words.\n\nTerm | Definition\n--- | ---\nLeaven | Fermented dough.\n\n"
        "## Introduction\n\nHow to read this.\n\n## Crumb\n\nThe inside of a loaf.\n\n"
        "| Name | Description |\n|--|--|\n| open | With holes. |\n\n## Crust\n\nThe outside.\n\n"
        "## Flours\n\nRye\n: A dark flour.\n\n## Words\n\n| Word | Meaning |\n|--|--|\n"
        "| Banneton | A basket. |\n| Peel | A shovel. |\n"
    )
    file = tmp_path / "a.md"
    file.write_text(text)
    corpus = read_corpus([file])
    assert [(e.source and e.source.line, e.term, e.definition) for e in corpus.entries] == [
        (7, "Leaven", "Fermented dough."),
        (34, "Banneton", "A basket."),
        (35, "Peel", "A shovel."),
        (13, "Crumb", "The inside of a loaf.\n\nName; Description\nopen; With holes."),
        (21, "Crust", "The outside."),
        (27, "Rye", "A dark flour."),
    ]
    assert [str(note) for note in corpus.notes if "belongs" in note.text] == [
        f"{file}:3: text that belongs to no term is not read: 'All our words.', 'How to read this.'"
    ]
    assert corpus.refusals == ()


def test_tables_stand_beside_other_terms(tmp_path: Path) -> None:
    """Also in a file of tables, and below front matter of one that is called a glossary."""
    rows = "".join(f"| t{n} | d{n} |\n" for n in range(3))
    text = f"# Words\n\n## A\n\n| Term | Definition |\n|--|--|\n{rows}\n## Crumb\n\nThe inside.\n"
    assert [term for _, term, _ in terms(read_text(tmp_path, "a.md", text))] == [
        *("t0", "t1", "t2", "Crumb")
    ]
    table = f"Intro.\n\n| Term | Definition |\n|--|--|\n{rows}"
    (tmp_path / "glossary.md").write_text(f"---\ntitle: Bakery glossary\nauthor: A\n---\n\n{table}")
    corpus = read_corpus([tmp_path / "glossary.md"])
    assert [entry.term for entry in corpus.entries] == ["t0", "t1", "t2"]
    assert [note.text.partition(";")[0] for note in corpus.notes] == [
        "front matter is not read: title, author",
        "text that belongs to no term is not read: 'Intro.'",
    ]
    (tmp_path / "page.md").write_text(f"---\ntitle: Oven\n---\n\n{table}")
    assert [entry.term for entry in read_corpus([tmp_path / "page.md"]).entries] == ["Oven"]


def test_terms_in_bold_may_have_different_signs(tmp_path: Path) -> None:
    """In paragraphs and lists; an item without a sign is one if the others have some."""
    text = (
        "**Crumb**: the inside.\n\n**Crust** - the outside.\n\n* **Leaven** \u2014 dough.\n"
        "* **Biga**. A stiff one.\n* **Lame** a knife.\n* **Poolish**: a wet one\n"
        "* **Peel** \u2013 a shovel.\n* It is made of wood.\n* __Proof__ -- the last rise.\n\n"
        "1. **Score:** to cut.\n"
    )
    assert [(term, text) for _, term, text in terms(read_text(tmp_path, "a.md", text))] == [
        ("Crumb", "the inside."),
        ("Crust", "the outside."),
        ("Leaven", "dough."),
        ("Biga", "A stiff one."),
        ("Lame", "a knife."),
        ("Poolish", "a wet one"),
        ("Peel", "a shovel.\n\nIt is made of wood."),
        ("Proof", "the last rise."),
        ("Score", "to cut."),
    ]
