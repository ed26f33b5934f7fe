"""Tables of HTML pages; a table inside a cell is text of the cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from pathlib import Path

from lxml import etree

from semsearch.importers.fields import beginning_of_list
from semsearch.importers.files.text_files import read_text
from semsearch.importers.html.headings import read_headings
from semsearch.importers.html.pages import language_of, parse_page, source_of, words_of
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.tables.table import MAX_COLUMNS, Repetitions, Row, Table
from semsearch.importers.xml_safety import line_of


def tables(path: Path, options: ReadOptions) -> Iterator[Table]:
    """Yield the tables of a page that have rows; where there are several, they are numbered."""
    every = tables_in(read_text(path), path)
    languages = [language_of(table, options.language) for table, _ in every]
    notes = _beside([table for table, _ in every], path)
    for number, ((_, rows), language) in enumerate(zip(every, languages, strict=True), 1):
        name = f"table {number}" if len(every) > 1 else ""
        yield Table(rows, name, notes=notes, is_read=True, language=language)
        notes = ()


def _beside(every: Sequence[etree._Element], path: Path) -> tuple[str, ...]:
    """Return a note on the headings with text beside tables, which are taken out of the page."""
    if not every:
        return ()
    page = every[0].getroottree().getroot()
    for table in every:
        if (above := table.getparent()) is not None:
            above.remove(table)
    items = read_headings(page, path)
    terms = [one.term for one in items if isinstance(one, Record) and one.definition]
    text = f"headings with text beside the tables are not read: {beginning_of_list(terms)}"
    return (f"{text}; --format html reads these instead",) if terms else ()


def tables_in(source: str, path: Path) -> list[tuple[etree._Element, list[Row]]]:
    """Return the outer tables of a page, or of the beginning of one, with their rows.

    Raises:
        ImportFailed: too many cells are merged.
    """
    repetitions = Repetitions(path)
    page = parse_page(source)
    if page is None:
        return []
    outer = [one for one in page.iter("table") if next(one.iterancestors("table"), None) is None]
    return [(one, rows) for one in outer if (rows := list(_rows(one, repetitions)))]


def _rows(table: etree._Element, repetitions: Repetitions) -> Iterator[Row]:
    above: dict[int, tuple[str, int]] = {}
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells: list[str] = []
        sources: dict[int, etree._Element] = {}
        for cell in row:
            if cell.tag not in ("td", "th") or len(cells) >= MAX_COLUMNS:
                continue
            _repeat(cells, above, repetitions)
            text = words_of(cell)
            sources[len(cells)] = cell
            if (merged := _number(cell.get("rowspan", ""))) > 1:
                above[len(cells)] = text, merged - 1
            width = min(_number(cell.get("colspan", "")), MAX_COLUMNS - len(cells))
            repetitions.add(0, max(width - 1, 0))
            cells += [text, *[""] * (width - 1)]
        _repeat(cells, above, repetitions)
        if any(cells):
            yield Row(line_of(row), cells, markdown=partial(_markdown, sources))


def _markdown(sources: Mapping[int, etree._Element], place: int) -> str:
    return markdown_of_html(source_of(sources[place])) if place in sources else ""


def _repeat(cells: list[str], above: dict[int, tuple[str, int]], repetitions: Repetitions) -> None:
    """Add the cells that are merged with those of the row above."""
    while len(cells) < MAX_COLUMNS and (merged := above.pop(len(cells), None)) is not None:
        text, left = merged
        if left > 1:
            above[len(cells)] = text, left - 1
        repetitions.add(1)
        cells.append(text)


def _number(text: str) -> int:
    digits = "".join(takewhile(str.isdigit, text.strip()[:5]))
    return max(int(digits), 1) if digits.isascii() and digits else 1
