"""Tables of HTML pages; a table inside a cell is text of the cell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from lxml import etree

from semsearch.importers.html_to_text import html_words
from semsearch.importers.tables.rows import MAX_COLUMNS, Repetitions, Row, Table
from semsearch.importers.text_files import read_text
from semsearch.importers.xml_safety import line_of


def tables(path: Path) -> Iterator[Table]:
    """Yield the tables of a page that have rows; where there are several, they are numbered."""
    every = tables_in(read_text(path), path)
    for number, rows in enumerate(every, 1):
        yield Table(rows, f"table {number}" if len(every) > 1 else "", is_read=True)


def tables_in(source: str, path: Path) -> list[list[Row]]:
    """Return the rows of the outer tables of a page, or of the beginning of one.

    Raises:
        ImportFailed: too many cells are merged.
    """
    repetitions = Repetitions(path)
    parser = etree.HTMLParser(no_network=True, huge_tree=False, recover=True, remove_comments=True)
    parser.feed(source or " ")
    page = parser.close()
    if page is None:
        return []
    outer = [one for one in page.iter("table") if next(one.iterancestors("table"), None) is None]
    return [rows for one in outer if (rows := list(_rows(one, repetitions)))]


def _rows(table: etree._Element, repetitions: Repetitions) -> Iterator[Row]:
    above: dict[int, tuple[str, int]] = {}
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th") or len(cells) >= MAX_COLUMNS:
                continue
            _repeat(cells, above, repetitions)
            text = html_words(
                etree.tostring(cell, encoding="unicode", method="html", with_tail=False)
            )
            if (merged := _number(cell.get("rowspan", ""))) > 1:
                above[len(cells)] = text, merged - 1
            width = min(_number(cell.get("colspan", "")), MAX_COLUMNS - len(cells))
            repetitions.add(0, max(width - 1, 0))
            cells += [text, *[""] * (width - 1)]
        _repeat(cells, above, repetitions)
        if any(cells):
            yield Row(line_of(row), cells)


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
