"""Markdown of entries, rendered by others, runs nothing."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from semsearch.core.answers import Related
from semsearch.core.entries import Details, Entry, Source
from semsearch.core.index_info import GlossaryInfo
from semsearch.web.markdown_pages import entry_markdown, llms_full
from semsearch.web.render import Site
from semsearch.web.safe_markdown import safe_markdown

SITE = Site("../", "https://a.example/words/", glossaries=(GlossaryInfo("sea", 2),))
HOSTILE = (
    "<script>alert(1)</script>",
    "a <img src=x onerror=alert(1)> b",
    "a\n<div onclick=alert(1)>\n\nb",
    "<!-- --><b>",
    "[x](javascript:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&#x0A;script:alert(1))",
    "![x](data:text/html,a)",
    "<javascript:alert(1)>",
    "[x]\n\n[x]: javascript:alert(1)",
    "[x][y]\n\n> [y]: vbscript:a",
    "\\`<b>`",
    "`a\n\n<b>c</b>\n\nd`",
    "```\n<b>\n```\n<i>x</i>",
)
HARMLESS = (
    "a [rope](https://a.example/b) and [mast](#mast)",
    "[a](page.md) [b](../c) [c](/d) [d](mailto:a@b.example)",
    "`List<int>` and 1 < 2 and a<1",
    "<https://a.example/>",
    "[x]: https://a.example\n\n[x]",
    "[1] a note: b",
)


def _is_dangerous(markdown: str) -> bool:
    """Render as others do, with HTML passed on and no link refused."""
    parser = MarkdownIt("commonmark", {"html": True})
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    tokens = [t for block in parser.parse(markdown) for t in (block, *(block.children or ()))]
    if any(token.type in ("html_block", "html_inline") for token in tokens):
        return True
    addresses = [str(t.attrs.get("href") or t.attrs.get("src") or "") for t in tokens]
    schemes = (address.partition(":")[0].strip().lower() for address in addresses if ":" in address)
    return any(scheme not in ("http", "https", "mailto") for scheme in schemes)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_runs_is_passed_on(text: str) -> None:
    """The Markdown of one entry and of all entries, stated or made from text, has no script."""
    entry = Entry("sea:x", "x", text, "sea", source=Source("/home/jane/words/sea.md", 7))
    marked = Entry("sea:y", "y", "y", "sea", details=Details(markdown=text))
    for one in (entry, marked):
        assert not _is_dangerous(entry_markdown(SITE, Related(one, (), (), (), ())))
        assert not _is_dangerous(llms_full([one]))


@pytest.mark.parametrize("text", HOSTILE[:8])
def test_the_texts_are_dangerous(text: str) -> None:
    """As they were passed on."""
    assert _is_dangerous(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text: str) -> None:
    """Links to web addresses and within the site, code, and signs of less than."""
    assert safe_markdown(text) == text
