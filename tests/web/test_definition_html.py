"""Definitions as HTML: their structure, links to terms, formulas, and no foreign markup.

Covers `web/formulas`.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from lxml import html

from semsearch.core.answers import Adjacent, Authored, Reference, Related, Span
from semsearch.core.entries import Details, Entry
from semsearch.importers.markdown_writer.from_markdown import kept_markdown, plain_text
from semsearch.search.glossary import Glossary
from semsearch.server.serialize import to_json
from semsearch.web.answer_view import answer_view
from semsearch.web.definition_html import (
    TaggedSpan,
    definition_html,
    entry_link,
    highlighted_places,
    shown_markdown,
)
from semsearch.web.entry_page import entry_page_of
from semsearch.web.formulas import mathml
from semsearch.web.highlight import highlight
from semsearch.web.markdown_pages import entry_markdown, llms_full
from semsearch.web.render import Site
from tests.cpu_time import cpu_time_at_most


def _shown(markdown: str, *places: TaggedSpan) -> str:
    return str(definition_html(markdown, plain_text(markdown), places, lambda _: ""))


def test_structure_is_html() -> None:
    """Paragraphs, lists, code, emphasis, links, quotations, tables and formulas."""
    markdown = kept_markdown(
        "A **flat** [pan](https://e.org):\n\n- *a*\n- b\n\n3. c\n\n```py\nx < 1\n```\n\n> q\n\n"
        "| h |\n|---|\n| `d` |\n\n$x^2$"
    )
    shown = _shown(markdown).replace("\n", "")
    assert shown == (
        '<p>A <strong>flat</strong> <a href="https://e.org" rel="nofollow noopener noreferrer">pan'
        "</a>:</p><ul><li><em>a</em></li><li>b</li></ul>"
        '<ol start="3"><li>c</li></ol><pre><code>x &lt; 1</code></pre>'
        "<blockquote><p>q</p></blockquote><table><thead><tr><th>h</th></tr></thead><tbody><tr><td>"
        "<code>d</code></td></tr></tbody></table>"
        '<p><math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><msup><mi>x</mi>'
        "<mn>2</mn></msup></mrow></math></p>"
    )


def test_lists_of_plain_text_are_lists() -> None:
    """Other plain text has no Markdown of its own, since it is shown as it is."""
    entry = Entry("g:a", "A", "Parts:\n\n- a_b\n- c", "g")
    assert shown_markdown(entry) == "Parts:\n\n- a\\_b\n- c"
    assert shown_markdown(Entry("g:a", "A", "Two\n\nparagraphs *", "g")) == ""


def test_places_of_the_plain_text_are_found_in_the_markdown() -> None:
    """Links are whole and never inside of links; highlights may cross emphasis."""
    markdown = "A **deep net** [net](https://e.org) and `net`:\n\n- net"
    words = plain_text(markdown)
    at = [found.start() for found in re.finditer("net", words)]
    links = [TaggedSpan(start, start + 3, '<a href="n">', "</a>", is_whole=True) for start in at]
    across = TaggedSpan(2, at[0] + 3 + 1, '<a href="x">', "</a>", is_whole=True)
    shown = _shown(markdown, *links)
    assert shown.count('<a href="n">net</a>') == 2
    assert '<strong>deep <a href="n">net</a></strong>' in shown
    assert '<li><a href="n">net</a></li>' in shown
    assert 'href="x"' not in _shown(markdown, across)
    marked = highlight(words, [{"start": 2, "end": 6}], {"start": 0, "end": at[0] + 3})
    shown = _shown(markdown, *highlighted_places(marked))
    assert (
        "<p><mark>A </mark><strong><mark><b>deep</b></mark><mark> net</mark></strong> <a" in shown
    )


def test_links_to_entries_lead_to_their_pages() -> None:
    """Links may have an id, term or alias; a link to no entry becomes text."""
    entry = Entry("g:pot-1", "Cooking Pot", "Deep.", "g", aliases=("Kettle",))
    link = entry_link([entry], lambda id_: f"../{id_}")
    for name in ("pot-1", "cooking%20pot", "kettle"):
        assert link(f"#{name}") == "../g:pot-1"
    markdown = "[a](#kettle) [b](#lid)"
    shown = str(definition_html(markdown, "a b", [], link))
    assert shown == '<p><a href="../g:pot-1">a</a> b</p>'


EVIL = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html;base64,PHN2Zz4=)",
    "[x](vbscript:x)", "[x](//e.org)", "[x](https://e.org\" onclick=\"y)", "![x](https://e.org/x.png)",
    "[a]: javascript:x\n\n[a]", "<https://e.org/\"onmouseover=x>", "<javascript:alert(1)>",
    "**<b onclick=x>**", "`</code><script>x</script>`", "```\"><script>\n</code></pre><script>x\n```",
    "| <script> |\n| --- |\n| <img src=x onerror=y> |", "- <iframe srcdoc=x>\n- <style>*{}</style>",
    "$\\text{<script>alert(1)</script>}$", "$\\text{&lt;script&gt;}$", "$</math><script>x</script>$",
    "$\\href{javascript:alert(1)}{x}$", "$\\style{color:red}{x}$", "$\\class{x\" onclick=\"y}{z}$",
    "$\\color{red\" onclick=\"y}{x}$", "\ufdd00\ufdd1 $x$", "&#xfdd0;0&#xfdd1; $x$", "&lt;script&gt;",
    "<math><mtext><table><mglyph><style><img src=x onerror=y>", "[<img src=x onerror=y>](https://e.org)",
]  # fmt: skip
_ALLOWED = {
    "a", "b", "blockquote", "br", "code", "div", "em", "li", "mark", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul", "math", "mi", "mn", "mo", "mrow", "mstyle",
    "mtext",
}  # fmt: skip


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("prepare", [str, kept_markdown])
def test_no_foreign_markup_comes_through(text: str, prepare: type[str]) -> None:
    """Neither of Markdown as it is stored, nor of one that a store has against the rules."""
    tree = html.fromstring(f"<div>{_shown(prepare(text))}</div>")
    for element in tree.iter():
        assert element.tag in _ALLOWED
        for name, value in element.attrib.items():
            assert name in ("href", "rel", "start", "display", "xmlns", "stretchy")
            assert name != "href" or str(value).startswith(("https://", "http://", "mailto:"))


@pytest.mark.parametrize(
    "formula",
    [
        "\\newcommand{\\a}{\\b\\b}\\newcommand{\\b}{\\a\\a}\\a", "\\def\\a{\\a\\a}\\a", "x" * 501,
        "{" * 400, "^" * 400, "\\frac" * 90,
    ],
)  # fmt: skip
def test_a_formula_that_cannot_be_drawn_is_code(formula: str) -> None:
    """A hostile formula takes no time."""
    with cpu_time_at_most(1):
        assert mathml(formula) == f"<code>${formula}$</code>"


@pytest.mark.process
@pytest.mark.parametrize(
    "text",
    ["[" * 40_000, "![" * 20_000, "**a" * 13_000, "`" * 40_000, "$a$ " * 10_000, "> " * 20_000,
     "- " * 20_000, "[a](b) " * 5_700, "|a|\n|-|\n" + "|x|\n" * 9_900, "- a\n" * 10_000,
     "a " * 20_000, "<b>" * 13_000, "*_" * 20_000],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_hostile_markdown_is_shown_in_time(text: str) -> None:
    """As long as it may be, with words highlighted throughout."""
    places = [TaggedSpan(at, at + 1, "<b>", "</b>") for at in range(0, 20_000, 4)]
    with cpu_time_at_most(2):
        definition_html(text, text[:20_000], places, lambda _: "")


TEXT = "A flat pan\n\n1. of iron\n2. with a lid"
MARKED = "A **flat** [pan](#lid)\n\n1. of `iron`\n2. with a lid"
LID = Entry("g:lid", "Lid", "It covers.", "g")
PAN = Entry("g:pan", "Pan", TEXT, "g", see_also=("lid",), details=Details(markdown=MARKED))


def test_pages_show_structure() -> None:
    """Of the Markdown, with links to terms; the Markdown version has it as it is."""
    at = TEXT.index("lid")
    related = Related(
        PAN, (), (Reference(LID, Span(at, at + 3, "lid"), Authored.SEE_ALSO),), (), ()
    )
    page = entry_page_of(Site("../"), related, Adjacent(None, None)).decode()
    assert '<p>A <strong>flat</strong> <a href="../entry/g:lid">pan</a></p>' in page
    assert '<li>with a <a class="term" href="../entry/g:lid" data-id="g:lid">lid</a></li>' in page
    twin = entry_markdown(Site("../"), related)
    assert MARKED.replace("#lid", "../entry/g:lid.md") in twin
    assert MARKED in llms_full([PAN])
    plain = replace(related, entry=replace(PAN, definition="A *b*.", details=Details()))
    assert ">A *b*.</div>" in entry_page_of(Site("../"), plain, Adjacent(None, None)).decode()


def test_the_best_hit_shows_structure(glossary: Glossary) -> None:
    """If it is a match; other hits are plain text."""
    answer = json.loads(to_json(glossary.ask("leaven")))
    first, *others = answer_view(answer, lambda _: "*Raising* dough").matches
    assert first.rich is not None
    assert "<em>" in first.rich
    assert not any(one.rich for one in others)
    assert answer_view(answer).matches[0].rich is None
