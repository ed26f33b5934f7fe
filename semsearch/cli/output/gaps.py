"""Prints a report of gaps as tables, JSON, Markdown or HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from semsearch.cli.output import common
from semsearch.cli.output.report_format import ReportFormat

if TYPE_CHECKING:
    from semsearch.core.entries import Entry
    from semsearch.insights.report import Gap, GapReport

MAX_QUESTIONS = 3
"""Most questions of a gap in a table."""


def as_text(report: GapReport, form: ReportFormat) -> str:
    """Return a report in any format but a table."""
    from semsearch.insights.html import to_html  # noqa: PLC0415 - only these forms need it
    from semsearch.insights.markdown import to_markdown  # noqa: PLC0415
    from semsearch.server.serialize import to_json  # noqa: PLC0415 - loads pydantic

    if form is ReportFormat.MARKDOWN:
        return to_markdown(report)
    return to_html(report) if form is ReportFormat.HTML else to_json(report).decode()


def tables(report: GapReport) -> None:
    """Print a report as one table for each of its parts."""
    from semsearch.insights.markdown import counted  # noqa: PLC0415 - loads numpy

    if report.gaps:
        table = _table("Asked", "Gap", "Nearest entries")
        for gap in report.gaps:
            table.add_row(f"{gap.count:,}", _gap(gap), ", ".join(one.term for one in gap.nearest))
        common.print_table(table)
    if report.confused:
        table = _table("Asked", "Entries that people confuse", "Such as")
        for pair in report.confused:
            both = f"{_line(pair.first)} and {_line(pair.second)}"
            asked = pair.confusion.questions[0]
            table.add_row(f"{pair.confusion.count:,}", Text(both), common.one_line(asked))
        common.print_table(table)
    if report.repaired:
        table = _table("Asked", "Words that were corrected", "Read as")
        for one in report.repaired:
            table.add_row(f"{one.count:,}", Text(one.asked), Text(one.read_as))
        common.print_table(table)
    if report.never_found:
        common.say(f"[bold]Entries that nobody found[/]: {report.never_found_count:,}")
        common.print_text(Text(", ".join(map(_line, report.never_found))))
    common.done(counted(report))
    if not report.questions:
        common.remark("`semsearch serve --record-questions` records what people ask")


def _table(*heads: str) -> Table:
    return Table(*heads, box=None, padding=(0, 2, 1, 0))


def _gap(gap: Gap) -> Text:
    lines = [
        Text.assemble((gap.headword or "(no name)", "bold"), (f"  {gap.kind}", "yellow")),
        *(common.one_line(one.text) for one in gap.questions[:MAX_QUESTIONS]),
    ]
    if len(gap.questions) > MAX_QUESTIONS:
        lines.append(Text(f"and {len(gap.questions) - MAX_QUESTIONS:,} more", "dim"))
    return Text("\n").join(lines)


def _line(entry: Entry) -> str:
    return common.one_line(entry.term).plain
