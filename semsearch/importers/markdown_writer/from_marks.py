"""Reads the marks of Markdown that people write in cells and fields: links and bold words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from semsearch.importers.markdown_syntax.links import from_file
from semsearch.importers.markdown_writer.blocks import Element, link_address, markdown_of

_CODE = r"```[^`]+```|`[^`\n]+`"
_LINK = re.compile(
    rf"{_CODE}|(?<![\w!\\\])])\[([^\[\]\n]{{1,300}})\]"
    r"\(((?:\#|\.{0,2}/|([a-z][a-z0-9+.-]{1,20}://|mailto:))[^()\s]{1,500})\)(?!\()"
)
"""Code, or a link to a heading, a path or an address: not `[captures](params)`, nor `[0,1](x)`."""
_STRONG = r"(?<![\w*\\])\*\*(?=[^\s*])([^*\n]{1,300})(?<=[^\s*])\*\*(?![\w*])"
_BOLD = re.compile(f"{_CODE}|{_STRONG}")
_ANY = re.compile(f"{_LINK.pattern}|{_STRONG}")


def without_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without marks, and the names to which links inside of the glossary lead.

    The address of a page elsewhere follows the words of its link. Code stays, as do other marks,
    since they could be signs of formulas and programs.

        without_marks("A **part** of a [ship](#ship)") == ("A part of a ship", ("ship",))
    """
    if "](" not in text and "**" not in text:
        return text, ()
    names = tuple(
        unquote(link[2][1:]) for link in _LINK.finditer(text) if link[2] and link[2][0] == "#"
    )
    return _BOLD.sub(_words, _LINK.sub(_words_of_link, text)), names


def markdown_of_marks(text: str) -> str:
    """Return a text with such marks or code as Markdown; empty if it has neither."""
    if not any(one in text for one in ("](", "**", "`")):
        return ""
    return markdown_of(Element("div", list(_parts(text))))


def _parts(text: str) -> Iterator[Element | str]:
    at = 0
    for found in _ANY.finditer(text):
        yield from _lines(text[at : found.start()])
        yield _element(found)
        at = found.end()
    yield from _lines(text[at:])


def _lines(text: str) -> Iterator[Element | str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        yield from (Element("hr"),) if number else ()  # parts paragraphs, and is not shown
        for place, line in enumerate(paragraph.split("\n")):
            yield from (Element("br"), line) if place else (line,)


def _element(found: re.Match[str]) -> Element:
    words, address, is_elsewhere, strong = found.groups()
    if strong:
        return Element("strong", list(_parts(strong)))
    if not words:
        return Element("pre" if found[0].startswith("```") else "code", [found[0].strip("`")])
    link = link_address(address, from_file(""))
    if is_elsewhere and words != address:  # the address is shown, as in plain text
        return Element("span", [f"{words} (", Element("a", [address], link), ")"])
    return Element("a", list(_parts(words)), link)


def _words(found: re.Match[str]) -> str:
    return found[1] or found[0]


def _words_of_link(link: re.Match[str]) -> str:
    is_elsewhere = link[3] and link[1] != link[2]
    return f"{link[1]} ({link[2]})" if is_elsewhere else _words(link)
