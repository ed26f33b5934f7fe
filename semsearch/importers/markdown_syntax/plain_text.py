"""Converts Markdown to plain text for terminals, pages and encoders, and collects links to entries.

A blank line separates paragraphs and headings. List items have a line each, after `- ` or their
number; rows of a table have a line each, with `; ` between cells. Links are replaced by their text,
images by their alternative text, code by its characters, macros by their words (`macros.py`) except
in code blocks. Blocks are parsed for a whole file, inline text only on demand, so that hostile
files are cheap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import unquote

from markdown_it.token import Token

from semsearch.importers.html.to_text import html_words, is_break
from semsearch.importers.labelled_lines import is_see_also, listed_names
from semsearch.importers.markdown_syntax import macros
from semsearch.importers.markdown_syntax.blocks import Node, parse_inline
from semsearch.importers.markdown_syntax.links import Target, nowhere

MAX_SOURCE = 100_000
"""Most characters of Markdown of a definition; longer ones would exceed the limit of entries
anyway."""

ALERT = re.compile(r"\A\[![A-Za-z]+\][ \t]*\n?")
_MARKED = re.compile(r"[\\`*_\[<&]|\{\{|  \n")
"""Occurs in every inline text that is not plain: all constructs of CommonMark begin so."""


@dataclass(frozen=True, slots=True)
class Prose:
    """The plain text of some blocks, and the entries they link to, in order."""

    words: str
    see_also: tuple[str, ...]
    markdown: str = ""
    """The text with its structure, if it has more than paragraphs (`markdown_writer/`)."""


def prose_of(nodes: Sequence[Node], references: MutableMapping[str, Any], target: Target) -> Prose:
    """Return the plain text of some blocks, and the entries they link to.

    Returns:
        The text, and the entries of links, macros and lists below "See also".
    """
    writer = _PlainTextWriter(references, target)
    return Prose(writer.blocks(nodes), tuple(writer.see_also))


def words_of(nodes: Sequence[Node], references: MutableMapping[str, Any]) -> str:
    """Return the plain text of some blocks.

    Returns:
        The text, with a blank line between blocks.
    """
    return _PlainTextWriter(references).blocks(nodes)


def inline_words(content: str, references: MutableMapping[str, Any]) -> str:
    """Return the plain text of the source of one paragraph or heading."""
    return _PlainTextWriter(references).inline(content)


class _PlainTextWriter:
    """Writes blocks as plain text, and collects the links that lead to an entry."""

    def __init__(self, references: MutableMapping[str, Any], target: Target = nowhere) -> None:
        self._references = references
        self._target = target
        self._links = 0  # of all links, also those that lead elsewhere
        self._lists_entries = False
        self.see_also: list[str] = []

    def blocks(self, nodes: Iterable[Node], separator: str = "\n\n") -> str:
        return separator.join(filter(None, map(self._block, nodes)))

    def inline(self, content: str) -> str:
        if not _MARKED.search(content):
            return " ".join(content.split())
        marked, found = macros.hide(content)
        tokens = parse_inline(marked, self._references)
        for token in tokens:
            self._follow(token, found)
        lines = "".join(_inline_token(token, found) for token in tokens).split("\n")
        return "\n".join(" ".join(line.split()) for line in lines).strip()

    def _follow(self, token: Token, found: Sequence[macros.Macro]) -> None:
        """Collect the entries that a token of inline text links to."""
        if token.type == "link_open":
            self._links += 1
            address = macros.show(unquote(str(token.attrs.get("href", ""))), found)
            self.see_also.extend(filter(None, [self._target(address)]))
        elif token.type in ("text", "code_inline"):
            shown = macros.shown(token.content, found)
            self._links += len(shown)
            self.see_also += [macro.entry for macro in shown if macro.entry]

    def _block(self, node: Node) -> str:
        writer = self.by_type.get(node.type)
        return writer(self, node) if writer else self.blocks(node.children)

    def _source(self, node: Node) -> str:
        return self.inline(node.content)

    def _code(self, node: Node) -> str:
        return node.content.strip("\n").rstrip()

    def _html(self, node: Node) -> str:
        return html_words(macros.spell_out(node.content))

    def _heading(self, node: Node) -> str:
        words = self.blocks(node.children)
        self._lists_entries = is_see_also(words)
        return words

    def _paragraph(self, node: Node) -> str:
        links = self._links
        words = self.blocks(node.children)
        if self._links == links:
            self.see_also += listed_names(words)
        return words

    def _quotation(self, node: Node) -> str:
        """Write a quotation without its marks, and without the label of a GitHub alert."""
        return ALERT.sub("", self.blocks(node.children), count=1)

    def _list(self, node: Node) -> str:
        number = int(node.token.attrs.get("start", 1)) if node.type == "ordered_list" else None
        lines = []
        for item in node.children:
            # MDN writes definition lists as nested items that begin with a colon
            links = self._links
            words = self.blocks(item.children, "\n").removeprefix(": ")
            if self._lists_entries and self._links == links:
                self.see_also.append(words)
            if words:
                mark = "- " if number is None else f"{number}. "
                lines.append(mark + words.replace("\n", "\n" + " " * len(mark)))
            number = None if number is None else number + 1
        return "\n".join(lines)

    def _table(self, node: Node) -> str:
        rows = (row for part in node.children for row in part.children)
        return "\n".join(filter(None, map(self._row, rows)))

    def _row(self, row: Node) -> str:
        return "; ".join(filter(None, (self.blocks(cell.children) for cell in row.children)))

    def _definition_list(self, node: Node) -> str:
        lines: list[str] = []
        for child in node.children:
            words = self.blocks(child.children, "\n")
            if child.type == "dd" and lines and lines[-1].endswith(":"):
                lines[-1] += f" {words}"
            else:
                lines.append(f"{words}:" if child.type == "dt" else words)
        return "\n".join(lines)

    by_type: ClassVar[dict[str, Callable[[_PlainTextWriter, Node], str]]] = {
        "heading": _heading,
        "paragraph": _paragraph,
        "inline": _source,
        "fence": _code,
        "code_block": _code,
        "html_block": _html,
        "bullet_list": _list,
        "ordered_list": _list,
        "table": _table,
        "dl": _definition_list,
        "blockquote": _quotation,
    }


def _inline_token(token: Token, found: Sequence[macros.Macro]) -> str:
    if token.type in ("text", "text_special"):
        return macros.show(token.content, found)
    if token.type == "code_inline":
        return macros.show(token.content, found, in_code=True)
    if token.type == "softbreak":
        return " "
    if token.type == "image":
        return "".join(_inline_token(child, found) for child in token.children or ())
    is_line_end = token.type == "hardbreak"
    return "\n" if is_line_end or (token.type == "html_inline" and is_break(token.content)) else ""
