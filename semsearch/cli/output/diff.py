"""Prints a diff as tables, JSON, Markdown or HTML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from semsearch.cli.output import common
from semsearch.cli.output.report_format import ReportFormat

if TYPE_CHECKING:
    from semsearch.core.entries import Entry
    from semsearch.quality.diff import Difference, DiffReport


def as_text(report: DiffReport, format_: ReportFormat) -> str:
    """Return a diff in any format but a table."""
    from semsearch.quality.diff.html import to_html  # noqa: PLC0415
    from semsearch.quality.diff.markdown import to_markdown  # noqa: PLC0415 - only these forms need it

    if format_ is ReportFormat.MARKDOWN:
        return to_markdown(report)
    return to_html(report) if format_ is ReportFormat.HTML else to_json(report)


def table(report: DiffReport) -> None:
    """Print a diff as one table for each kind of difference."""
    from semsearch.quality.diff import PairKind  # noqa: PLC0415 - loads numpy
    from semsearch.quality.diff.markdown import counted  # noqa: PLC0415

    for kind in PairKind:
        differences = report.of(kind)
        if not differences:
            continue
        rows = Table(kind.capitalize(), "", box=None, padding=(0, 2, 1, 0))
        for one in differences:
            rows.add_row(Text(one.entry.term, "bold"), _about(one))
        common.print_table(rows)
    common.done(counted(report))


def _about(difference: Difference) -> Text:
    from semsearch.quality.diff import PairKind  # noqa: PLC0415 - loads numpy

    if difference.kind is PairKind.REWORDED:
        return Text.assemble((f"moved {difference.moved:.2f}  ", "cyan"), _words(difference))
    if difference.kind is PairKind.RENAMED and difference.old:
        return Text.assemble("it was ", (difference.old.term, "bold"), f" ({difference.old.id})")
    if difference.kind is PairKind.CHANGED:
        return common.one_line(", ".join(difference.field_names))
    text = common.one_line(difference.entry.definition)
    text.truncate(common.SHOWN, overflow="ellipsis")
    return text


def _words(difference: Difference) -> Text:
    """Return the old and new words: removed ones struck through, added ones underlined.

    Both are in brackets with a sign, for readers who do not see the colours.
    """
    from semsearch.quality.diff.matching import changed_words  # noqa: PLC0415 - loads rapidfuzz
    from semsearch.text.word_diff import WordChange  # noqa: PLC0415 - loads rapidfuzz

    text = Text()
    for piece in changed_words(difference):
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


def to_json(report: DiffReport) -> str:
    """Return a diff as JSON."""
    content = {
        "old": report.old,
        "new": report.new,
        "old_entries": report.old_entries,
        "new_entries": report.new_entries,
        "differences": [_to_dict(one) for one in report.differences],
    }
    return json.dumps(content)


def _to_dict(difference: Difference) -> dict[str, object]:
    return {
        "kind": difference.kind,
        "fields": difference.fields,
        "moved": difference.moved,
        "old": _entry(difference.old),
        "new": _entry(difference.new),
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
