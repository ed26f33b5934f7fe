"""Writes CSV (RFC 4180) that is safe in spreadsheets, with a header row.

Several names in a cell are separated by semicolons, several sentences by line breaks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from semsearch.core.entries import DETAILS, Entry
from semsearch.exporters.context import ExportContext, is_flat, name_of, parts_of, several
from semsearch.importers.csv_formulas import defused

_COLUMNS = ("id", "term", "definition", "aliases", "language", "see_also", *DETAILS)
_SENTENCES = ("examples", "sources")
_PHRASES = ("asked_as", "name_languages")


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".csv", _rows(context)


def _rows(context: ExportContext) -> Iterator[bytes]:
    yield _row(_COLUMNS)
    for entry in context.entries():
        always = {"id": name_of(entry), "language": entry.language}
        parts = {"term": entry.term, "definition": entry.definition, **parts_of(entry), **always}
        yield _row([defused(_cell(name, parts.get(name, ""))) for name in _COLUMNS])


def _cell(name: str, value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return value
    if name in _SENTENCES:
        return "\n".join(value)
    if name in _PHRASES:  # a line of its own each; one alone is told by the end of its line
        return "".join(f"{phrase}\n" for phrase in value)
    joined = "; ".join(value)
    # a single name with a comma would be split
    return f"{joined};" if len(value) == 1 and "," in joined else joined


def _row(cells: tuple[str, ...] | list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def lost(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield the parts that a cell cannot hold."""
    del context
    for name, value in parts_of(entry).items():
        separators = "\n" if name in (*_SENTENCES, *_PHRASES) else ";|"
        if not isinstance(value, str):
            if any(sign in one for one in several(value) for sign in separators):
                yield name
        elif not is_flat(entry, name):
            yield name
