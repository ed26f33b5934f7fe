"""Makes the tree of a definition in reStructuredText (`blocks.py`); `rst.py` makes its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from docutils import nodes
from docutils.utils import unescape

from semsearch.importers.markdown_syntax.links import nowhere
from semsearch.importers.markdown_writer.blocks import Element, link_address, markdown_of
from semsearch.importers.sphinx.rst import DROPPED, Role

_TAGS: tuple[tuple[Any, str], ...] = (
    (nodes.paragraph, "p"),
    (nodes.strong, "strong"),
    (nodes.emphasis, "em"),
    ((nodes.literal_block, nodes.doctest_block), "pre"),
    (nodes.literal, "code"),
    ((nodes.math, nodes.math_block), "tex"),
    (nodes.bullet_list, "ul"),
    (nodes.enumerated_list, "ol"),
    (nodes.list_item, "li"),
    (nodes.definition_list, "dl"),
    (nodes.term, "dt"),
    (nodes.definition, "dd"),
    (nodes.block_quote, "blockquote"),
    (nodes.table, "table"),
    (nodes.row, "tr"),
    (nodes.entry, "td"),
    ((nodes.title, nodes.rubric, nodes.caption), "h3"),
)
_ROLES = {
    "math": "tex",
    "code": "code",
    "samp": "code",
    "kbd": "code",
    "strong": "strong",
    "dfn": "dfn",
}
_UNSAID = (*DROPPED, nodes.footnote_reference)
_NO_LANGUAGES = ("code", "default", "none", "text")
"""Classes of code that name no language."""


def markdown_of_rst(bodies: Sequence[nodes.Element]) -> str:
    """Return definitions as Markdown; empty if they only have paragraphs of text."""
    return markdown_of(Element("div", [_element(body) for body in bodies]))


def _element(node: nodes.Element) -> Element:
    children: list[Element | str] = [
        _element(child) if isinstance(child, nodes.Element) else unescape(str(child))
        for child in node.children
        if not isinstance(child, _UNSAID)
    ]
    if isinstance(node, nodes.definition_list_item):
        return Element("div", children)
    if isinstance(node, nodes.term):
        children.append(":")
    if isinstance(node, nodes.field_list):
        return Element("p", [part for one in children for part in (Element("br"), one)][1:])
    if isinstance(node, nodes.field):
        return Element("span", [children[0], ": ", *_without_paragraphs(children[1:])])
    if isinstance(node, Role):
        return _role(node, children)
    if isinstance(node, nodes.reference):
        return Element("a", children, link_address(str(node.get("refuri", "")), nowhere))
    tag = next((tag for kind, tag in _TAGS if isinstance(node, kind)), "span")
    is_block = isinstance(node, nodes.Body | nodes.Structural | nodes.Part) and tag == "span"
    return Element("div" if is_block else tag, children, _value(node))


def _without_paragraphs(bodies: Sequence[Element | str]) -> Iterator[Element | str]:
    """Yield what is in the paragraphs of the bodies of a field, which stand on one line."""
    for body in bodies:
        for part in body.children if isinstance(body, Element) else ():
            yield Element("span", part.children) if _is_paragraph(part) else part


def _is_paragraph(part: Element | str) -> TypeGuard[Element]:
    return isinstance(part, Element) and part.tag == "p"


def _role(node: Role, children: list[Element | str]) -> Element:
    if target := str(node.get("target", "")):
        return Element("a", children, link_address("", lambda _: target))
    return Element(_ROLES.get(str(node.get("role", "")), "span"), children)


def _value(node: nodes.Element) -> str:
    if isinstance(node, nodes.literal_block):
        return next((str(one) for one in node["classes"] if one not in _NO_LANGUAGES), "")
    if isinstance(node, nodes.math_block):
        return "display"
    return str(node.get("start", "")) if isinstance(node, nodes.enumerated_list) else ""
