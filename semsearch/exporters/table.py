"""Writes CSV (RFC 4180) that is safe in spreadsheets, with a header row.

Several names in a cell are separated by semicolons, several sentences by line breaks. Extra fields
have columns of their own behind the others.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from semsearch.core.entries import DETAILS, EXTRA, MARKDOWN, Entry, Stated
from semsearch.exporters.context import (
    ExportContext,
    is_flat,
    name_of,
    names_read_as_html,
    parts_of,
    several,
)
from semsearch.importers.fields import gains_markdown, map_fields, stays_as_written
from semsearch.importers.labelled_lines import labelled_parts
from semsearch.importers.name_lists import split_aliases
from semsearch.text.csv_formulas import escape_formula

_OWN = ("id", "term", "definition", "aliases", "language", "see_also")
_COLUMNS = (*_OWN, *(name for name in DETAILS if name != EXTRA))
_MAX_COLUMNS = 200
"""Most columns of extra fields."""
_SENTENCES = ("examples", "sources")
_PHRASES = ("asked_as", "name_languages")


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".csv", _rows(context)


def _rows(context: ExportContext) -> Iterator[bytes]:
    extra = _extra_columns(context)
    yield _row((*_COLUMNS, *extra))
    for entry in context.entries():
        always = {"id": name_of(entry), "language": entry.language}
        parts = {"term": entry.term, "definition": entry.definition, **parts_of(entry), **always}
        fields = dict(entry.details.extra)
        cells = [_cell(name, parts.get(name, "")) for name in _COLUMNS]
        yield _row([escape_formula(cell) for cell in (*cells, *(fields.get(n, "") for n in extra))])


def _extra_columns(context: ExportContext) -> tuple[str, ...]:
    """Return the extra fields that have columns: those that are read as extra fields again."""
    names = [name for name in context.extra_names if escape_formula(name) == name]
    return map_fields([*_COLUMNS, *names], {}).others[:_MAX_COLUMNS]


def _cell(name: str, value: Stated) -> str:
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
    if entry.details.extra and set(dict(entry.details.extra)) - set(_extra_columns(context)):
        yield EXTRA
    is_changed = not stays_as_written(entry.definition)  # it would be read as HTML or Markdown
    if is_changed:
        yield from ("definition", "see_also", *names_read_as_html(entry))
        yield from labelled_parts(entry.definition)
    if is_changed if entry.details.markdown else gains_markdown(entry.definition):
        yield MARKDOWN
    for name, value in parts_of(entry).items():
        if name in (EXTRA, MARKDOWN):
            continue
        if not isinstance(value, str):
            texts = several(value)
            in_lines = name in (*_SENTENCES, *_PHRASES)
            if any("\n" in one for one in texts) or not (in_lines or _is_split(name, texts)):
                yield name
        elif not is_flat(entry, name):
            yield name


def _is_split(name: str, texts: tuple[str, ...]) -> bool:
    """Return whether the cell of several names is read as these."""
    return split_aliases(_cell(name, texts)) == list(texts)
