"""Wraps prose: paragraphs, items of lists and quotations with a line that is too wide."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt

from tools.docs.tables import WIDTH

PARSER = MarkdownIt("commonmark").enable("table")
_MARKS = re.compile(r"\s*(?:>\s?)*\s*(?:(?:[-*+]|\d+\.)\s+)*")
_QUOTED = re.compile(r"\s*(?:>\s?)*")
_LINK = re.compile(r"!?\[[^]]*\]\([^)]*\)")
_JOINED = re.compile(r"`[^`]*`|(?<=\d) %")
"""What stays on one line: code, and a number with its sign."""
_BLANK = "\0"


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first line of each paragraph, counted from 0, and the one behind its last."""
    tokens = PARSER.parse(text)
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and token.map:
            yield token.map[0], token.map[1]


def is_too_wide(line: str) -> bool:
    """Tell whether a line could be broken and is wider than it may be.

    Links and pictures in HTML are not broken for it.
    """
    if line.startswith("<picture>"):
        return False
    return len(line) > WIDTH and " " in _LINK.sub("", _MARKS.sub("", line, count=1)).strip()


def wrapped(text: str) -> str:
    """Return a text whose paragraphs fit, those that fit already left alone."""
    lines = text.split("\n")
    for first, behind in reversed([*paragraphs(text)]):
        if any(is_too_wide(line) for line in lines[first:behind]):
            lines[first:behind] = _wrapped(lines[first:behind])
    return "\n".join(lines)


def _wrapped(lines: list[str]) -> list[str]:
    found = _MARKS.match(lines[0])
    marks = found[0] if found else ""
    indent = marks if marks.strip().startswith(">") else " " * len(marks)
    said = [lines[0][len(marks) :], *(_QUOTED.sub("", line, count=1) for line in lines[1:])]
    joined = _JOINED.sub(lambda m: m[0].replace(" ", _BLANK), " ".join(said))
    made = textwrap.wrap(
        joined,
        WIDTH,
        initial_indent=marks,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_BLANK, " ") for line in made]
