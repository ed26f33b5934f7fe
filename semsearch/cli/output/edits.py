"""Prints edits and histories of entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from semsearch.cli.output import common
from semsearch.core.entries import DETAILS

if TYPE_CHECKING:
    from semsearch.core.entries import Changed, Entry, Version

_PARTS = ("term", "definition", "aliases", "language", "see_also", "source")


def edited(how: str, changed: Changed, *, as_json: bool) -> None:
    """Print what was done."""
    if as_json:
        _print_json(changed)
        return
    common.done(f"{how} {changed.id} (revision {changed.revision})")


def history(versions: Sequence[Version], *, as_json: bool) -> None:
    """Print the versions of an entry, newest first, each with its changes."""
    if as_json:
        _print_json(list(versions))
        return
    table = Table("Revision", "When", "Who", "What", "", box=None, padding=(0, 2, 0, 0))
    before: Entry | None = None
    rows: list[tuple[str | Text, ...]] = []
    for version in versions:
        what = _difference(before, version.entry)
        rows.append((str(version.revision), version.at, Text(version.who), version.kind, what))
        before = version.entry
    for row in reversed(rows):
        table.add_row(*row)
    common.print_table(table)


def _difference(before: Entry | None, after: Entry | None) -> Text:
    """Return the parts of an entry that changed."""
    if after is None:
        return Text("")
    if before is None:
        return _shortened(after.definition)
    parts = differing_parts(before, after)
    lines = [Text.assemble((f"{name}: ", "dim"), part_of(after, name)) for name in parts]
    return Text("\n").join(lines)


def differing_parts(one: Entry, other: Entry) -> list[str]:
    """Return the names of the parts in which two entries differ."""
    return [name for name in (*_PARTS, *DETAILS) if _value(one, name) != _value(other, name)]


def _value(entry: Entry, name: str) -> object:
    return getattr(entry if name in _PARTS else entry.details, name)


def part_of(entry: Entry, name: str) -> Text:
    """Return a part of an entry in one short line; "(none)" if the entry has no such part."""
    value = _value(entry, name)
    if isinstance(value, tuple):
        value = ", ".join(one if isinstance(one, str) else "=".join(one) for one in value)
    return _shortened(str(value)) if value else Text("(none)", "dim")


def _shortened(text: str) -> Text:
    line = common.one_line(text)
    line.truncate(common.SHOWN, overflow="ellipsis")
    return line


def _print_json(noun: object) -> None:
    from semsearch.server.serialize import to_json  # noqa: PLC0415 - loads pydantic

    common.print_json(to_json(noun).decode())
