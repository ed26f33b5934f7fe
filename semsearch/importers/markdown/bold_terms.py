"""Finds terms in bold at the beginning of paragraphs and list items: `**Term**: definition`."""

from __future__ import annotations

import re
from collections import Counter
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
"""Labels of the parts of a definition, in lower case: a text with many has no terms in bold."""
_MAX_PARTS = 0.02
_MAX_REPEATS = 3
_MAX_OF_A_NAME = 0.01
_MAX_REPEATED = 0.05
_MAX_REPEATED_OF_GLOSSARY = 0.2
"""Shares of the names in bold: labels of parts, one name, and names that stand there already."""
_MIN_BESIDE = 8
"""Terms in a glossary for each section that has none."""


@dataclass(slots=True)
class BoldTerm:
    """A term in bold as Markdown, its line, and the blocks of its definition."""

    name: str
    line: int
    nodes: list[Node] = field(default_factory=list)


def are_bold_terms(sections: Sequence[Sequence[Node]], *, is_glossary: bool = False) -> bool:
    """Return whether the sections of a file consist of terms in bold with names of their own.

    A name that stands again and again is that of a part, such as "Why it matters".

    Args:
        sections: the blocks of each.
        is_glossary: whether the title or the name of the file says so; then more names may repeat.
    """
    found = [list(bold_terms(blocks)) for blocks in sections]
    names = Counter(one.name.casefold().strip() for terms in found for one in terms)
    count = names.total()
    parts = sum(names[part] for part in _PARTS)
    repeated = count - len(names)
    most = max(names.values(), default=0)
    may_be_part = 1 if is_glossary and count >= _MIN_BESIDE else 0
    if (
        count < 2
        or parts > max(may_be_part, _MAX_PARTS * count)
        or most > max(_MAX_REPEATS, _MAX_OF_A_NAME * count)
    ):
        return False
    if repeated > (_MAX_REPEATED_OF_GLOSSARY if is_glossary else _MAX_REPEATED) * count:
        return False
    others = sum(not terms for terms in found)
    return 2 * others < len(sections) or (is_glossary and count >= _MIN_BESIDE * others)


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
