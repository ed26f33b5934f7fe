"""Parses HTML pages, and finds the language of their parts."""

from __future__ import annotations

from lxml import etree

from semsearch.importers.html.to_text import html_words


def parse_page(source: str) -> etree._Element | None:
    """Return the root of a page, or of the beginning of one; None if there is none."""
    parser = etree.HTMLParser(
        no_network=True, huge_tree=False, recover=True, remove_comments=True, remove_pis=True
    )
    parser.feed(source or " ")
    return parser.close()


def language_of(element: etree._Element, default: str = "") -> str:
    """Return the language that an element or one around it states; empty if none does.

    Args:
        element: a part of a page.
        default: of the page, if the user named it; this wins over what the page says of itself.
    """
    for one in (element, *element.iterancestors()):
        if stated := one.get("lang") or one.get("xml:lang"):
            return str(default if default and one.tag in ("html", "body") else stated)
    return default


def words_of(element: etree._Element) -> str:
    """Return the text of an element."""
    return html_words(source_of(element))


def source_of(element: etree._Element) -> str:
    """Return an element as HTML."""
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)
