"""Renders a diff as an HTML page."""

from __future__ import annotations

from pathlib import Path

from semsearch.quality.diff.markdown import counted
from semsearch.quality.diff.matching import PairKind, changed_words
from semsearch.quality.diff.run import DiffReport
from semsearch.web.html_report import render_report

TEMPLATE = Path(__file__).with_name("page.html.jinja")


def to_html(report: DiffReport) -> str:
    """Return a report as a page; texts of entries are escaped."""
    return render_report(
        TEMPLATE,
        {"pieces": changed_words},
        report=report,
        kinds=[(kind.value, report.of(kind)) for kind in PairKind],
        counts=counted(report),
    )
