"""Renders a report of gaps as an HTML page."""

from __future__ import annotations

from pathlib import Path

from semsearch.insights.markdown import asked_times, counted, title_of
from semsearch.insights.report import GapReport
from semsearch.web.gap_plot import gap_plot
from semsearch.web.html_report import render_report

TEMPLATE = Path(__file__).with_name("page.html.jinja")


def to_html(report: GapReport) -> str:
    """Return a report as a page; texts of readers and entries are escaped."""
    return render_report(
        TEMPLATE,
        {"title_of": title_of, "asked_times": asked_times},
        report=report,
        counts=counted(report),
        plot=gap_plot(report.days),
    )
