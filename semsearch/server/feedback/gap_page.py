"""Renders the page of gaps for holders of a key to edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semsearch.insights.markdown import asked_times, counted, title_of
from semsearch.insights.report import Gap, GapReport
from semsearch.storage.feedback.inbox import ReaderSuggestion
from semsearch.text.redaction import is_redacted
from semsearch.web import Site, render
from semsearch.web.gap_plot import gap_plot

PERIODS = {"": "all", "7d": "7 days", "30d": "30 days", "90d": "90 days"}
"""Values of `since` to choose from, and their names."""

MAX_CONFUSED = 3
"""Most questions that are shown of a pair that people confuse."""
MAX_DRAFTED = 10
"""Most questions that become phrases of a drafted entry, since they are in an address."""


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """A suggestion of a reader, and the definition that accepting it begins with.

    It is that of the entry to change, or the text of the suggestion. Where the definition has
    structure it is Markdown, which `member` says. `etag` is that of the entry as it is shown.
    """

    suggestion: ReaderSuggestion
    definition: str
    member: str = "definition"
    etag: str = ""


def gap_page(
    site: Site, report: GapReport, since: str, suggestions: Sequence[ShownSuggestion]
) -> bytes:
    """Return the page.

    Args:
        site: of the page.
        report: what it shows.
        since: the parameter of the page.
        suggestions: of readers, which are open.
    """
    return render(
        "gaps",
        site,
        counts=counted(report),
        was_asked=report.questions > 0,
        suggestions=suggestions,
        plot=gap_plot(report.days),
        periods=PERIODS,
        since=since,
        gaps=[
            {
                "title": title_of(gap),
                "about": f"{gap.kind.capitalize()}, {asked_times(gap.count)}",
                "last": gap.last.date(),
                "draft": _draft(gap),
                "questions": [
                    {
                        "text": one.text,
                        "glossary": one.glossary,
                        "times": asked_times(one.count),
                        "is_whole": not is_redacted(one.text),
                    }
                    for one in gap.questions
                ],
                "nearest": gap.nearest,
            }
            for gap in report.gaps
        ],
        confused=[
            {
                "first": pair.first,
                "second": pair.second,
                "times": asked_times(pair.confusion.count),
                "questions": pair.confusion.questions[:MAX_CONFUSED],
            }
            for pair in report.confused
        ],
        repaired=[
            {"asked": one.asked, "read_as": one.read_as, "times": asked_times(one.count)}
            for one in report.repaired
        ],
        never_found=report.never_found or (),
        never_found_count=report.never_found_count,
    )


def _draft(gap: Gap) -> dict[str, str]:
    """Return the parameters of the page on which an entry is added, with the questions in lines."""
    asked = [one.text for one in gap.questions if not is_redacted(one.text)]
    glossary = gap.glossary or (gap.nearest[0].glossary if gap.nearest else "")
    return {
        "term": gap.headword,
        "glossary": glossary,
        "asked": "\n".join(asked[:MAX_DRAFTED]),
    }
