"""Converts entries to rows of SQLite tables and back; the store and `entries.db` share the columns.

The store got its columns by migrations; `entries.db` is created with all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from semsearch.core.entries import NO_DETAILS, Details, Entry, Source

COLUMNS = "id, glossary, term, definition, aliases, language, file, line, see_also, details"

DEFINITIONS = """
        id TEXT NOT NULL UNIQUE,
        glossary TEXT NOT NULL,
        term TEXT NOT NULL,
        definition TEXT NOT NULL,
        aliases TEXT NOT NULL,
        language TEXT NOT NULL,
        file TEXT NOT NULL,
        line INTEGER NOT NULL,
        see_also TEXT NOT NULL,
        details TEXT NOT NULL
"""


class Origin(StrEnum):
    """Who made the present state of an entry; a build preserves live edits."""

    CORPUS = "corpus"
    LIVE = "live"


def to_row(entry: Entry) -> tuple[str | int, ...]:
    """Return the values of an entry in the order of `COLUMNS`."""
    source = entry.source or Source("", 0)
    return (
        entry.id,
        entry.glossary,
        entry.term,
        entry.definition,
        _listed(entry.aliases),
        entry.language,
        source.file,
        source.line,
        _listed(entry.see_also),
        _details_json(entry.details),
    )


def _listed(names: Sequence[str]) -> str:
    """Return names as JSON, fast for the many entries that have none."""
    return json.dumps(names, ensure_ascii=False) if names else "[]"


def _details_json(details: Details) -> str:
    """Return details as JSON; its members have a fixed order, so that rows can be compared."""
    return "{}" if details is NO_DETAILS else json.dumps(details.stated(), ensure_ascii=False)


def _details(content: str) -> Details:
    return NO_DETAILS if content == "{}" else Details.of(json.loads(content))


def from_row(row: Sequence[str | int]) -> Entry:
    """Return the entry that `to_row` made a row of."""
    id_, glossary, term, definition, aliases, language, file, line, see_also, details = row
    return Entry(
        id=str(id_),
        term=str(term),
        definition=str(definition),
        glossary=str(glossary),
        aliases=tuple(json.loads(str(aliases))),
        language=str(language),
        source=Source(str(file), int(line)) if file else None,
        see_also=tuple(json.loads(str(see_also))),
        details=_details(str(details)),
    )


_JSON_COLUMNS = frozenset({"aliases", "see_also", "details"})


def to_json(row: Sequence[str | int]) -> str:
    """Return a row as one JSON text, in which a former state is stored."""
    content = {
        name: json.loads(str(value)) if name in _JSON_COLUMNS else value
        for name, value in zip(COLUMNS.split(", "), row, strict=True)
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Entry:
    """Return the entry of a text that `to_json` made."""
    content: Mapping[str, Any] = json.loads(text)
    return Entry(
        id=content["id"],
        term=content["term"],
        definition=content["definition"],
        glossary=content["glossary"],
        aliases=tuple(content["aliases"]),
        language=content["language"],
        source=Source(content["file"], content["line"]) if content["file"] else None,
        see_also=tuple(content["see_also"]),
        # a version stored before entries had details has none
        details=Details.of(content.get("details", {})),
    )
