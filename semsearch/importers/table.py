"""Reader of CSV and TSV with a header row that names the columns.

The separator of a .csv file is the one of `,` `;` and tab with which the header row has the most
known columns; nothing else is guessed. Quoting is strict, since a stray quote can swallow the rest
of a file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from semsearch.core.entries import Refusal, Source
from semsearch.core.errors import EmptyFile, ImportFailed
from semsearch.importers.fields import MAP_HINT, FieldMap, check_chosen, map_fields
from semsearch.importers.parse_errors import csv_reason
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.text_files import read_text
from semsearch.text.csv_formulas import undefused

_Row = tuple[int, list[str]]


def read(path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read a table.

    Args:
        path: the file; `.tsv` is separated by tabs.
        options: which columns hold which of our fields.

    Yields:
        Record | Refusal: a record for each row with term and definition, a refusal for each other
        row.

    Raises:
        ImportFailed: there is no header row, a required or chosen column is missing, or the file is
            not valid CSV.
    """
    text = read_text(path)
    check_chosen(options.columns, path)
    separators = "\t" if path.suffix.lower() == ".tsv" else ",;\t"
    table = _best_rows(text, separators, path, options)
    header = next(table, None)
    if header is None:
        raise EmptyFile("the file is empty; the first row must name the columns", path)
    names = [name.strip() for name in header[1]]
    fields = _fields(names, options.columns, path)
    for line, cells in table:
        source = Source(str(path), line)
        found = _record(cells, names, fields, source)
        yield Refusal(source, found) if isinstance(found, str) else found


def _record(cells: list[str], names: list[str], fields: FieldMap, source: Source) -> Record | str:
    """Make a record of one row; missing cells at the end are empty."""
    if any(cell.strip() for cell in cells[len(names) :]):
        return (
            f"{len(cells)} cells where the header names {len(names)} columns; "
            "a value with the separator in it must be quoted"
        )
    # the first of two columns with the same name wins
    values = dict(reversed(list(zip(names, map(undefused, cells), strict=False))))
    return fields.record(values, source)


def _best_rows(text: str, separators: str, path: Path, options: ReadOptions) -> Iterator[_Row]:
    """Read rows with the separator that gives the header the most known columns."""

    def known(separator: str) -> tuple[int, int]:
        try:
            header = next(rows(text, separator, path), (1, []))[1]
        except ImportFailed:  # a quote that is not followed by this separator
            return -1, 0
        columns = map_fields(header, options.columns).columns
        return sum(map(bool, columns.values())), len(header)

    best = separators if len(separators) == 1 else max(separators, key=known)
    return rows(text, best, path)


def rows(text: str, separator: str, path: Path) -> Iterator[_Row]:
    """Yield the rows that are not blank, each with the line on which it begins.

    Raises:
        ImportFailed: the text is not valid CSV.
    """
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportFailed(csv_reason(error), path, line) from error


def _fields(names: list[str], chosen: Mapping[str, str], path: Path) -> FieldMap:
    fields = map_fields(names, chosen)
    known_columns = ", ".join(names)
    for field, column in chosen.items():
        if not fields.columns[field]:
            raise ImportFailed(
                f"no column {column!r} for {field!r}; the columns are: {known_columns}", path, 1
            )
    missing = fields.missing()
    if missing:
        raise ImportFailed(
            f"no {' and no '.join(missing)} column; the columns are: {known_columns}; {MAP_HINT}",
            path,
            1,
        )
    return fields
