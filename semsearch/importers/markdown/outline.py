"""Finds headings, paragraphs and list items of Markdown line by line, before it is parsed.

Only the structure at the margin counts: code, tables, quotations, HTML and indented lines are none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from semsearch.importers.markdown.many_terms import (
    is_contents,
    is_end_matter,
    is_glossary_title,
    is_part_of_page,
)

ITEM = re.compile(r"([-*+]|\d{1,4}[.)])([ \t]+)(?=\S)")
"""The mark of an item at the margin."""
_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_UNDERLINE = re.compile(r"(?:=+|-{2,})[ \t]*")
_FENCE = re.compile(r"[ ]{0,3}(```|~~~)")
_RULE = re.compile(r"(?:[-*_][ \t]*){3,}")
_LETTER = re.compile(r"[*_]{0,3}[^\W\d_][*_]{0,3}[ ]?(?:…|\.{3}|:)?[*_]{0,3}")
_NO_PARAGRAPH = re.compile(r"[|<>{]|!\[|:(?::|[ \t])|\[[^\]\n]{1,200}\]:|#{1,6}$")
_MIN_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its line, its level and its name."""

    line: int
    level: int
    name: str

    @property
    def is_letter(self) -> bool:
        """Return whether it stands above the terms of a letter."""
        return len(self.name) == 1 or _is_letter(self.name)


@dataclass(slots=True)
class Outline:
    """The headings of a text, its paragraphs (first line and the one behind the last) and items."""

    headings: list[Heading] = field(default_factory=list)
    paragraphs: list[tuple[int, int]] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    """Lines that are one letter."""

    @property
    def title(self) -> str:
        """Return the first heading, if no other has its level, or it says "glossary" as H1."""
        named = [one for one in self.headings if not one.is_letter]
        if not named:
            return ""
        is_over = all(one.level > named[0].level for one in named[1:])
        is_said = named[0].level == 1 and is_glossary_title(named[0].name)
        return named[0].name if is_over or is_said else ""

    def topics(self) -> list[Heading]:
        """Return the headings with paragraphs or items at once below them: no title, no letter."""
        starts = sorted([*(start for start, _ in self.paragraphs), *self.items])
        found: list[Heading] = []
        title = self.title
        place = 0
        for heading, after in zip_longest(self.headings, self.headings[1:]):
            while place < len(starts) and starts[place] < heading.line:
                place += 1
            is_filled = place < len(starts) and (after is None or starts[place] < after.line)
            is_title = heading.name == title
            is_part = is_part_of_page(heading.name) or is_contents(heading.name)
            if is_filled and not (is_title or heading.is_letter or is_part):
                found.append(heading)
        return found


def outline_of(lines: Sequence[str]) -> Outline:
    """Return the outline of the lines of a text."""
    scanner = _OutlineScanner(lines)
    for place, line in enumerate([*lines, ""]):
        scanner.read(place, line)
    found = scanner.found
    _take_letters(found, lines)
    ends = list(_end_matter(found.headings, len(lines)))
    if ends:
        found.paragraphs = [one for one in found.paragraphs if not _is_within(one[0], ends)]
        found.items = [one for one in found.items if not _is_within(one, ends)]
    return found


def _end_matter(headings: Sequence[Heading], end: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of the parts that are no terms, such as "References"."""
    start: Heading | None = None
    for one in headings:
        if start is not None and one.level <= start.level:
            yield start.line, one.line
            start = None
        if start is None and is_end_matter(one.name):
            start = one
    if start is not None:
        yield start.line, end


def _is_within(line: int, parts: Sequence[tuple[int, int]]) -> bool:
    place = bisect_right(parts, (line, line)) - 1
    return place >= 0 and parts[place][0] < line < parts[place][1]


class _OutlineScanner:
    """Reads line by line: what is open, and what was found."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.found = Outline()
        self._lines = lines
        self._closing = ""  # of the code or the comment that is open
        self._start: int | None = None  # of the paragraph that is open
        self._is_inside = False  # of an item, a table or another block

    def read(self, place: int, line: str) -> None:
        fence = _FENCE.match(line)
        if self._closing:
            is_end = fence[1] == self._closing if fence else self._closing == "-->" in line
            self._closing = "" if is_end else self._closing
            return
        heading = _HEADING.match(line)
        is_item = ITEM.match(line) is not None and not _RULE.fullmatch(line)
        is_block = fence or heading or is_item or line.startswith("<!--")
        is_end = is_block or not line.strip()
        if self._start is not None and (is_end or _UNDERLINE.fullmatch(line)):
            self._end_paragraph(self._start, place, line)
            if not is_end:
                return
        if fence:
            self._closing = fence[1]
        elif line.startswith("<!--"):
            self._closing = "" if "-->" in line else "-->"
        elif heading:
            name = heading[2].strip().rstrip("# ")
            self.found.headings.append(Heading(place, len(heading[1]), name))
            self._is_inside = False
        elif not line.strip():
            self._is_inside = False
        elif self._start is None:
            self._begin(place, line, is_item=is_item)

    def _begin(self, place: int, line: str, *, is_item: bool) -> None:
        """Read a line that continues no paragraph."""
        if is_item:
            self.found.items.append(place)
        elif self._is_inside:
            return
        elif not (line[0].isspace() or _NO_PARAGRAPH.match(line) or _RULE.fullmatch(line)):
            self._start = place
        self._is_inside = self._start is None and not _RULE.fullmatch(line)

    def _end_paragraph(self, start: int, place: int, line: str) -> None:
        """Add a paragraph, or the heading that it is above an underline."""
        if place == start + 1 and _UNDERLINE.fullmatch(line):
            name = self._lines[start].strip()
            self.found.headings.append(Heading(start, 1 if line[0] == "=" else 2, name))
        else:
            self.found.paragraphs.append((start, place))
        self._start = None


def _take_letters(found: Outline, lines: Sequence[str]) -> None:
    """Take letters above the terms that begin with them out of the paragraphs."""
    inside = [n for start, end in found.paragraphs for n in range(start, end)]
    letters = [n for n in inside if _is_letter(lines[n])]
    names = [lines[n].strip("*_ \t").casefold() for n in letters]
    if len(letters) < _MIN_LETTERS or names != sorted({*names}):
        return
    found.letters = letters
    known = {*letters}
    parts: list[tuple[int, int]] = []
    for start, end in found.paragraphs:
        first = start
        for n in range(start, end + 1):
            if n == end or n in known:
                parts += [(first, n)] if n > first else []
                first = n + 1
    found.paragraphs = parts


def _is_letter(line: str) -> bool:
    return _LETTER.fullmatch(line.strip()) is not None
