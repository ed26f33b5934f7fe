"""The structure of definitions is kept as Markdown, in one form that stays as it is.

Covers `importers/markdown_writer/blocks`, `importers/markdown_writer/from_html`,
`importers/markdown_writer/from_markdown`, `importers/markdown_writer/inline`,
`importers/sphinx/rst_structure`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.core.entries import Entry
from semsearch.importers.corpus import Corpus, read_corpus
from semsearch.importers.html.to_text import html_words
from semsearch.importers.markdown_writer.blocks import MAX_MARKDOWN, agrees
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.markdown_writer.from_markdown import (
    kept_markdown,
    plain_text,
    says,
    text_in_markdown,
)
from semsearch.importers.markdown_writer.from_marks import markdown_of_marks
from tests.cpu_time import cpu_time_at_most

MARKED = """A **flat _vessel_** with `code | x`, [a link](https://ex.org/a_(b)) and $x_1$ for $5.
Next line\\
hard break ![a handle](x.png) {{Glossary("pot", "the pot")}}.

### Sizes

1. one
2. two
   - deep
     ```py
     x = 1
     ```

> [!NOTE]
> quoted

| a | b |
|---|---|
| 1 | `x\\|y` |

Lid
: on top

<div>raw <b>words</b></div>
"""
KEPT = r"""A **flat *vessel*** with `code | x`, [a link](https://ex.org/a_%28b%29) and $x_1$ for \$5. Next line\
hard break a handle [the pot](#pot).

**Sizes**

1. one

2. two
   - deep

     ```py
     x = 1
     ```

> quoted

| a | b |
| --- | --- |
| 1 | `x\|y` |

- *Lid:*\
  on top

raw words"""


def test_markdown_is_kept_in_one_form() -> None:
    """It has no HTML, images, headings or definition lists; macros are links; it is stable."""
    assert kept_markdown(MARKED) == KEPT
    assert kept_markdown(KEPT) == KEPT
    assert says(KEPT, plain_text(MARKED))


@pytest.mark.parametrize(
    ("markdown", "kept"),
    [
        ("only words\n\nin paragraphs", ""),
        ("- a list\n- of words\n  - is shown by plain text", ""),
        ("1. but\n2. numbers", "1. but\n2. numbers"),
        ("*a* **b**c", "*a* **b**c"),
        ('a**"b"**', ""),
        ("[x](javascript:alert(1))", ""),
        ("[x](data:text/html,y) and [y](../y.md)", ""),
        ("[pan](#term-pan)", "[pan](#pan)"),
        ("<https://e.org/a>", "[https://e.org/a](https://e.org/a)"),
        ("[a][b]\n\n[b]: https://e.org 'title'", "[a](https://e.org)"),
        ("`` a`b ``", "``a`b``"),
        ("$a^2$ costs 2$ or 3$", r"$a^2$ costs 2\$ or 3\$"),
        ("$$\na^2\n$$", "$$a^2$$"),
        ("wow![x](https://e.org)", ""),
        ("wow\\![x](https://e.org)", r"wow\![x](https://e.org)"),
        ("**a**\n- b\n- c", "**a**\n\n- b\n- c"),
        ("~~~~ py\n```\n~~~~", "````py\n```\n````"),
    ],
)
def test_what_is_kept(markdown: str, kept: str) -> None:
    """Nothing if the plain text says as much; links are of the web or to entries."""
    assert kept_markdown(markdown) == kept
    assert kept_markdown(kept) == kept


_MARKS = st.sampled_from(
    [*"*_`[](){}<>#-+|$\\!~:>&\n \t1.\"'", "**", "](", "a", "b c", "\n\n", "\n- ", "\n1. ", "    ",
     "```", "https://e.org", "{{", "&amp;", "é", "\u00a0", "\u2014", "|---|\n"]
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(_MARKS, max_size=30).map("".join))
def test_what_is_kept_stays_as_it_is(markdown: str) -> None:
    """Read again it is the same, or not kept where its signs together mean something else."""
    kept = kept_markdown(markdown)
    if says(kept, plain_text(markdown)):
        assert kept_markdown(kept) == kept


@settings(max_examples=200)
@given(st.lists(st.one_of(_MARKS, st.characters(codec="utf-8")), max_size=30).map("".join))
def test_plain_text_written_as_markdown_is_read_as_it_is(text: str) -> None:
    """No sign of it becomes structure."""
    words = plain_text(text)
    assert agrees(plain_text(text_in_markdown(words)), words)


def test_blanks_at_the_end_of_a_line_do_not_count() -> None:
    """A mark of a list with nothing behind it is a mark with and without a blank."""
    assert agrees("-\n-", "- \n-")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>A <b>flat</b> <i>pan</i>.</p>", "A **flat** *pan*."),
        ("<ol><li>x<ul><li>y</ul><li>z</ol>", "1. x\n   - y\n2. z"),
        ("<pre class='language-py'><code>a\n  b</code></pre>", "```py\na\n  b\n```"),
        ("<a href='https://e.org/?a=1&amp;b'>x</a>", "[x](https://e.org/?a=1&b)"),
        ("<a href='#term-pot'>x</a><a href='javascript:y'>y</a>", "[x](#pot)y"),
        ("<table><tr><th>a<th>b<tr><td>1<td>x | y</table>",
         "| a | b |\n| --- | --- |\n| 1 | x \\| y |"),
        ("<dl><dt>a<dd>b</dl><h2>c</h2>", "- *a*\\\n  b\n\n**c**"),
        ("<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b"),
        ("<p>words <span>only</span></p><script>x()</script><img src=x onerror=y>", ""),
        ("<para>A <emphasis>b</emphasis></para><programlisting>c</programlisting>",
         "A *b*\n\n```\nc\n```"),
        ("2 * 3 <b>_a_</b> # {{x}} &lt;i&gt;", "2 \\* 3 **\\_a\\_** # \\{\\{x}} \\<i\\>"),
    ],
)  # fmt: skip
def test_html_is_kept(html: str, markdown: str) -> None:
    """As Markdown that says what its words say, and that stays as it is."""
    assert markdown_of_html(html) == markdown
    assert kept_markdown(markdown) == markdown
    assert not markdown or says(markdown, html_words(html))


def test_marks_in_cells_are_kept() -> None:
    """Bold words, links and code; other signs of Markdown are signs there."""
    text = "A **part** of [ship](#ship), see [this](https://a.b/c).\n`x` * a_b"
    kept = (
        "A **part** of [ship](#ship), see this ([https://a.b/c](https://a.b/c)).\\\n`x` \\* a\\_b"
    )
    assert markdown_of_marks(text) == kept == kept_markdown(kept)
    assert markdown_of_marks("2 * 3 * 4, a_b_c") == ""


HOSTILE = [
    "[" * 50_000, "![" * 25_000, "**a" * 15_000, "*_" * 20_000, "`" * 50_000, "$a$ " * 12_000,
    "> " * 25_000, "- " * 25_000, "<" * 50_000, "<b>" * 16_000, "<ul><li>" * 6_000, "{{" * 25_000,
    "[a](b" * 10_000, '*"a"*b' * 8_000, "|a|\n|-|\n" + "|x|\n" * 10_000, "- a\n" * 12_000,
    '<i>a</i>"<b>"b</b>' * 2_500, "<table>" * 6_000, "<a href='https://e'>" * 2_500,
]  # fmt: skip


@pytest.mark.process
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:8])
def test_hostile_text_is_bounded(text: str) -> None:
    """In each of the ways in which structure is read."""
    with cpu_time_at_most(2):
        markdown_of_html(text)
        markdown_of_marks(text)
        kept_markdown(text[:MAX_MARKDOWN])
        plain_text(text[:MAX_MARKDOWN])


def _read(folder: Path, name: str, text: str) -> Corpus:
    (folder / name).write_text(text)
    return read_corpus([folder / name])


SOURCES = {
    "a.md": "## Pan\n\nA **flat** [pot](#pot):\n\n1. one\n2. two\n\n## Pot\n\nDeep.\n",
    "a.html": "<dl><dt>Pan<dd>A <b>flat</b> <a href='#pot'>pot</a>:<ol><li>one<li>two</ol>"
    "<dt id=pot>Pot<dd>Deep.</dl>",
    "a.rst": ".. glossary::\n\n   Pan\n      A **flat** :term:`pot`:\n\n      1. one\n      2. two\n\n"
    "   Pot\n      Deep.\n",
    "a.csv": 'term,definition\nPan,"<p>A <b>flat</b> <a href=""#pot"">pot</a>:</p>'
    '<ol><li>one<li>two</ol>"\nPot,Deep.\n',
    "a.json": '[{"term": "Pan", "definition": "A flat pot:\\n\\n1. one\\n2. two", '
    '"markdown": "A **flat** [pot](#pot):\\n\\n1) one\\n2) two"}, '
    '{"term": "Pot", "definition": "Deep."}]',
    "a.ttl": "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    '<https://e.org/pan> a skos:Concept; skos:prefLabel "Pan"@en; skos:definition '
    "\"<p>A <b>flat</b> <a href='#pot'>pot</a>:</p><ol><li>one<li>two</ol>\"@en .\n"
    '<https://e.org/pot> a skos:Concept; skos:prefLabel "Pot"@en; skos:definition "Deep."@en .\n',
}


@pytest.mark.parametrize("name", SOURCES)
def test_readers_keep_structure(tmp_path: Path, name: str) -> None:
    """The same in every format; an entry without structure has no Markdown."""
    corpus = _read(tmp_path, name, SOURCES[name])
    by_term: dict[str, Entry] = {entry.term: entry for entry in corpus.entries}
    assert by_term["Pan"].definition == "A flat pot:\n\n1. one\n2. two"
    assert by_term["Pan"].details.markdown == "A **flat** [pot](#pot):\n\n1. one\n2. two"
    assert by_term["Pot"].details.markdown == ""
    assert not corpus.left_out


def test_markdown_that_says_something_else_is_left_out(tmp_path: Path) -> None:
    """The definition counts, and the report names the field."""
    corpus = _read(tmp_path, "a.csv", "term,definition,markdown\nPan,Flat.,**Deep.**\n")
    [entry] = corpus.entries
    assert (entry.definition, entry.details.markdown) == ("Flat.", "")
    assert [one.parts for one in corpus.left_out] == [(("markdown", "**Deep.**"),)]


def test_structure_of_wikitext_is_kept(tmp_path: Path) -> None:
    """Quotes, links, lists and code; quotes end with their line."""
    text = ";Pan\n:A '''flat''' [[Pot|pot]], ''see [https://e.org this]:\n:* one\n:* two\n;Pot\n:Deep.\n"
    pan, pot = _read(tmp_path, "a.wiki", text).entries
    assert pan.definition == "A flat pot, see this:\n- one\n- two"
    assert pan.details.markdown == (
        "A **flat** [pot](#Pot), *see* [*this*](https://e.org)*:*\n\n- one\n- two"
    )
    assert pot.details.markdown == ""


def test_bold_words_below_headings_with_anchors_are_no_terms(tmp_path: Path) -> None:
    """As in our exports: the headings name the terms."""
    text = "## Pan {#a}\n\n**Made of**: iron.\n\n## Pot {#b}\n\n**Used for**: soup.\n"
    corpus = _read(tmp_path, "a.md", text)
    assert [(one.id, one.details.markdown) for one in corpus.entries] == [
        ("a:a", "**Made of**: iron."),
        ("a:b", "**Used for**: soup."),
    ]


def test_asciidoc_keeps_its_structure(tmp_path: Path) -> None:
    """Emphasis, code, cross-references and lists, also beside ids with low lines."""
    (tmp_path / "a.adoc").write_text(
        "[glossary]\nForme:: A *chase* with <<_quoin,a Quoin>> in `a < b`, _ready_ for it:\n"
        "* ink\n* one _sheet_\n"
    )
    [entry] = read_corpus([tmp_path / "a.adoc"]).entries
    assert entry.definition == "A chase with a Quoin in a < b, ready for it:\n- ink\n- one sheet"
    assert entry.details.markdown == (
        "A **chase** with [a Quoin](#_quoin) in `a < b`, *ready* for it:\n\n- ink\n- one *sheet*"
    )
