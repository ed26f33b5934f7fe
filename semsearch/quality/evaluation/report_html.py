"""Renders an evaluation as an HTML page."""

from __future__ import annotations

from pathlib import Path

from semsearch.quality.evaluation.measures import Estimate
from semsearch.quality.evaluation.plots import (
    confidence_histogram,
    reliability_diagram,
    risk_coverage_curve,
)
from semsearch.quality.evaluation.report import Report
from semsearch.web.html_report import render_report

TEMPLATE = Path(__file__).with_name("report.html.jinja")

SHOWN = 3
"""Hits listed for a failed question."""


def to_html(report: Report) -> str:
    """Return a report as a page; questions and terms are escaped."""
    threshold = report.indexes[0].threshold
    plots = {
        "reliability": reliability_diagram(report.bins),
        "curve": risk_coverage_curve(report.curve, threshold),
        "histogram": confidence_histogram(report.outcomes),
    }
    return render_report(
        TEMPLATE,
        {"share": _share, "interval": _interval, "p": _probability},
        report=report,
        plots=plots,
        threshold=threshold,
        shown=SHOWN,
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _interval(estimate: Estimate) -> str:
    return "" if estimate.low is None else f"{estimate.low:.2f} to {estimate.high:.2f}"


def _probability(value: float | None) -> str:
    if value is None:
        return ""
    return "< .001" if value < 0.001 else f"{value:.3f}"
