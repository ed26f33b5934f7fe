"""Writes the structure of a definition as Markdown: lists, code, emphasis, links, formulas, tables.

Readers turn what a format says into a tree of `Element`, and `markdown_of` writes it in one form
(CommonMark, tables, formulas between `$`): without HTML, images, headings or unsafe links. So kept
Markdown can be shown, exported and read again, and stays as it is. Markdown is kept only if it
agrees with the plain definition (`agrees`), which is what is embedded and searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

from semsearch.importers.html.elements import BLOCKS, CELLS, HEADINGS, LISTS
from semsearch.importers.markdown_syntax.links import Target
from semsearch.importers.markdown_writer.inline import (
    BACKTICKS,
    BREAK,
    DEEPEST,
    Element,
    InlinePiece,
    PieceKind,
    line_of,
    pieces_of,
    plain,
)

__all__ = ["MAX_MARKDOWN", "PLAIN_LIST", "Element", "agrees", "link_address", "markdown_of"]

MAX_MARKDOWN = 40_000
"""Most characters of the Markdown of a definition: twice those of a definition, for its marks."""
PLAIN_LIST = re.compile(r"- .*(\n *- .*)*")
"""A list that plain text shows just as well: lines with bullets."""
_MARKED_BLOCKS = {**dict.fromkeys((*HEADINGS, "title"), "strong"), "dt": "em"}
"""Blocks that become a paragraph with emphasis."""
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"\\^`{|}]{1,2000}", re.IGNORECASE)
_ESCAPED_IN_ADDRESS = {ord("("): "%28", ord(")"): "%29"}
_LIST_MARKS = re.compile(r"(?m)^[ \t]*(?:(?:-|\d{1,9}\.)[ \t]+)+")
_NOT_COMPARED = re.compile(r"[\s$;\\*_`]+")


def agrees(words: str, definition: str) -> bool:
    """Return whether the plain text of Markdown says what a definition says.

    White space, the marks of lists, tables and formulas, and what Markdown takes for emphasis do
    not count.
    """
    return _compared(words) == _compared(definition)


def _compared(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _NOT_COMPARED.sub("", _LIST_MARKS.sub("", lines))


def link_address(address: str, target: Target) -> str:
    """Return the address of a link as it is kept: `#name` of an entry, a web address, or none.

    Args:
        address: as the source states it.
        target: returns the name of the entry that an address leads to.
    """
    from markdown_it.common.normalize_url import normalizeLink  # noqa: PLC0415 - only for links
    from mdurl import encode  # noqa: PLC0415

    stated = address.strip()
    if name := target(stated):
        return f"#{encode(name)}".translate(_ESCAPED_IN_ADDRESS)
    if not _ADDRESS.fullmatch(stated):
        return ""
    try:
        found = normalizeLink(stated).translate(_ESCAPED_IN_ADDRESS)
    except ValueError:  # such as an unclosed bracket in the host
        return ""
    return found if _ADDRESS.fullmatch(found) else ""


def markdown_of(root: Element) -> str:
    """Return a tree as Markdown; empty if it only has paragraphs of text, or is too long."""
    writer = _BlockWriter()
    text = writer.blocks(root, 0)
    return text if writer.is_structured and len(text) <= MAX_MARKDOWN else ""


@dataclass(slots=True)
class _Block:
    """A block of Markdown; that of a list has its items, which the next list may continue."""

    kind: str
    text: str = ""
    items: list[str] = field(default_factory=list)
    start: int = 1


class _BlockWriter:
    def __init__(self) -> None:
        self.is_structured = False

    def blocks(self, element: Element, depth: int) -> str:
        """Return the blocks of an element, with a blank line between them."""
        return "\n\n".join(_text(block) for block in self._blocks(element, depth))

    def _blocks(self, element: Element, depth: int) -> list[_Block]:
        found: list[_Block] = []
        inline: list[Element | str] = []
        for child in [*element.children, None]:
            if child is not None and not _is_block(child):
                inline.append(child)
                continue
            if inline:
                _add(found, self._paragraph(inline))
                inline = []
            if isinstance(child, Element):
                for block in self._block(child, depth):
                    _add(found, block)
        return found

    def _block(self, child: Element, depth: int) -> list[_Block]:
        if depth >= DEEPEST:
            return [self._paragraph([plain(child)])]
        if mark := _MARKED_BLOCKS.get(child.tag):
            return [self._paragraph([Element(mark, child.children)])]
        if child.tag == "dl" or child.tag in LISTS:
            return [self._list(child, depth)]
        writer = self.by_tag.get(child.tag)
        return [writer(self, child, depth)] if writer else self._blocks(child, depth + 1)

    def _quotation(self, element: Element, depth: int) -> _Block:
        text = self.blocks(element, depth + 1)
        self.is_structured |= bool(text)
        quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        return _Block("quotation", quoted if text else "")

    def _paragraph(self, children: list[Element | str]) -> _Block:
        return _Block("paragraph", self._inline(pieces_of(children)))

    def _inline(self, pieces: Iterator[InlinePiece], *, in_table: bool = False) -> str:
        lines: list[list[InlinePiece]] = [[]]
        for piece in pieces:
            if piece is BREAK:
                lines.append([])
            else:
                lines[-1].append(piece)
        written = filter(None, (line_of(line, in_table=in_table) for line in lines))
        self.is_structured |= any(
            p.kind not in (PieceKind.TEXT, PieceKind.SPACE) or p.marks or p.address
            for line in lines
            for p in line
        )
        return (" " if in_table else "\\\n").join(written)

    def _list(self, element: Element, depth: int) -> _Block:
        kind = "ol" if LISTS.get(element.tag) else "ul"
        start = int(element.value) if element.value.isdecimal() and len(element.value) < 10 else 1
        block = _Block(kind, start=start)
        for item in _items(element):
            inner = self._blocks(item, depth + 1)
            gaps = [*(_separator(*pair) for pair in pairwise(inner)), ""]
            text = "".join(f"{_text(one)}{gap}" for one, gap in zip(inner, gaps, strict=False))
            block.items += [text] if text else []
        self.is_structured |= bool(block.items) and not PLAIN_LIST.fullmatch(_text(block))
        return block

    def _code(self, element: Element, depth: int) -> _Block:
        del depth
        text = plain(element).strip("\n").rstrip()
        if not text:
            return _Block("code")
        self.is_structured = True
        language = element.value if _LANGUAGE.fullmatch(element.value) else ""
        longest = max((len(run) for run in BACKTICKS.findall(text)), default=0)
        fence = "`" * max(3, longest + 1)
        return _Block("code", f"{fence}{language}\n{text}\n{fence}")

    def _table(self, element: Element, depth: int) -> _Block:
        del depth
        rows = [
            [self._inline(pieces_of(cell.children), in_table=True) for cell in row.children
             if isinstance(cell, Element)]
            for row in _rows(element)
        ]  # fmt: skip
        rows = [row for row in rows if any(row)]
        width = max(map(len, rows), default=0)
        if not width:
            return _Block("table")
        self.is_structured = True
        filled = [row + [""] * (width - len(row)) for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in (filled[0], ["---"] * width, *filled[1:])]
        return _Block("table", "\n".join(lines))

    by_tag: ClassVar[dict[str, Callable[[_BlockWriter, Element, int], _Block]]] = {
        "pre": _code,
        "programlisting": _code,
        "table": _table,
        "blockquote": _quotation,
    }


def _is_block(part: Element | str) -> bool:
    """Return whether a part is a block, or an element of another kind with a block in it."""
    rest = [part]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            continue
        if one.tag in BLOCKS:
            return True
        rest += one.children
    return False


def _add(blocks: list[_Block], block: _Block) -> None:
    """Add a block; a list of the same kind continues the one before it."""
    if block.kind in ("ul", "ol") and block.items and blocks and blocks[-1].kind == block.kind:
        blocks[-1].items += block.items
    elif block.text or block.items:
        blocks.append(block)


def _text(block: _Block) -> str:
    if not block.items:
        return block.text
    lines = []
    for number, item in enumerate(block.items, block.start):
        mark = "- " if block.kind == "ul" else f"{number}. "
        indented = item.replace("\n", "\n" + " " * len(mark))
        lines.append(mark + re.sub(r"(?m)[ \t]+$", "", indented))
    return ("\n\n" if any("\n\n" in item for item in block.items) else "\n").join(lines)


def _separator(block: _Block, following: _Block) -> str:
    """Return what separates two blocks of an item; a list may directly follow a paragraph."""
    is_list = following.kind == "ul" or (following.kind == "ol" and following.start == 1)
    return "\n" if block.kind == "paragraph" and is_list else "\n\n"


def _items(element: Element) -> Iterator[Element]:
    """Yield the items of a list; a term and its definitions are one."""
    open_: Element | None = None
    for child in element.children:
        if isinstance(child, str):
            continue
        if child.tag == "dd" and open_ is not None:
            open_.children += [Element("br"), *_without_paragraph(child.children)]
        elif child.tag == "dt":
            if open_ is not None:
                yield open_
            open_ = Element("li", [Element("em", child.children)])
        elif element.tag == "dl" and child.tag == "div":
            yield from _items(Element("dl", child.children))
        else:
            yield child
    if open_ is not None:
        yield open_


def _without_paragraph(children: list[Element | str]) -> list[Element | str]:
    """Return what is in a paragraph, if there is nothing else."""
    stated = [one for one in children if not isinstance(one, str) or one.strip()]
    only = stated[0] if len(stated) == 1 else ""
    return only.children if isinstance(only, Element) and only.tag == "p" else children


def _rows(element: Element) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element):
            if child.tag in ("tr", "row"):
                yield child
            elif child.tag not in (*CELLS, "caption"):
                yield from _rows(child)
