"""Makes the tree of a piece of HTML (`blocks.py`); `importers/html/to_text.py` makes its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semsearch.importers.html.to_text import is_html
from semsearch.importers.markdown_syntax.links import Target, from_file
from semsearch.importers.markdown_writer.blocks import Element, link_address, markdown_of

if TYPE_CHECKING:
    from lxml import etree

MAX_SOURCE = 100_000
"""Most characters of HTML of which the structure is read."""
_LANGUAGE = "language-"
"""Begins the class that names the language of code."""


def markdown_of_html(source: str, target: Target | None = None) -> str:
    """Return a piece of HTML as Markdown; empty if it only has paragraphs of text.

    Args:
        source: the HTML, also of DocBook and DITA.
        target: returns the entry that an address leads to; by default `#name` leads to `name`.
    """
    if "<" not in source or len(source) > MAX_SOURCE:
        return ""
    from semsearch.importers.html.pages import parse_page  # noqa: PLC0415 - lxml, only for HTML

    page = parse_page(f"<div>{source}</div>")
    if page is None:
        return ""
    root = Element("div")
    rest = [(page, root)]
    while rest:
        node, element = rest.pop()
        element.children += [node.text] if node.text else []
        for inner in node:
            tag = inner.tag if isinstance(inner.tag, str) else ""
            made = Element(tag.rpartition(":")[2].lower(), value=_value(inner, tag, target))
            rest.append((inner, made))
            element.children += [made, inner.tail] if inner.tail else [made]
    return markdown_of(root)


def _value(node: etree._Element, tag: str, target: Target | None) -> str:
    attributes = node.attrib
    if tag in ("a", "link", "ulink", "xref"):
        address = attributes.get("href") or attributes.get("url") or ""
        return link_address(address, target or from_file(""))
    if tag == "pre":
        names = (name for one in (node, *node) for name in one.get("class", "").split())
        stated = next((name for name in names if name.startswith(_LANGUAGE)), "")
        return stated.removeprefix(_LANGUAGE)
    if tag == "tex":  # a formula, of our own readers
        return attributes.get("display", "")
    return attributes.get("start", "") if tag == "ol" else ""


def markdown_of_text(source: str) -> str:
    """Return a definition that may be HTML as Markdown; empty if it is none, see `is_html`."""
    return markdown_of_html(source) if is_html(source) else ""
