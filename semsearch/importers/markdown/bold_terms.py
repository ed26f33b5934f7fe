"""Finds terms in bold at the beginning of paragraphs and list items: `**Term**: definition`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from semsearch.importers.markdown_syntax.blocks import Node
from semsearch.importers.name_lists import split_aliases

_BOLD = re.compile(
    r"(?:\*\*|__)(?P<name>[^\n*]{1,300}?)(?P<inside>:?)(?:\*\*|__)(?P<after>[ \t]*(?::|–|—|-+(?=\s)))?[ \t]*"  # noqa: RUF001
)
_LISTS = ("bullet_list", "ordered_list")
_ITALIC = re.compile(r"[*_]([^*_\n]{1,300})[*_]")
_PARTS = frozenset(
    {
        "advantages", "answer", "cons", "definition", "disadvantages", "example", "examples",
        "explanation", "formula", "hint", "important", "note", "notes", "pros", "question",
        "reference", "references", "related", "see also", "source", "sources", "syntax", "tip",
        "type", "usage", "warning",
    }
)  # fmt: skip
"""Labels of the parts of a definition, in lower case: a text with one has no terms in bold."""


@dataclass(slots=True)
class BoldTerm:
    """A term in bold as Markdown, its line, and the blocks of its definition."""

    name: str
    line: int
    nodes: list[Node] = field(default_factory=list)


def are_bold_terms(sections: Sequence[Sequence[Node]]) -> bool:
    """Return whether the sections of a file consist of terms in bold, each with another name."""
    found = [list(bold_terms(blocks)) for blocks in sections]
    names = [one.name.casefold() for terms in found for one in terms]
    if len(names) < 2 or len(set(names)) < len(names) or _PARTS.intersection(names):
        return False
    return sum(len(terms) > 0 for terms in found) * 2 > len(sections)


def bold_terms(blocks: Sequence[Node]) -> Iterator[BoldTerm]:
    """Yield the terms in bold; what follows, up to the next one, is their definition."""
    term: BoldTerm | None = None
    for block in blocks:
        for unit in block.children if block.type in _LISTS and _is_bold(block) else (block,):
            first = unit.children[0] if unit.type == "list_item" and unit.children else unit
            for place, piece in _pieces(first):
                bold = _bold(piece, is_item=first is not unit and place == 0)
                if bold is not None:
                    if term is not None:
                        yield term
                    term = BoldTerm(bold["name"].strip(), first.first_line + place + 1)
                if term is not None:
                    text = piece[bold.end() :].lstrip(".= ") if bold else piece
                    is_text = first.type == "paragraph"
                    term.nodes.append(_paragraph(first, text) if is_text else first)
            if term is not None and first is not unit:
                term.nodes += unit.children[1:]
    if term is not None:
        yield term


def italic_names(block: Node) -> tuple[str, ...]:
    """Return the names in a paragraph that is one line in italics."""
    found = _ITALIC.fullmatch(_source(block).strip())
    return tuple(split_aliases(found[1])) if found else ()


def _is_bold(items: Node) -> bool:
    """Return whether most items of a list begin with a term in bold; others continue these."""
    starts = [_source(item.children[0]) for item in items.children if item.children]
    found = [one for one in starts if _bold(one, is_item=True)]
    signs = sum(_bold(one) is not None for one in found)
    return 2 * signs >= len(found) > 0 and 3 * len(found) >= 2 * len(items.children)


def _bold(source: str, *, is_item: bool = False) -> re.Match[str] | None:
    """Return the term in bold with the sign behind it, which an item of such a list may lack."""
    found = _BOLD.match(source)
    is_term = found and (found["inside"] or found["after"] or (is_item and source[found.end() :]))
    return found if is_term else None


def _source(block: Node) -> str:
    return block.children[0].content if block.type == "paragraph" and block.children else ""


def _pieces(block: Node) -> Iterator[tuple[int, str]]:
    """Split a paragraph before each line that begins with a term in bold; give their places."""
    lines = _source(block).split("\n")
    starts = [0, *(i for i, line in enumerate(lines) if i and _bold(line))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start, "\n".join(lines[start:end])


def _paragraph(block: Node, source: str) -> Node:
    return Node("paragraph", block.token, [Node("inline", Token("inline", "", 0, content=source))])
