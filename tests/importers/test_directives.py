"""Glossary directives of Sphinx and MyST, definition lists of reStructuredText and HTML.

Covers `importers/html/reader`, `importers/markdown/definition_lists`, `importers/markdown/myst`,
`importers/sphinx/glossary_directive`, `importers/sphinx/reader`, `importers/sphinx/rst`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from semsearch.importers.sphinx.glossary_directive import term_groups
from tests.importers.support import DATA, read, read_text, refusals, terms


def test_a_glossary_directive_of_sphinx_is_read() -> None:
    """Stacked terms, classifiers, roles, lists, literal blocks; comments and options are none."""
    path = DATA / "rst" / "bakery.rst"
    corpus = read_corpus([path])
    leaven, crumb = corpus.entries
    assert (leaven.term, leaven.aliases, leaven.see_also) == (
        "leaven",
        ("starter",),
        ("poolish", "biga"),
    )
    assert leaven.definition == (
        "Fermented dough that makes new dough rise. Feed a poolish or a wet one; see the guide, heat and notes.\n\n"
        "- flour\n  - rye\n- water\n\nKeep it warm.\n\nMeasured:\n\nweigh(flour)"
    )
    assert (crumb.definition, str(crumb.source)) == ("The inside of a loaf.", f"{path}:29")
    assert [str(refusal) for refusal in corpus.refusals] == [f"{path}:31: no definition of 'peel'"]


def test_definition_lists_are_entries_where_there_is_no_directive() -> None:
    """The outer ones; what stands inside of a definition belongs to it."""
    assert terms(read(DATA / "rst" / "lists.rst")) == [
        (4, "peel", "A flat shovel for loaves.\n\nhandle: What it is held by."),
        (10, "banneton", "A basket in which dough rises."),
    ]


def test_a_glossary_directive_of_myst_is_read() -> None:
    """As that of Sphinx, with Markdown inside."""
    corpus = read_corpus([DATA / "rst" / "bakery.md"])
    leaven, crumb = corpus.entries
    assert (leaven.term, leaven.aliases) == ("leaven", ("starter",))
    assert leaven.see_also == ("poolish", "biga", "crumb")
    assert leaven.definition == (
        "Fermented dough that makes new dough rise. Feed a poolish or a wet one; see crumb.\n\n- flour\n- water"
    )
    assert (crumb.term, crumb.definition) == ("crumb", "The inside of a loaf.")
    assert [refusal.reason for refusal in corpus.refusals] == ["no definition of 'peel'"]


def test_colons_and_an_open_fence_are_a_directive_too(tmp_path: Path) -> None:
    """A directive that is not closed ends with the file; indented ones lose their indent."""
    text = ":::{glossary}\na\n  One.\n:::\n\n  ~~~{glossary}\n  b\n    Two.\n"
    assert terms(read_text(tmp_path, "a.md", text)) == [(2, "a", "One."), (7, "b", "Two.")]


def test_stacks_share_a_definition_and_comments_are_skipped() -> None:
    """As in Sphinx: terms at the margin, the definition below; `.. ` begins a comment block."""
    lines = ["a", "b : n", "", "  One", "    more", "", "..", "  no", ".. no", "c", "  Two", ""]
    found = [([name for _, name in s.terms], s.body, s.body_start) for s in term_groups(lines)]
    assert found == [(["a", "b"], ["One", "  more"], 3), (["c"], ["Two"], 10)]
    assert list(term_groups([])) == []
    assert list(term_groups(["  text without a term"])) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\n" * 16_000, "more than 15,000 lines; split it"),
        ("a\n" * 1_100, ":1001: more than 1,000 lines without a blank one"),
        ("\n" + "a" * 10_001, ":2: a line of more than 10,000 characters; break it"),
        ("Title\n=====\n\nNo list.\n", "nothing in this file reads as an entry"),
    ],
)
def test_texts_that_cannot_be_read_say_why(tmp_path: Path, text: str, reason: str) -> None:
    """Bounds of what docutils reads in time."""
    (tmp_path / "a.rst").write_text(text)
    with pytest.raises(ImportFailed, match=reason):
        read_corpus([tmp_path / "a.rst"])


def test_definition_lists_of_html_are_read() -> None:
    """Open ends, groups, stacked terms, several definitions, nested lists, links in the page."""
    path = DATA / "html" / "bakery.html"
    corpus = read_corpus([path])
    leaven, crumb = corpus.entries
    assert (leaven.id, leaven.term, leaven.aliases) == ("bakery:leaven", "leaven", ("starter",))
    assert leaven.definition == (
        "Fermented dough that makes new dough rise.\n\nSee the crumb and elsewhere."
    )
    assert (leaven.see_also, leaven.language) == (("crumb",), "en-GB")
    assert (
        crumb.definition == "The inside of a loaf:\n\nalveole\na hole in it\n\nAlso what falls off."
    )
    assert [refusal.reason for refusal in corpus.refusals] == ["no definition of 'peel'"]


def test_an_html_page_without_lists_has_no_entries(tmp_path: Path) -> None:
    """Nor has an empty one; a definition without a term is refused."""
    assert read_text(tmp_path, "a.html", "") == []
    assert read_text(tmp_path, "a.html", "<p>Text.</p>") == []
    assert refusals(read_text(tmp_path, "a.html", "<dl><dd>Text.</dl>")) == [(1, "no term")]


def test_sections_are_terms_where_there_is_no_list(tmp_path: Path) -> None:
    """Headings with letters are groups, and definitions keep their structure."""
    text = (
        "Tides\n=====\n\nWords of a harbour.\n\nA\n-\n\nAge\n~~~\n\nThe delay of a *spring* tide.\n\n"
        "R\n-\n\nRange\n~~~~~\n\nA height:\n\n* mean ``spring``\n* neap\n\nSee also: Age\n"
    )
    (tmp_path / "a.rst").write_text(text)
    corpus = read_corpus([tmp_path / "a.rst"])
    age, span = corpus.entries
    assert (age.term, age.source and age.source.line) == ("Age", 10)
    assert age.details.markdown == "The delay of a *spring* tide."
    assert (span.definition, span.see_also) == ("A height:\n\n- mean spring\n- neap", ("Age",))
    assert [note.text for note in corpus.notes] == [
        "text that belongs to no term is not read: 'Words of a harbour.'"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "* **Age**: A delay.\n* **Range**: A height.\n",
        ".. list-table::\n   :header-rows: 1\n\n   * - Term\n     - Definition\n"
        "   * - Age\n     - A delay.\n   * - Range\n     - A height.\n",
    ],
)
def test_bold_terms_and_tables_of_one_section(tmp_path: Path, text: str) -> None:
    """Read as those of Markdown."""
    (tmp_path / "a.rst").write_text(f"Tides\n=====\n\n{text}")
    corpus = read_corpus([tmp_path / "a.rst"])
    found = [(entry.term, entry.definition) for entry in corpus.entries]
    assert found == [("Age", "A delay."), ("Range", "A height.")]
