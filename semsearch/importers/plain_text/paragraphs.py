"""Headings and paragraphs of documents and pages, read as terms and definitions.

They are written as Markdown, so that the same rules find the terms: headings of one level, lines in
bold, or paragraphs that begin in bold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from semsearch.core.entries import Note, Source
from semsearch.importers.markdown.reader import read_markdown
from semsearch.importers.markdown_writer.from_runs import TextRun, after, lines_of, pieces_of_runs
from semsearch.importers.markdown_writer.inline import line_of, part_of_line
from semsearch.importers.plain_text.plain import MAX_TERM_LINE
from semsearch.importers.plain_text.quoted_terms import are_quoted_terms, read_quoted_terms
from semsearch.importers.records import Item

_DEEPEST = 8
_SIGNS = " :–—-"  # noqa: RUF001
"""What authors put behind a term in bold."""
_BULLET = re.compile(r"[-*•–◦▪][ \t]+")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph outside tables: its number and text, its level if it is a heading.

    An item of a list has the depth of the list, from 0, and may have a number. The first `bold`
    characters are bold.
    `runs` are the text with its emphasis and links, if it has any.
    """

    number: int
    text: str
    level: int = 0
    is_item: bool = False
    bold: int = 0
    depth: int = 0
    is_numbered: bool = False
    runs: tuple[TextRun, ...] = ()


def read_paragraphs(paragraphs: Sequence[Paragraph], path: Path) -> Iterator[Item | Note]:
    """Read headings with paragraphs as Markdown does; lines are the numbers of the paragraphs."""
    by_heading = groupby(paragraphs, lambda block: bool(block.level))
    if any(are_quoted_terms(block.text for block in group) for _, group in by_heading):
        blocks = ((block.number, block.text, block.is_item) for block in paragraphs)
        yield from read_quoted_terms(blocks, str(path))
        return
    lines: list[str] = []
    numbers = [1]
    indents: list[int] = []
    """Of the open lists, how much deeper the text of their items stands."""
    is_styled = any(block.level for block in paragraphs)
    has_bold_lines = not is_styled and sum(map(_is_bold_line, paragraphs)) > 1  # one is a title
    deepest = max((block.level for block in paragraphs), default=0)
    if sum(map(_has_bold_line, paragraphs)) > max(
        1, sum(b.level == deepest > 1 for b in paragraphs)
    ):
        paragraphs = [part for block in paragraphs for part in _apart(block, min(deepest + 1, 6))]
    for block in paragraphs:
        level = 2 if has_bold_lines and _is_bold_line(block) else block.level
        texts = [_line(line) for line in lines_of(_runs(block))]
        was_item = bool(indents)
        if level:
            indents = []
            made = [f"{'#' * level} {' '.join(texts)}", ""]
        else:
            texts[0] = _with_bold_start(block, texts[0])
            if block.bold >= len(block.text.split("\n", 1)[0]):  # a term on a line of its own
                texts[:2] = [" ".join(texts[:2])]
            indents = indents[: min(block.depth, _DEEPEST)] if block.is_item else []
            mark = "1. " if block.is_numbered else "- "
            words = f"{' ' * sum(indents)}{mark}{' '.join(filter(None, texts))}"
            made = [words] if block.is_item else list(_broken(texts))
            indents += [len(mark)] if block.is_item else []
        if was_item and not block.is_item:
            made.insert(0, "")
        lines += made
        numbers += [block.number] * len(made)
    for item in read_markdown("\n".join(lines), path):
        line = numbers[min(item.source.line, len(numbers) - 1)]
        yield replace(item, source=Source(str(path), line))


def _is_bold_line(block: Paragraph) -> bool:
    """Return whether a paragraph is one bold line, a heading of authors who use no styles."""
    is_line = len(block.text) <= MAX_TERM_LINE and "\n" not in block.text
    return is_line and not block.is_item and block.bold >= len(block.text)


def _has_bold_line(block: Paragraph) -> bool:
    """Return whether the first line of a paragraph is in bold, above lines that are not."""
    first, _, rest = block.text.partition("\n")
    return len(first) <= MAX_TERM_LINE and block.bold == len(first) > 0 and bool(rest.strip())


def _apart(block: Paragraph, level: int) -> Iterator[Paragraph]:
    """Yield a paragraph with such a line as a heading with a paragraph."""
    if block.is_item or block.level or not _has_bold_line(block):
        yield block
        return
    first, _, rest = block.text.partition("\n")
    yield Paragraph(block.number, first.rstrip(_SIGNS), level)
    yield Paragraph(block.number, rest, runs=after(block.runs, len(first) + 1))


def _with_bold_start(block: Paragraph, escaped: str) -> str:
    """Return the first line of a paragraph with its bold beginning, which may be its term."""
    line = block.text.split("\n", 1)[0]
    name = line[: block.bold].strip().rstrip(_SIGNS)
    if not name or block.bold >= len(block.text) or _BULLET.match(line):
        return escaped
    at = line.index(name) + len(name)
    gap = " " if line[at : at + 1].isspace() else ""
    rest = (TextRun(line[at : block.bold]), *after(_runs(block), max(at, block.bold)))
    return f"**{_line((TextRun(name),))}**{gap}{part_of_line(pieces_of_runs(lines_of(rest)[0]))}"


def _runs(block: Paragraph) -> tuple[TextRun, ...]:
    """Return the text of a paragraph in runs; a paragraph that is all bold is plain."""
    if block.bold < len(block.text):
        return block.runs or (TextRun(block.text),)
    return tuple(run._replace(marks=()) for run in block.runs) or (TextRun(block.text),)


def _broken(texts: list[str]) -> Iterator[str]:
    """Yield the lines of a paragraph: line breaks stay, lines with a bullet become a list."""
    for place, text in enumerate(texts):
        is_item = _BULLET.match(text) is not None
        is_last = place + 1 == len(texts)
        follows_item = not is_last and _BULLET.match(texts[place + 1]) is not None
        if is_item:
            yield "- " + _BULLET.sub("", text, count=1)
        elif text:
            yield text if is_last or follows_item or not texts[place + 1] else f"{text}\\"
        if is_last or (is_item != follows_item):
            yield ""


def _line(runs: tuple[TextRun, ...]) -> str:
    """Return a line of text as Markdown that means the same; bullets stay."""
    text = "".join(run.text for run in runs)
    bullet = _BULLET.match(text.lstrip())
    start = bullet[0] if bullet else ""
    rest = after(runs, len(text) - len(text.lstrip()) + len(start))
    return start + line_of(pieces_of_runs(rest))
