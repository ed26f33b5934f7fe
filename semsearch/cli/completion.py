"""Tab completion of glossaries, languages, names, ids, formats and rules.

It is silent if there is no index.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from semsearch.core.errors import SemsearchError

if TYPE_CHECKING:
    from semsearch.index.files.entry_table import EntryTable

MAX_COMPLETIONS = 50


def glossaries(context: typer.Context, incomplete: str) -> list[str]:
    """Return the glossaries that begin with the typed text."""
    entry_table = _entry_table(context)
    known = entry_table.glossaries() if entry_table else {}
    return [name for name in known if name.startswith(incomplete)]


def languages(context: typer.Context, incomplete: str) -> list[str]:
    """Return the languages of entries that begin with the typed text."""
    entry_table = _entry_table(context)
    known = sorted({*entry_table.languages, *entry_table.name_languages}) if entry_table else []
    return [tag for tag in known if tag.lower().startswith(incomplete.lower())]


def targets(incomplete: str) -> list[str]:
    """Return the export formats that begin with the typed text."""
    from semsearch.exporters.formats import TARGETS  # noqa: PLC0415 - Tab must answer fast

    return [name for name in (*TARGETS, "site") if name.startswith(incomplete)]


def names(context: typer.Context, incomplete: str) -> list[str]:
    """Return the terms and aliases that begin with the typed text."""
    from semsearch.text.normalise import fold  # noqa: PLC0415 - Tab must answer fast

    entry_table = _entry_table(context)
    if entry_table is None:
        return []
    found = entry_table.by_prefix(fold(incomplete), entry_table.everything(), MAX_COMPLETIONS)
    return list(dict.fromkeys(named.name.label for named in found))


def ids(context: typer.Context, incomplete: str) -> list[str]:
    """Return ids of entries whose term or alias begins with the typed text after the glossary."""
    from semsearch.text.normalise import fold  # noqa: PLC0415 - Tab must answer fast

    entry_table = _entry_table(context)
    if entry_table is None:
        return []
    name = fold(incomplete.rpartition(":")[2].replace("-", " "))
    found = entry_table.by_prefix(name, entry_table.everything(), MAX_COMPLETIONS)
    near = entry_table.entries([named.position for named in found])
    return [id_ for id_ in dict.fromkeys(e.id for e in near) if id_.startswith(incomplete)]


def rules(incomplete: str) -> list[str]:
    """Return the lint rules that begin with the typed text."""
    from semsearch.quality.lint import RULES  # noqa: PLC0415 - loads numpy

    return [name for name in RULES if name.startswith(incomplete)]


def severities(incomplete: str) -> list[str]:
    """Return the values of `--fail-on` that begin with the typed text."""
    known = ("error", "warning", "note", "never")
    return [name for name in known if name.startswith(incomplete)]


def _entry_table(context: typer.Context) -> EntryTable | None:
    """Open the entries of the index that the command line or the environment names.

    Nothing is checked, since Tab must answer at once and only names are shown.
    """
    from semsearch.core.settings import load_settings  # noqa: PLC0415
    from semsearch.index.files.entry_table import EntryTable  # noqa: PLC0415
    from semsearch.index.manifest import current_generation  # noqa: PLC0415
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415

    try:
        layout = IndexLayout(Path(context.params.get("index") or load_settings().index))
        number, _ = current_generation(layout)
        return EntryTable(layout.generation(number).entries)
    except (SemsearchError, sqlite3.Error):
        return None
