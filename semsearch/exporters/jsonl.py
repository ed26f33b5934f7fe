"""Writes JSON Lines: one object for each entry; empty parts are left out."""

from __future__ import annotations

import json
from collections.abc import Iterator

from semsearch.core.entries import TEXT_DETAILS, Entry
from semsearch.exporters.context import ExportContext, is_flat, name_of
from semsearch.importers.fields import gains_markdown, stays_as_written


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".jsonl", (line_of(entry) for entry in context.entries())


def line_of(entry: Entry) -> bytes:
    """Return the line of an entry."""
    row: dict[str, object] = {
        "id": name_of(entry),
        "term": entry.term,
        "definition": entry.definition,
        "aliases": entry.aliases,
        "language": entry.language,
        "see_also": entry.see_also,
        **entry.details.stated(),
    }
    for part in TEXT_DETAILS:
        if not is_flat(entry, part):  # as a text, its lines would be read as several values
            row[part] = [row[part]]
    # as a text, it would be read as HTML or Markdown
    if not stays_as_written(entry.definition) or gains_markdown(entry.definition):
        row["definition"] = [entry.definition]
    filled = {name: value for name, value in row.items() if value}
    return json.dumps(filled, ensure_ascii=False).encode() + b"\n"


def lost(entry: Entry, context: ExportContext) -> tuple[str, ...]:
    """Return nothing: this format holds everything."""
    del entry, context
    return ()
