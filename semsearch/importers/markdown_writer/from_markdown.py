"""Keeps the structure of a definition in Markdown: makes the tree of its blocks (`blocks.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

from markdown_it.token import Token

from semsearch.importers.html.to_text import html_words, is_break
from semsearch.importers.markdown_syntax import macros
from semsearch.importers.markdown_syntax.blocks import Node, parse_blocks, parse_inline
from semsearch.importers.markdown_syntax.links import Target, from_file, nowhere
from semsearch.importers.markdown_syntax.plain_text import ALERT, Prose, prose_of
from semsearch.importers.markdown_writer.blocks import (
    MAX_MARKDOWN,
    PLAIN_LIST,
    Element,
    agrees,
    link_address,
    markdown_of,
)
from semsearch.text.normalise import in_markdown, line_in_markdown

_OF_BLOCKS = {
    "heading": "h3",
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "dl": "dl",
    "dt": "dt",
    "dd": "dd",
    "table": "table",
    "tr": "tr",
    "td": "td",
    "th": "td",
}
_OF_INLINE = {"em_open": "em", "strong_open": "strong", "link_open": "a"}
_FORMULAS = {"math_inline": "", "math_inline_double": "display"}


_PLAIN = re.compile(r"[^\\`*_\[<&${]*")
"""Text of a paragraph without a mark of structure."""


def structured_prose(
    nodes: Sequence[Node], references: MutableMapping[str, Any], target: Target
) -> Prose:
    """Return what `prose_of` returns, with the Markdown of the same blocks."""
    prose = prose_of(nodes, references, target)
    if not prose.words or all(map(_is_plain, nodes)):
        return prose
    return replace(prose, markdown=markdown_of_nodes(nodes, references, target))


def _is_plain(node: Node) -> bool:
    return node.type == "paragraph" and all(_PLAIN.fullmatch(n.content) for n in node.children)


def markdown_of_nodes(
    nodes: Sequence[Node], references: MutableMapping[str, Any], target: Target
) -> str:
    """Return blocks as Markdown that is kept; empty if they are only paragraphs of text."""
    tree = _Tree(references, target)
    return markdown_of(Element("div", [part for node in nodes for part in tree.block(node)]))


def kept_markdown(markdown: str) -> str:
    """Return Markdown that somebody states in the form in which it is kept; see `blocks.py`.

    Too long Markdown stays as it is, so that whoever checks its length can say so.
    """
    if len(markdown) > MAX_MARKDOWN:
        return markdown
    blocks = parse_blocks(markdown)
    return markdown_of_nodes(blocks.nodes, blocks.references, from_file(""))


def plain_text(markdown: str) -> str:
    """Return the plain text of Markdown, as that of an imported definition."""
    blocks = parse_blocks(markdown)
    return prose_of(blocks.nodes, blocks.references, nowhere).words


def says(markdown: str, definition: str) -> bool:
    """Return whether Markdown is short enough to be kept, and says what a definition says."""
    return len(markdown) <= MAX_MARKDOWN and agrees(plain_text(markdown), definition)


def text_in_markdown(text: str) -> str:
    """Return a plain definition in Markdown: lists as lists, all other lines unchanged."""
    return "\n\n".join(_block(block) for block in text.split("\n\n"))


def _block(block: str) -> str:
    if PLAIN_LIST.fullmatch(block):
        lines = (re.fullmatch(r"( *)- (.*)", line) for line in block.split("\n"))
        return "\n".join(f"{m[1]}- {_line(m[2])}" for m in lines if m)
    return "\\\n".join(_line(line) for line in block.split("\n"))


def _line(line: str) -> str:
    return line_in_markdown(in_markdown(line))


def has_list(text: str) -> bool:
    """Return whether a paragraph of a plain definition is a list."""
    return any(map(PLAIN_LIST.fullmatch, text.split("\n\n")))


class _Tree:
    """Makes elements of blocks; `plain_text.py` makes their words, and both must agree."""

    def __init__(self, references: MutableMapping[str, Any], target: Target) -> None:
        self._references = references
        self._target = target

    def block(self, node: Node) -> Iterator[Element | str]:
        if node.type == "inline":
            yield from self._inline(node.content)
        elif node.type in ("fence", "code_block"):
            yield Element("pre", [node.content], node.token.info.strip().partition(" ")[0])
        elif node.type == "html_block":
            words = html_words(macros.spell_out(node.content))
            yield from (Element("p", _lines(text)) for text in words.split("\n\n") if text)
        else:
            children = [part for child in node.children for part in self.block(child)]
            if node.type == "dt":
                children.append(":")
            elif node.type == "blockquote":
                _drop_label(children)
            elif node.type == "list_item":
                _drop_colon(children)
            start = str(node.token.attrs.get("start", ""))
            yield Element(_OF_BLOCKS.get(node.type, "div"), children, start)

    def _inline(self, content: str) -> list[Element | str]:
        marked, found = macros.hide(content)
        root = Element("span")
        open_ = [root]
        for token in parse_inline(marked, self._references, has_formulas=True):
            if token.nesting > 0:
                inner = Element(
                    _OF_INLINE.get(token.type, "span"), value=self._address(token, found)
                )
                open_[-1].children.append(inner)
                open_.append(inner)
            elif token.nesting < 0:
                open_.pop()
            else:
                open_[-1].children += self._leaf(token, found)
        return root.children

    def _address(self, token: Token, found: Sequence[macros.Macro]) -> str:
        stated = macros.show(str(token.attrs.get("href", "")), found)
        return link_address(stated, self._target) if token.type == "link_open" else ""

    def _leaf(self, token: Token, found: Sequence[macros.Macro]) -> Iterator[Element | str]:
        if token.type in ("text", "text_special"):
            yield from _with_links(token.content, found)
        elif token.type == "code_inline":
            yield Element("code", [macros.show(token.content, found, in_code=True)])
        elif token.type in _FORMULAS:
            yield Element("tex", [macros.show(token.content, found)], _FORMULAS[token.type])
        elif token.type == "softbreak":
            yield " "
        elif token.type == "image":
            for child in token.children or ():
                yield from self._leaf(child, found)
        elif token.type == "hardbreak" or is_break(token.content):
            yield Element("br")


def _with_links(text: str, found: Sequence[macros.Macro]) -> Iterator[Element | str]:
    """Yield a text with the words of its macros, of which those that name an entry are links."""
    at = 0
    for mark in macros.MARK.finditer(text) if found else ():
        macro = found[int(mark[1])]
        yield text[at : mark.start()]
        link = link_address("", lambda _, name=macro.entry: name)  # type: ignore[misc]
        yield Element("a", [macro.words], link) if link else macro.words
        at = mark.end()
    yield text[at:]


def _lines(text: str) -> list[Element | str]:
    return [part for line in text.split("\n") for part in (Element("br"), line)][1:]


def _drop_label(children: list[Element | str]) -> None:
    """Drop the label of a GitHub alert, such as `[!NOTE]`."""
    first = children[0] if children else ""
    if isinstance(first, Element) and first.children and isinstance(first.children[0], str):
        first.children[0] = ALERT.sub("", first.children[0], count=1)


def _drop_colon(children: list[Element | str]) -> None:
    """Drop the colon with which MDN begins the definitions of nested lists."""
    first = children[0] if children else ""
    if isinstance(first, Element) and first.children and isinstance(first.children[0], str):
        first.children[0] = first.children[0].removeprefix(": ")
