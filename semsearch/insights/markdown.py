"""Renders a report of gaps as Markdown: one issue for each gap, then what else it shows.

No text of a reader can become markup, a link or a mention.
"""

from __future__ import annotations

from collections.abc import Iterator

from semsearch.core.entries import Entry
from semsearch.insights.open_questions import GapKind
from semsearch.insights.report import Gap, GapReport
from semsearch.text.normalise import inert_markdown

MAX_QUESTIONS = 10
"""Most questions that an issue quotes."""


def to_markdown(report: GapReport) -> str:
    """Return a report: `##` begins an issue, whose first line is its title."""
    parts = [f"# Gaps: {counted(report)}", *map(_issue, report.gaps), *_others(report)]
    return "\n\n".join(parts) + "\n"


def counted(report: GapReport) -> str:
    """Return the number of gaps and of recorded questions, in words."""
    gaps = f"{len(report.gaps):,} gap{'s' * (len(report.gaps) != 1)}"
    asked = f"{report.questions:,} recorded question{'s' * (report.questions != 1)}"
    if not report.first or not report.last:
        return f"{gaps} in {asked}"
    return f"{gaps} in {asked}, {report.first.date()} to {report.last.date()}"


def title_of(gap: Gap) -> str:
    """Return what to do about a gap, in a few words.

    It is plain text, as titles of issues are. A headword is words with blanks between, so nothing
    in it makes a link or a mention.
    """
    name = gap.headword or "(no name)"
    return f"Add an entry: {name}" if gap.kind is GapKind.UNANSWERED else f"Improve: {name}"


def asked_times(count: int) -> str:
    """Return how often something was asked, in words."""
    return "asked once" if count == 1 else f"asked {count:,} times"


def _issue(gap: Gap) -> str:
    where = f" in {inert_markdown(gap.glossary)}" if gap.glossary else ""
    lines = [
        f"## {title_of(gap)}",
        "",
        f"{gap.kind.capitalize()}, {asked_times(gap.count)}{where}, last on {gap.last.date()}.",
        "",
        *(
            f"- {inert_markdown(one.text)} ({asked_times(one.count)})"
            for one in gap.questions[:MAX_QUESTIONS]
        ),
    ]
    if len(gap.questions) > MAX_QUESTIONS:
        lines.append(f"- and {len(gap.questions) - MAX_QUESTIONS:,} more")
    if gap.nearest:
        lines += ["", f"Nearest entries: {', '.join(map(_named, gap.nearest))}."]
    return "\n".join(lines)


def _others(report: GapReport) -> Iterator[str]:
    if report.confused:
        yield "## Entries that people confuse"
        yield "\n".join(
            f"- {_named(one.first)} and {_named(one.second)}: "
            f"{asked_times(one.confusion.count)}, as in "
            f"“{inert_markdown(one.confusion.questions[0])}”"
            for one in report.confused
        )
    if report.repaired:
        yield "## Words that were corrected"
        yield "\n".join(
            f"- {inert_markdown(one.asked)} was read as {inert_markdown(one.read_as)}, "
            f"{asked_times(one.count)}"
            for one in report.repaired
        )
    if report.never_found:
        yield f"## Entries that nobody found ({report.never_found_count:,})"
        yield "\n".join(f"- {_named(one)}" for one in report.never_found)


def _named(entry: Entry) -> str:
    return f"{inert_markdown(entry.term)} ({inert_markdown(entry.id)})"
