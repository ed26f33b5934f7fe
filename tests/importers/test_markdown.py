"""Markdown files of many terms.

Covers `importers/markdown/reader`, `importers/markdown/metadata_lines`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Details, Refusal
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
    """As links to anchors or by name, one line or paragraph for each kind; elsewhere such a line is text."""
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
    assert leaven.definition == "It raises.\n\nSee also: Peel\n\nNarrower: none"
    assert leaven.details == Details(
        broader=("Dough, Flour", "water"), related=("https://x.example/y", "z")
    )
    assert (crumb.definition, crumb.details) == ("Related: it is said.", Details())


def test_a_huge_section_is_refused_without_being_parsed(tmp_path: Path) -> None:
    """A definition that cannot be kept costs no time."""
    items = read_text(tmp_path, "a.md", "## a\n" + "[" * 5_000_000 + "\n\nb\n: " + "*a " * 10**5)
    assert [type(item) for item in items] == [Refusal]
    assert "longer than 100000 characters" in refusals(items)[0][1]
