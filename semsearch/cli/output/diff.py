"""Prints a diff as tables, JSON, Markdown or HTML."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from semsearch.cli.output import common

if TYPE_CHECKING:
    from semsearch.core.entries import Entry
    from semsearch.quality.diff import Difference, DiffReport


class DiffFormat(StrEnum):
    """The output format of a diff."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


def as_text(found: DiffReport, format_: DiffFormat) -> str:
    """Return a diff in any format but a table."""
    from semsearch.quality.diff.html import to_html  # noqa: PLC0415
    from semsearch.quality.diff.markdown import to_markdown  # noqa: PLC0415 - only these forms need it

    if format_ is DiffFormat.MARKDOWN:
        return to_markdown(found)
    return to_html(found) if format_ is DiffFormat.HTML else to_json(found)


def table(found: DiffReport) -> None:
    """Print a diff as one table for each kind of difference."""
    from semsearch.quality.diff import PairKind  # noqa: PLC0415 - loads numpy
    from semsearch.quality.diff.markdown import counted  # noqa: PLC0415

    for kind in PairKind:
        differences = found.of(kind)
        if not differences:
            continue
        rows = Table(kind.capitalize(), "", box=None, padding=(0, 2, 1, 0))
        for one in differences:
            rows.add_row(Text(one.entry.term, "bold"), _about(one))
        common.print_table(rows)
    common.done(counted(found))


def _about(one: Difference) -> Text:
    from semsearch.quality.diff import PairKind  # noqa: PLC0415 - loads numpy

    if one.kind is PairKind.REWORDED:
        return Text.assemble((f"moved {one.moved:.2f}  ", "cyan"), _words(one))
    if one.kind is PairKind.RENAMED and one.old:
        return Text.assemble("it was ", (one.old.term, "bold"), f" ({one.old.id})")
    if one.kind is PairKind.CHANGED:
        return Text(", ".join(field.replace("_", " ") for field in one.fields))
    text = common.one_line(one.entry.definition)
    text.truncate(common.SHOWN, overflow="ellipsis")
    return text


def _words(one: Difference) -> Text:
    """Return the old and new words: removed ones struck through, added ones underlined.

    Both are in brackets with a sign, for readers who do not see the colours.
    """
    from semsearch.quality.diff.word_diff import WordChange, pieces  # noqa: PLC0415 - loads rapidfuzz

    text = Text()
    for piece in pieces(one.old.definition, one.new.definition) if one.old and one.new else ():
        if piece.change is WordChange.KEPT:
            text.append(piece.text)
            continue
        sign, style = (
            ("-", "red strike") if piece.change is WordChange.REMOVED else ("+", "green underline")
        )
        text.append(f"[{sign}{piece.text.strip()}{sign}]", style)
        text.append(" " * piece.text.endswith(" "))
    text.truncate(2 * common.SHOWN, overflow="ellipsis")
    return text


def to_json(found: DiffReport) -> str:
    """Return a diff as JSON."""
    content = {
        "old": found.old,
        "new": found.new,
        "old_entries": found.old_entries,
        "new_entries": found.new_entries,
        "differences": [_to_dict(one) for one in found.differences],
    }
    return json.dumps(content)


def _to_dict(one: Difference) -> dict[str, object]:
    return {
        "kind": one.kind,
        "fields": one.fields,
        "moved": one.moved,
        "old": _entry(one.old),
        "new": _entry(one.new),
    }


def _entry(entry: Entry | None) -> dict[str, object] | None:
    if entry is None:
        return None
    return {
        "id": entry.id,
        "term": entry.term,
        "definition": entry.definition,
        "aliases": entry.aliases,
        "language": entry.language,
        "see_also": entry.see_also,
        "details": entry.details.stated(),
        "file": entry.source.file if entry.source else None,
        "line": entry.source.line if entry.source else None,
    }
