"""Finds the header row of a table, and which columns hold our fields.

The header is the first row that names a term and a definition. Above it, in the first 20 rows, may
stand titles: rows with one cell. Below other rows it counts only if it is sure to be one: it has a
column `term` and a column `definition`, or standard names in all columns. `--columns` says which
columns hold what, by name, or by number where no row names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from semsearch.core.errors import ImportFailed
from semsearch.importers.column_names import column_key
from semsearch.importers.fields import MAP_HINT, FieldMap, map_fields, shorten
from semsearch.importers.tables.languages import (
    LanguageFields,
    fields_by_language,
    fields_of_one_language,
    names_language,
)
from semsearch.importers.tables.table import MAX_COLUMNS, Row, Table
from semsearch.text.csv_formulas import unescape_formula

_NUMBER_HINT = "where no row names the columns, --columns 1=term,2=definition"


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a table by name, and the fields of each language; `skip` rows are no entries.

    `line` is that of the header.
    """

    names: tuple[str, ...]
    languages: tuple[LanguageFields, ...]
    skip: int
    line: int

    def without_language(self) -> FieldMap | None:
        """Return the fields of which neither a column nor its name states the language."""
        every = (one.fields for one in self.languages if not one.language)
        return next((fields for fields in every if not fields.columns["language"]), None)

    def of_language(self, language: str) -> TableColumns:
        """Return the columns with a language for these fields."""
        fields = self.without_language()
        if not fields or not language:
            return self
        found = (
            replace(one, language=language) if one.fields is fields else one
            for one in self.languages
        )
        return replace(self, languages=tuple(found))


def find_columns(
    table: Table, first: Sequence[Row], chosen: Mapping[str, str], file: str
) -> TableColumns:
    """Find the header of a table.

    Raises:
        ImportFailed: no row is one.
    """
    if not table.header and chosen and all(column.isdigit() for column in chosen.values()):
        return _numbered(first, chosen, file)
    if table.header:
        at, header = -1, list(table.header)
    else:
        at = _place(first, chosen)
        header = first[at].cells
        if at > 0 and not chosen:
            header = _with_languages_above(header, first[at - 1].cells)
    line = first[max(at, 0)].line
    if len(header) > MAX_COLUMNS:
        reason = f"{len(header):,} columns; a glossary has at most {MAX_COLUMNS}"
        raise ImportFailed(f"{reason}; delete those that it does not need", file, line)
    names = _names(header)
    shown = ", ".join(map(shorten, names))
    fields = _fields(names, chosen)
    for field, column in chosen.items():
        if not fields[0].fields.columns[field]:
            raise ImportFailed(
                f"no column {column!r} for {field!r}; the columns are: {shown}", file, line
            )
    if missing := _missing(fields):
        hint = f"{MAP_HINT}, or, {_NUMBER_HINT}" if "term" in missing else MAP_HINT
        reason = f"no {' and no '.join(missing)} column; the columns are: {shown}; {hint}"
        raise ImportFailed(reason, file, line)
    return TableColumns(names, fields, at + 1, line)


def _with_languages_above(header: list[str], above: Sequence[str]) -> list[str]:
    """Return a header with the languages that merged cells of the row above it state.

    "English" above "Term" and "Definition" makes "English Term" and "English Definition".
    """
    stated = [above[n].strip() if n < len(above) else "" for n in range(len(header))]
    if sum(map(bool, stated)) < 2 or not all(map(names_language, filter(None, stated))):
        return header
    made: list[str] = []
    language = ""
    for own, name in zip(stated, header, strict=True):
        language = own or language
        made.append(f"{language} {name}".strip())
    return made if len(fields_by_language(made)) > 1 else header


def _numbered(first: Sequence[Row], chosen: Mapping[str, str], file: str) -> TableColumns:
    """Map columns by their numbers; the first row is an entry unless it is a known header."""
    width = max(len(row.cells) for row in first)
    has_header = _is_header(first[0].cells, {})
    names = _names(first[0].cells) if has_header else ()
    names += tuple(f"column {n}" for n in range(len(names) + 1, width + 1))
    for field, number in chosen.items():
        if not 0 < int(number[:9]) <= width:
            raise ImportFailed(
                f"no column {number} for {field!r}; the table has {width} columns",
                file,
                first[0].line,
            )
    by_name = {field: names[int(number) - 1] for field, number in chosen.items()}
    fields = map_fields(names, by_name)
    if missing := fields.missing():
        raise ImportFailed(
            f"no number of the {' and no number of the '.join(missing)} column; {_NUMBER_HINT}",
            file,
            first[0].line,
        )
    return TableColumns(names, (LanguageFields("", fields),), int(has_header), first[0].line)


def _place(first: Sequence[Row], chosen: Mapping[str, str]) -> int:
    """Return the place of the header among the first rows; 0 if there is none."""
    is_below_titles = True
    for place, row in enumerate(first):
        if _is_header(row.cells, chosen) and (is_below_titles or _is_standard(row.cells, chosen)):
            return place
        is_below_titles = is_below_titles and sum(map(bool, map(str.strip, row.cells))) <= 1
    return 0


def _is_standard(cells: Sequence[str], chosen: Mapping[str, str]) -> bool:
    """Return whether a row is sure to be a header; `name, text, The name.` is none."""
    names = _names(cells[:MAX_COLUMNS])
    required = {"term", "definition"}
    if required <= {*chosen} or required <= {*map(column_key, names)}:
        return True
    fields = map_fields(names, chosen)
    return not fields.others and not fields.guessed(chosen)


def _is_header(cells: Sequence[str], chosen: Mapping[str, str]) -> bool:
    names = _names(cells[:MAX_COLUMNS])
    fields = _fields(names, chosen)
    return not _missing(fields) and all(fields[0].fields.columns[field] for field in chosen)


def _fields(names: Sequence[str], chosen: Mapping[str, str]) -> tuple[LanguageFields, ...]:
    languages = () if chosen else fields_by_language(names)
    return languages or fields_of_one_language(names, chosen)


def _missing(languages: Sequence[LanguageFields]) -> tuple[str, ...]:
    """Return the required fields that no language has."""
    return min((one.fields.missing() for one in languages), key=len)


def _names(header: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns, no two equal; empty cells at the end are no columns."""
    stated = [" ".join(unescape_formula(cell).split()) for cell in header]
    while stated and not stated[-1]:
        stated.pop()
    names: dict[str, None] = {}
    for number, name in enumerate(stated, 1):
        shown, again = name or f"column {number}", 2
        while shown in names:
            shown, again = f"{name or 'column'} ({again})", again + 1
        names[shown] = None
    return tuple(names)
