"""Renders an evaluation as an HTML page: one file without scripts or external resources."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.version import __version__
from semsearch.quality.evaluation.measures import Estimate
from semsearch.quality.evaluation.optional_libraries import load
from semsearch.quality.evaluation.plots import (
    confidence_histogram,
    reliability_diagram,
    risk_coverage_curve,
)
from semsearch.quality.evaluation.report import Report

TEMPLATE = Path(__file__).with_name("report.html.jinja")

SHOWN = 3
"""Hits listed for a failed question."""


def to_html(report: Report) -> str:
    """Return a report as a page; questions and terms are escaped."""
    jinja2 = load("jinja2")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"share": _share, "interval": _interval, "p": _probability}
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    threshold = report.indexes[0].threshold
    plots = {
        "reliability": reliability_diagram(report.bins),
        "curve": risk_coverage_curve(report.curve, threshold),
        "histogram": confidence_histogram(report.outcomes),
    }
    return str(
        template.render(
            report=report, plots=plots, threshold=threshold, shown=SHOWN, version=__version__
        )
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _interval(found: Estimate) -> str:
    return "" if found.low is None else f"{found.low:.2f} to {found.high:.2f}"


def _probability(value: float | None) -> str:
    if value is None:
        return ""
    return "< .001" if value < 0.001 else f"{value:.3f}"
