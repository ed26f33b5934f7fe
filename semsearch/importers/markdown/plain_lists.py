"""Marks the terms of Markdown that has no other sign of them, so that the usual rules find them.

Lists of `- Leaven: dough that has fermented`, and paragraphs that are one line in bold above their
text, become terms in bold and headings, if the file has no headings but a title and letters.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from semsearch.importers.markdown.many_terms import is_glossary_title
from semsearch.importers.plain_text.term_lines import fits, term_and_text

_HEADING = re.compile(r"#{1,6}[ \t]+(\S.*)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_ITEM = re.compile(r"([-*+]|\d{1,4}[.)])([ \t]+)(?=\S)")
_BOLD_LINE = re.compile(r"(?:\*\*|__)([^*_\n]{1,100})(?:\*\*|__):?[ \t]*")
_MIN_SHARE = 0.9
"""Share of the items from which a list consists of terms."""
_MIN_TERMS = 2
_MIN_ITEMS = 3


def with_marked_terms(text: str, path: Path) -> str:
    """Return Markdown with marks at the terms of a plain list, or of lines in bold.

    The title or the name of the file says that it is a glossary, or it has nothing but the list.
    """
    lines = text.split("\n")
    headings = [found[1].strip() for line in lines if (found := _HEADING.match(line))]
    names = [name for name in headings if len(name) > 1]
    has_others = any(_UNDERLINE.fullmatch(b) and a.strip() for a, b in pairwise(lines[2:]))
    if len(names) > 1 or has_others:
        return text
    is_glossary = is_glossary_title(next(iter(names), re.sub("[_-]", " ", path.stem)))
    items = [n for n, line in enumerate(lines) if _ITEM.match(line)]
    texts = sum(bool(line.strip()) for line in lines) - len(headings)
    is_list = is_glossary or (len(items) >= _MIN_ITEMS and len(items) == texts)
    if is_list and len(items) >= _MIN_TERMS and fits([lines[n] for n in items], _MIN_SHARE):
        for n in items:
            lines[n] = _with_bold_term(lines[n])
    bold = [n for n in range(len(lines)) if _is_bold_line(lines, n)]
    if is_glossary and len(bold) >= _MIN_TERMS and not items:
        for n in bold:
            lines[n] = _BOLD_LINE.sub(r"## \1", lines[n])
    return "\n".join(lines)


def _with_bold_term(line: str) -> str:
    """Return an item with its term in bold."""
    found = term_and_text(line)
    mark = _ITEM.match(line)
    if found is None or mark is None or "**" in line[: mark.end() + 2]:
        return line
    return f"{mark[0]}**{found[0]}**: {found[1]}"


def _is_bold_line(lines: list[str], place: int) -> bool:
    """Return whether a line is a paragraph in bold with text below it."""
    if not _BOLD_LINE.fullmatch(lines[place]):
        return False
    above = lines[place - 1] if place else ""
    below = [line for line in lines[place + 1 : place + 3] if line.strip()]
    return not above.strip() and bool(below) and not _BOLD_LINE.fullmatch(below[0])
