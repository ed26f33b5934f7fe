"""Makes records of the rows of tables, wherever they come from (`importers/tables/`).

`header_row.py` finds the row that names the columns.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import chain, islice
from pathlib import Path

from semsearch.core.entries import Note, Refusal, Source
from semsearch.core.errors import EmptyFile, ImportFailed
from semsearch.importers.fields import MAP_HINT, FieldMap, chosen_columns, shorten
from semsearch.importers.html.to_text import html_words
from semsearch.importers.markdown.notion import NOTION_LINK
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.markdown_writer.from_markdown import says
from semsearch.importers.name_languages import tagged
from semsearch.importers.name_lists import split_aliases
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.tables.header_row import TableColumns, find_columns
from semsearch.importers.tables.languages import (
    LanguageFields,
    languages_of_header,
    names_language,
)
from semsearch.importers.tables.table import SEARCHED, Row, Table
from semsearch.text.csv_formulas import unescape_formula

_SHOWN = {"scope_note": "the last paragraph of the definition"}
"""What a field is called in notes, if its name does not say where its text goes."""

_ASKING = re.compile(
    r"\bask|question|quer(?:y|ies)\b|frage|gefragt|phrase|pregunta|pergunta|domand|vragen",
    re.IGNORECASE,
)
"""Names of columns that may hold phrases by which people ask."""
_GROUP = ("E_ID", "L_CODE")
"""Columns of IATE: rows that agree in both are names of one concept."""


def read(path: Path, options: ReadOptions, kind: str) -> Iterator[Item | Note]:
    """Read the tables of a file with the module `tables/KIND.py`; see `records`."""
    chosen = chosen_columns(options.columns)
    tables = import_module(f"semsearch.importers.tables.{kind}").tables
    return records(tables(path, replace(options, columns=chosen)), path, chosen, options.language)


def records(
    tables: Iterable[Table], path: Path, chosen: Mapping[str, str], language: str = ""
) -> Iterator[Item | Note]:
    """Read the tables of a file.

    Args:
        tables: of a file.
        path: the file.
        chosen: our fields, and the columns that the user chose for them.
        language: of rows that state none, if the user named it.

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
        if not language:
            columns, notes = _in_language(columns, table.language, file)
            yield from notes
        elif table.language:
            columns = columns.of_language(table.language)
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
    above = [row.cells for row in first[: max(columns.skip - 1, 0)]]
    titles = [
        " ".join(filter(None, c)) for c in above if not all(map(names_language, filter(None, c)))
    ]
    if titles:
        shown = ", ".join(repr(shorten(title.strip())) for title in titles)
        yield Note(Source(file, first[0].line), f"above the header, so not read: {shown}")
    guessed: dict[str, str] = {}
    for one in columns.languages:
        for column, field in one.fields.guessed(chosen):
            is_own = one.language and field in ("term", "definition")
            shown = f"{one.language} {field}" if is_own else _SHOWN.get(field, field)
            guessed.setdefault(column, f"{shorten(column)} as {shown}")
    for one in columns.languages:
        if len(parts := one.fields.columns["definition"]) > 1:
            text = f"{', '.join(map(shorten, parts))} are read as paragraphs of one definition"
            yield Note(Source(file, columns.line), f"the columns {text}; otherwise, {MAP_HINT}")
    if guessed:
        text = f"columns read by their names: {', '.join(guessed.values())}; otherwise, {MAP_HINT}"
        yield Note(Source(file, columns.line), text)
    yield from _hint_at_phrases(columns, file)


def _hint_at_phrases(columns: TableColumns, file: str) -> Iterator[Note]:
    """Yield a note on the first extra column that seems to hold questions."""
    others = (name for one in columns.languages for name in one.fields.others)
    if asking := next(filter(_ASKING.search, others), ""):
        text = (
            f"{shorten(asking)!r} is kept as an extra field; if it holds questions that people ask"
        )
        way_out = f"read it with --columns asked_as={shlex.quote(shorten(asking))}"
        yield Note(Source(file, columns.line), f"{text}, {way_out}")


def _in_language(
    columns: TableColumns, stated: str, file: str
) -> tuple[TableColumns, tuple[Note, ...]]:
    """Give columns without a language that of the text around them, or of the names of columns."""
    fields = columns.without_language()
    guessed = languages_of_header(fields) if fields and not stated else {}
    if not guessed:
        return columns.of_language(stated), ()
    shown = " or ".join(guessed.values())
    [tag, *others] = guessed
    text = f"read as {shown} ({tag})" if not others else "not said, so read as English"
    note = f"the columns have {shown} names; the language of the entries is {text}; --lang decides"
    made = columns if others else columns.of_language(tag)
    return made, (Note(Source(file, columns.line), note),)


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


def _structure(
    fields: FieldMap, row: Row, table: Table, names: Sequence[str], cells: Sequence[str]
) -> str:
    """Return the Markdown of the definition in a row, if the cells of its table have structure."""
    columns = fields.columns["definition"]
    if not (table.holds_html or row.markdown) or len(columns) != 1:
        return ""
    place = names.index(columns[0])
    if place >= len(cells):
        return ""
    markdown = row.markdown(place) if row.markdown else markdown_of_html(row.cells[place])
    return markdown if markdown and says(markdown, cells[place]) else ""


def _records_of_row(
    row: Row, table: Table, columns: TableColumns, source: Source
) -> list[Record] | str:
    """Make the records of a row, one a language; missing cells at the end are empty."""
    names, cells = columns.names, row.cells
    if table.is_text:
        cells = [unescape_formula(cell) for cell in cells]
    if table.holds_html:
        cells = [html_words(cell) for cell in cells]
    elif table.is_text:
        cells = [
            NOTION_LINK.sub("", cell) if "notion.so/" in cell or "%20" in cell else cell
            for cell in cells
        ]
    beyond = [stripped for cell in cells[len(names) :] if (stripped := cell.strip())]
    if beyond and table.is_text:
        return (
            f"{len(cells)} cells where the header names {len(names)} columns; "
            "a value with the separator in it must be quoted"
        )
    values = dict(zip(names, cells, strict=False))
    is_plain = table.holds_html or table.is_read
    found: list[Record] = []
    reasons: list[str] = []
    undefined: list[LanguageFields] = []
    for one in columns.languages:
        if found and not one.is_defined:
            made: Record | str = "no definition"
        else:
            markdown = _structure(one.fields, row, table, names, cells)
            made = one.fields.record(values, source, is_plain=is_plain, markdown=markdown)
        if isinstance(made, Record):
            found.append(replace(made, language=one.language) if one.language else made)
            continue
        reasons.append(made)
        undefined.append(one)
    if not found:
        return max(reasons, key=len)
    translations = [pair for one in undefined for pair in _names_in(one, values)]
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


def _names_in(one: LanguageFields, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names of a row in a language that has no definition, with the language."""
    for column in one.fields.columns["term"]:
        if term := values.get(column, "").strip():
            yield term, one.language
    for column in one.fields.columns["aliases"]:
        yield from ((name, one.language) for name in split_aliases(values.get(column)))
