"""Makes records of the rows of tables, wherever they come from (`importers/tables/`).

`header_row.py` finds the row that names the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from semsearch.core.entries import Note, Refusal, Source
from semsearch.core.errors import EmptyFile, ImportFailed
from semsearch.importers.fields import MAP_HINT, chosen_columns, shorten
from semsearch.importers.html_to_text import html_words
from semsearch.importers.name_languages import tagged
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.tables.header_row import TableColumns, find_columns
from semsearch.importers.tables.rows import SEARCHED, Row, Table
from semsearch.text.csv_formulas import undefused

_NOTION_LINK = re.compile(
    r" \((?:https://(?:www\.)?notion\.so/|[^()\s]{1,200}%20)"
    r"(?=[^()\s]{0,500}(?:\.(?:md|csv)\)|[0-9a-f]{32}))[^()\s]{1,700}\)"
)
"""A link to a page of Notion, behind its name: a file, or an address with the id of the page."""
_GROUP = ("E_ID", "L_CODE")
"""Columns of IATE: rows that agree in both are names of one concept."""


def read(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
    """Read CSV, TSV or a text export of Anki, Excel or pyglossary; see `records`."""
    from semsearch.importers.tables import delimited  # noqa: PLC0415

    chosen = chosen_columns(options.columns, path)
    return records(delimited.tables(path, chosen), path, chosen)


def read_spreadsheet(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
    """Read the visible sheets of a workbook of Excel or OpenDocument; see `records`."""
    from semsearch.importers.tables import spreadsheets  # noqa: PLC0415

    return records(spreadsheets.tables(path), path, chosen_columns(options.columns, path))


def read_html(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
    """Read the tables of a page; see `records`."""
    from semsearch.importers.tables import html_tables  # noqa: PLC0415

    return records(html_tables.tables(path), path, chosen_columns(options.columns, path))


def read_markdown(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
    """Read the tables of a Markdown file; see `records`."""
    from semsearch.importers.tables import markdown_tables  # noqa: PLC0415

    return records(markdown_tables.tables(path), path, chosen_columns(options.columns, path))


def records(
    tables: Iterable[Table], path: Path, chosen: Mapping[str, str]
) -> Iterator[Item | Note]:
    """Read the tables of a file.

    Args:
        tables: from a carrier.
        path: the file.
        chosen: our fields, and the columns that the user chose for them.

    Yields:
        Item | Note: a record for each row with term and definition, a refusal for each other row,
        and notes on guesses and on tables without a glossary.

    Raises:
        EmptyFile: there is no row.
        ImportFailed: no table has the required and chosen columns, or the file cannot be read.
    """
    unread: list[ImportFailed] = []
    is_read = False
    for table in tables:
        file = f"{path}#{table.name}" if table.name else str(path)
        rows = iter(table.rows)
        first = list(islice(rows, SEARCHED))
        yield from (Note(Source(file, 1), note) for note in table.notes)
        if not first:
            continue
        try:
            columns = find_columns(table, first, chosen, file)
        except ImportFailed as error:
            unread.append(error)
            continue
        is_read = True
        yield from _notes(first, columns, chosen, file)
        every = chain(first[columns.skip :], rows)
        yield from _rows(every, table, columns, file)
    if unread and not is_read:
        raise unread[0]
    if not is_read:
        raise EmptyFile("the file is empty; the first row must name the columns", path)
    yield from (Note(Source(str(e.file), e.line or 1), f"not read: {e.reason}") for e in unread)


def _notes(
    first: Sequence[Row], columns: TableColumns, chosen: Mapping[str, str], file: str
) -> Iterator[Note]:
    """Yield how the columns were understood, and what stands above them."""
    titles = [" ".join(filter(None, row.cells)) for row in first[: max(columns.skip - 1, 0)]]
    if titles:
        shown = ", ".join(repr(shorten(title.strip())) for title in titles)
        yield Note(Source(file, first[0].line), f"above the header, so not read: {shown}")
    guessed: dict[str, str] = {}
    for one in columns.languages:
        for column, field in one.fields.guessed(chosen):
            is_own = one.language and field in ("term", "definition")
            shown = f"{one.language} {field}" if is_own else field
            guessed.setdefault(column, f"{shorten(column)} as {shown}")
    if guessed:
        text = f"columns read by their names: {', '.join(guessed.values())}; otherwise, {MAP_HINT}"
        yield Note(Source(file, columns.line), text)


def _rows(
    rows: Iterable[Row], table: Table, columns: TableColumns, file: str
) -> Iterator[Record | Refusal]:
    group: tuple[object, ...] = ()
    held: list[Record] = []
    is_grouped = set(_GROUP) <= {*columns.names}
    for row in rows:
        source = Source(file, row.line)
        found = _records_of_row(row, table, columns, source)
        if not is_grouped or isinstance(found, str):
            yield from [_refusal(row, source, found)] if isinstance(found, str) else found
            continue
        values = dict(zip(columns.names, row.cells, strict=False))
        own = (*(values.get(name) for name in _GROUP), found[0].definition)
        if own == group:
            first = held[0]
            held[0] = replace(first, aliases=(*first.aliases, found[0].term, *found[0].aliases))
        else:
            yield from held
            group, held = own, found
    yield from held


def _refusal(row: Row, source: Source, reason: str) -> Refusal:
    """Make a refusal; where the row of a spreadsheet is not the line of the text, say both."""
    is_elsewhere = row.shown and row.shown != row.line
    return Refusal(source, f"{reason} (row {row.shown})" if is_elsewhere else reason)


def _records_of_row(
    row: Row, table: Table, columns: TableColumns, source: Source
) -> list[Record] | str:
    """Make the records of a row, one a language; missing cells at the end are empty."""
    names, cells = columns.names, row.cells
    if table.is_text:
        cells = [undefused(cell) for cell in cells]
    if table.holds_html:
        cells = [html_words(cell) for cell in cells]
    elif table.is_text:
        cells = [
            _NOTION_LINK.sub("", cell) if "notion.so/" in cell or "%20" in cell else cell
            for cell in cells
        ]
    beyond = [stripped for cell in cells[len(names) :] if (stripped := cell.strip())]
    if beyond and table.is_text:
        return (
            f"{len(cells)} cells where the header names {len(names)} columns; "
            "a value with the separator in it must be quoted"
        )
    values = dict(zip(names, cells, strict=False))
    found: list[Record] = []
    reasons: list[str] = []
    translations: list[tuple[str, str]] = []
    for one in columns.languages:
        if found and not one.is_defined:
            made: Record | str = "no definition"
        else:
            made = one.fields.record(values, source, is_plain=table.holds_html or table.is_read)
        if isinstance(made, Record):
            found.append(replace(made, language=one.language) if one.language else made)
            continue
        reasons.append(made)
        translations += [
            (value, one.language)
            for field in ("term", "aliases")
            for column in one.fields.columns[field]
            if (value := values.get(column, "").strip())
        ]
    if not found:
        return max(reasons, key=len)
    if beyond or translations:
        first = found[0]
        aside = (("beside the table", "; ".join(beyond)),) if beyond else ()
        details = replace(
            first.details,
            extra=(*first.details.extra, *aside),
            name_languages=(*first.details.name_languages, *tagged(translations)),
        )
        translated = (name for name, _ in translations)
        found[0] = replace(first, aliases=(*first.aliases, *translated), details=details)
    return found
