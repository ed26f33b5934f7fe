"""Parses Markdown into a tree of blocks; inline text is parsed later, on demand.

The nodes are our own. Those of markdown-it refer to their parents, so that the nodes of a large
file would stay in memory until the garbage collector has searched them all for cycles.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

_MAX_BLOCKS = 20
"""Nested blocks; markdown-it's limit for CommonMark."""
_MAX_BRACKETS = 8
"""Nested links and images; 100,000 characters of `![` take .15 s for each level."""


@dataclass(slots=True)
class Node:
    """A block: its type, the token that opens it, and the blocks inside; `inline` has text."""

    type: str
    token: Token
    children: list[Node] = field(default_factory=list)

    @property
    def content(self) -> str:
        """The source of a block without inner blocks, or an empty text."""
        return self.token.content

    @property
    def first_line(self) -> int:
        """The line on which it begins, from 0."""
        return self.token.map[0] if self.token.map else 0

    def walk(self) -> Iterator[Node]:
        """Yield the block and all inner blocks, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Blocks:
    """The block tree of a Markdown text, and the link references defined in it."""

    nodes: tuple[Node, ...]
    references: MutableMapping[str, Any] = field(repr=False)


def parse_blocks(markdown: str) -> Blocks:
    """Parse the blocks of a Markdown text; inline text stays unparsed."""
    references: MutableMapping[str, Any] = {}
    return Blocks(tuple(_tree(_parser(_MAX_BLOCKS).parse(markdown, references))), references)


def _tree(tokens: Sequence[Token]) -> list[Node]:
    top: list[Node] = []
    open_ = [top]
    for token in tokens:
        if token.nesting < 0:
            open_.pop()
            continue
        node = Node(token.type.removesuffix("_open"), token)
        open_[-1].append(node)
        if token.nesting > 0:
            open_.append(node.children)
    return top


def parse_inline(
    markdown: str, references: MutableMapping[str, Any], *, has_formulas: bool = False
) -> list[Token]:
    """Parse the inline text of a block, with the link references of its document.

    Args:
        markdown: the text.
        references: the link references.
        has_formulas: whether text between `$` is a formula; in plain text it stays as it is.
    """
    tokens: list[Token] = []
    inside = _formula_parser() if has_formulas else _parser(_MAX_BRACKETS)
    inside.inline.parse(markdown, inside, references, tokens)
    return tokens


@lru_cache(maxsize=1)
def _formula_parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"maxNesting": _MAX_BRACKETS})
    return made.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)


@lru_cache(maxsize=2)
def _parser(max_nesting: int) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"maxNesting": max_nesting})
    made.enable("table").use(deflist_plugin).core.ruler.enableOnly(["normalize", "block"])
    return made
