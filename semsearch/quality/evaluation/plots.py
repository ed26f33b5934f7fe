"""The plots of an evaluation report: reliability, risk against coverage, confidence by kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from semsearch.quality.evaluation.abstention import ALLOWED, BINS, ConfidenceBin, RiskPoint
from semsearch.quality.evaluation.outcomes import QuestionOutcome
from semsearch.web.figures import BAR, FAINT, LINE, STRONG, Figure

SIDE = 370
"""Width of a plot, and height of a square one, in pixels."""

ROW = 64
"""Height of one kind in the histogram."""

_TICKS = (0, 0.5, 1)


def reliability_diagram(bins: Sequence[ConfidenceBin]) -> str:
    """Draw how often answers of each confidence were right; the diagonal is perfect calibration."""
    with Figure("reliability", SIDE, SIDE) as figure:
        axes = _share_axes(figure, "confidence", "share right")
        axes.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1)
        for one in bins:
            note = (
                f"confidence {one.low:.0%} to {one.high:.0%}: {one.questions} questions, "
                f"claimed {one.confidence:.0%}, right {one.right:.0%}"
            )
            width = one.high - one.low
            (bar,) = axes.bar(one.low, one.right, width * 0.95, align="edge", color=BAR)
            (dot,) = axes.plot(one.confidence, one.right, "o", color=STRONG, markersize=5)
            figure.note(bar, note)
            figure.note(dot, note)
            axes.text(
                one.low + width / 2, 1.03, str(one.questions), color=FAINT, ha="center", size=8
            )
        described = "; ".join(
            f"claimed {one.confidence:.2f}, right {one.right:.2f} ({one.questions})" for one in bins
        )
        return figure.svg("Is the confidence true?", described)


def risk_coverage_curve(points: Sequence[RiskPoint], threshold: float) -> str:
    """Draw the share of wrong answers against how many questions are answered.

    The dot is the threshold at which the program says "no close match" today.
    """
    with Figure("risk-coverage", SIDE, SIDE) as figure:
        axes = _share_axes(figure, "share of the questions answered", "share of them wrong")
        axes.axhline(ALLOWED, color=FAINT, linestyle="--", linewidth=1)
        axes.plot([p.coverage for p in points], [p.risk for p in points], color=STRONG, linewidth=2)
        given = [p for p in points if p.threshold >= threshold]
        described = f"answering everything, {points[-1].risk:.0%} are wrong"
        if given:
            today = given[-1]
            note = f"today {today.coverage:.0%} are answered and {today.risk:.0%} of those wrong"
            (dot,) = axes.plot(today.coverage, today.risk, "o", color=STRONG, markersize=6)
            figure.note(dot, note)
            described = f"{described}; {note}"
        title = "Wrong answers, by how many are given"
        return figure.svg(title, f"{described}; dashed: {ALLOWED:.0%} wrong")


def confidence_histogram(outcomes: Sequence[QuestionOutcome]) -> str:
    """Draw how the confidence is distributed, a row for each kind of question."""
    kinds = list(dict.fromkeys(o.question.kind for o in outcomes))
    with Figure("confidence", SIDE, 70 + len(kinds) * ROW) as figure:
        (axes,) = figure.axes
        axes.set(xlim=(0, 1), ylim=(len(kinds), 0), xlabel="confidence", yticks=[])
        axes.set_xticks(_TICKS, [f"{tick:.0%}" for tick in _TICKS])
        described = []
        for row, kind in enumerate(kinds):
            sure = [o.confidence for o in outcomes if o.question.kind == kind]
            counts, edges = np.histogram(sure, bins=2 * BINS, range=(0, 1))
            heights = 0.65 * counts / counts.max()
            bars = axes.bar(
                edges[:-1], -heights, np.diff(edges) * 0.9, bottom=row + 1, align="edge", color=BAR
            )
            for bar, count, low, high in zip(bars, counts, edges[:-1], edges[1:], strict=True):
                figure.note(bar, f"{kind}, confidence {low:.0%} to {high:.0%}: {count} questions")
            label = f"{kind} ({len(sure)})"
            axes.axhline(row + 1, color=LINE, linewidth=1)
            axes.text(0.01, row + 0.3, label)
            described.append(f"{label}: median {np.median(sure):.2f}")
        return figure.svg("Confidence by kind", "; ".join(described))


def _share_axes(figure: Figure, below: str, beside: str) -> Any:  # noqa: ANN401 - untyped library
    (axes,) = figure.axes
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=below, ylabel=beside)
    labels = [f"{tick:.0%}" for tick in _TICKS]
    axes.set_xticks(_TICKS, labels)
    axes.set_yticks(_TICKS, labels)
    axes.set_clip_on(False)
    return axes
