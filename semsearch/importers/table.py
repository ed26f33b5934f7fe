"""Tables: CSV and TSV with a header row that names the columns.

The separator of a .csv file is the one of `,` `;` and tab under which the header row names the
most columns we know; nothing else is guessed. Quoting is strict, because a stray quote can swallow the rest
of a file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from semsearch.core.entries import Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.csv_formulas import as_meant
from semsearch.importers.fields import MAP_HINT, FieldMap, check_chosen, map_fields
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.text_files import read_text

_Row = tuple[int, list[str]]


def read(path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read a table.

    Args:
        path: the file; `.tsv` is separated by tabs.
        options: which columns hold which of our fields.

    Yields:
        Record | Refusal: a record for each row with term and definition, a refusal for each other row.

    Raises:
        ImportFailed: if there is no header row, a needed or chosen column is not in it, or
            the file breaks the rules of CSV.
    """
    text = read_text(path)
    check_chosen(options.columns, path)
    separators = "\t" if path.suffix.lower() == ".tsv" else ",;\t"
    table = _best_rows(text, separators, path, options)
    header = next(table, None)
    if header is None:
        raise ImportFailed("the file is empty; the first row must name the columns", path)
    names = [name.strip() for name in header[1]]
    fields = _fields(names, options.columns, path)
    for line, cells in table:
        source = Source(str(path), line)
        found = _record(cells, names, fields, source)
        yield Refusal(source, found) if isinstance(found, str) else found


def _record(cells: list[str], names: list[str], fields: FieldMap, source: Source) -> Record | str:
    """Make a record of one row; cells missing at the end are empty."""
    if any(cell.strip() for cell in cells[len(names) :]):
        return (
            f"{len(cells)} cells where the header names {len(names)} columns; "
            "a value that holds the separator must stand in quotes"
        )
    # the first of two columns with one name wins
    values = dict(reversed(list(zip(names, map(as_meant, cells), strict=False))))
    return fields.record(values, source)


def _best_rows(text: str, separators: str, path: Path, options: ReadOptions) -> Iterator[_Row]:
    """Read rows with the separator under which the header names the most known columns."""

    def known(separator: str) -> tuple[int, int]:
        try:
            header = next(rows(text, separator, path), (1, []))[1]
        except ImportFailed:  # quotes that this separator does not follow
            return -1, 0
        columns = map_fields(header, options.columns).columns
        return sum(map(bool, columns.values())), len(header)

    best = separators if len(separators) == 1 else max(separators, key=known)
    return rows(text, best, path)


def rows(text: str, separator: str, path: Path) -> Iterator[_Row]:
    """Yield the rows that are not blank, each with the line it starts on.

    Raises:
        ImportFailed: the text breaks the rules of CSV.
    """
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportFailed(f"not valid CSV: {error}; look at the quotes", path, line) from error


def _fields(names: list[str], chosen: Mapping[str, str], path: Path) -> FieldMap:
    fields = map_fields(names, chosen)
    there = ", ".join(names)
    for field, column in chosen.items():
        if not fields.columns[field]:
            raise ImportFailed(
                f"no column {column!r} for {field!r}; the columns are: {there}", path, 1
            )
    missing = fields.missing()
    if missing:
        raise ImportFailed(
            f"no {' and no '.join(missing)} column; the columns are: {there}; {MAP_HINT}", path, 1
        )
    return fields
