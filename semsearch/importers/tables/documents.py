"""Documents of word processors (.docx, .odt): their tables, or else headings with paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from semsearch.core.entries import Note, Source
from semsearch.core.errors import EmptyFile, ImportFailed
from semsearch.importers.fields import chosen_columns
from semsearch.importers.markdown.reader import read_markdown
from semsearch.importers.plain import MAX_TERM_LINE
from semsearch.importers.records import Item, ReadOptions
from semsearch.importers.tables.office_xml import Paragraph, TableRow, blocks
from semsearch.importers.tables.packages import Package
from semsearch.importers.tables.reader import records
from semsearch.importers.tables.rows import Row, Table

_MARKS = re.compile(r"([\\`*_\[\]<>&{}#|~^$])")
_OPENING = re.compile(r"(?:[-+=:]|\d{1,9}[.)])(?=\s|\Z)")
_BULLET = re.compile(r"[-*•–◦▪][ \t]+")  # noqa: RUF001


def read(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
    """Read a document.

    Args:
        path: the file.
        options: which columns of its tables hold which of our fields.

    Yields:
        Item | Note: the entries of its tables; if there are more headings, these with their text.

    Raises:
        ImportFailed: it is damaged, or has neither.
    """
    chosen = chosen_columns(options.columns, path)
    found = list(blocks(Package(path), path))
    rows = [block for block in found if isinstance(block, TableRow)]
    paragraphs = [block for block in found if isinstance(block, Paragraph)]
    if not found:
        raise EmptyFile("the document is empty", path)
    headings = sum(bool(block.level) for block in paragraphs)
    try:
        made = list(records(tables_of(rows), path, chosen)) if rows else []
    except ImportFailed:
        if chosen or not headings:
            raise
        made = []
    has_tables = bool(made) and len(made) >= headings
    found_items = made if has_tables else list(_prose(paragraphs, path))
    if not found_items:
        raise ImportFailed(
            "no table of terms and no heading; put the terms into a table with the columns Term "
            "and Definition, or give them the style of a heading",
            path,
        )
    yield from found_items
    unread = "text outside" if has_tables else "text in"
    if headings > 1 if has_tables else made:
        text = f"the {unread} tables is not read; put one glossary into a file"
        yield Note(Source(str(path), 1), text)


def tables_of(rows: Iterable[TableRow]) -> Iterator[Table]:
    """Yield tables of rows; where there are several, they are named or numbered."""
    grouped = [(name, list(group)) for name, group in groupby(rows, lambda row: row.table)]
    for number, group in grouped:
        shown = [Row(row.number, row.cells) for row in group if not row.is_hidden]
        hidden = len(group) - len(shown)
        notes = (f"{hidden:,} hidden rows are not read; show them to read them",) if hidden else ()
        name = group[0].name or f"table {number}" if len(grouped) > 1 else ""
        yield Table(shown, name, notes=notes)


def _prose(paragraphs: list[Paragraph], path: Path) -> Iterator[Item]:
    """Read headings with paragraphs as Markdown; lines are those of the paragraphs."""
    lines: list[str] = []
    numbers = [1]
    is_styled = any(block.level for block in paragraphs)
    has_bold_lines = not is_styled and sum(map(_is_bold_line, paragraphs)) > 1  # one is a title
    for block in paragraphs:
        level = 2 if has_bold_lines and _is_bold_line(block) else block.level
        texts = [_escaped(line) for line in block.text.split("\n")]
        if level:
            made = [f"{'#' * level} {' '.join(texts)}", ""]
        else:
            texts[0] = _with_bold_start(block, texts[0])
            if block.bold >= len(block.text.split("\n", 1)[0]):  # a term on a line of its own
                texts[:2] = [" ".join(texts[:2])]
            made = [f"- {' '.join(texts)}"] if block.is_item else list(_broken(texts))
        if lines and lines[-1].startswith("- ") and not block.is_item:
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


def _with_bold_start(block: Paragraph, escaped: str) -> str:
    """Return the first line of a paragraph with its bold beginning, which may be its term."""
    line = block.text.split("\n", 1)[0]
    name = line[: block.bold].strip().rstrip(" :–—-")  # noqa: RUF001
    if not name or block.bold >= len(block.text) or _BULLET.match(line):
        return escaped
    rest = line[line.index(name) + len(name) :]
    marked = _MARKS.sub(r"\\\1", rest.strip())
    return f"**{_escaped(name)}**{' ' if rest[:1].isspace() else ''}{marked}"


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


def _escaped(text: str) -> str:
    """Return a line of text as Markdown that means the same; bullets stay."""
    bullet = _BULLET.match(text.strip())
    start = bullet[0] if bullet else ""
    rest = _MARKS.sub(r"\\\1", text.strip()[len(start) :])
    if opening := _OPENING.match(rest):
        rest = f"{rest[: opening.end() - 1]}\\{rest[opening.end() - 1 :]}"
    return start + rest
