"""JSON Lines: an object an entry, with everything it says; what is not said is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator

from semsearch.core.entries import TEXT_DETAILS, Entry
from semsearch.exporters.context import ExportContext, is_flat, name_of


def write(material: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".jsonl", (line_of(entry) for entry in material.entries())


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
        if not is_flat(entry, part):  # the lines of a text would be read as several
            row[part] = [row[part]]
    said = {name: value for name, value in row.items() if value}
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def lost(entry: Entry, material: ExportContext) -> tuple[str, ...]:
    """Return nothing: all is held."""
    del entry, material
    return ()
