"""Plots as SVG: small, without a library, coloured by the style sheet of the page they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from semsearch.quality.evaluation.abstention import ALLOWED, BINS, Bin, Point
from semsearch.quality.evaluation.outcomes import QuestionOutcome

SIZE = 300
"""Width and height of what lies between the axes of a square plot."""

LEFT, RIGHT, TOP, BOTTOM = 46, 24, 26, 44
ROW = 64
"""Height of one kind in the histogram."""


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """Draw how often answers of each confidence were right; on the diagonal they were as claimed."""
    bars, marks = [], [_line(0, 0, 1, 1, "guide")]
    for one in bins:
        left, width = _x(one.low), (one.high - one.low) * SIZE
        note = (
            f"confidence {one.low:.0%} to {one.high:.0%}: {one.questions} questions, "
            f"claimed {one.confidence:.0%}, right {one.right:.0%}"
        )
        bars.append(_bar(left + 1, _y(one.right), width - 2, one.right * SIZE, note))
        marks.append(_dot(one.confidence, one.right, note))
        marks.append(
            f'<text class="count" x="{left + width / 2:.1f}" y="{TOP - 8}">{one.questions}</text>'
        )
    described = "; ".join(
        f"claimed {one.confidence:.2f}, right {one.right:.2f} ({one.questions})" for one in bins
    )
    title = "Is the confidence true?"
    return _square("reliability", title, described, "confidence", "share right", [*bars, *marks])


def risk_coverage_curve(points: Sequence[Point], threshold: float) -> str:
    """Draw the share of wrong answers against how many questions are answered.

    The circle is the threshold at which the program says "no close match" today.
    """
    place = " ".join(f"{_x(p.coverage):.1f},{_y(p.risk):.1f}" for p in points)
    parts = [_line(0, ALLOWED, 1, ALLOWED, "guide"), f'<polyline class="curve" points="{place}"/>']
    given = [p for p in points if p.threshold >= threshold]
    described = f"answering everything, {points[-1].risk:.0%} are wrong"
    if given:
        today = given[-1]
        note = f"today {today.coverage:.0%} are answered and {today.risk:.0%} of those wrong"
        parts.append(_dot(today.coverage, today.risk, note))
        described = f"{described}; {note}"
    return _square(
        "risk-coverage",
        "Wrong answers, by how many are given",
        f"{described}; dashed: {ALLOWED:.0%} wrong",
        "share of the questions answered",
        "share of them wrong",
        parts,
    )


def confidence_histogram(outcomes: Sequence[QuestionOutcome]) -> str:
    """Draw how the confidence is distributed, a row for each kind of question."""
    kinds = dict.fromkeys(o.question.kind for o in outcomes)
    parts = [_frame(len(kinds) * ROW)]
    described = []
    for row, kind in enumerate(kinds):
        sure = [o.confidence for o in outcomes if o.question.kind == kind]
        counts, edges = np.histogram(sure, bins=2 * BINS, range=(0, 1))
        base = TOP + (row + 1) * ROW
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
            height = (ROW - 22) * count / max(counts)
            note = f"{kind}, confidence {low:.0%} to {high:.0%}: {count} questions"
            parts.append(_bar(_x(low) + 1, base - height, SIZE / len(counts) - 2, height, note))
        label = f"{kind} ({len(sure)})"
        parts.append(f'<text x="{LEFT + 6}" y="{base - ROW + 14}">{escape(label)}</text>')
        parts.append(f'<line class="axis" x1="{LEFT}" y1="{base}" x2="{LEFT + SIZE}" y2="{base}"/>')
        described.append(f"{label}: median {np.median(sure):.2f}")
    height = len(kinds) * ROW
    parts += _ticks_below(height, "confidence")
    return _svg("confidence", "Confidence by kind", "; ".join(described), height, parts)


def _square(
    name: str, title: str, described: str, below: str, beside: str, parts: Iterable[str]
) -> str:
    ticks = [
        f'<text class="beside" x="{LEFT - 6}" y="{_y(v) + 4:.1f}">{v:.0%}</text>'
        for v in (0, 0.5, 1)
    ]
    middle = TOP + SIZE / 2
    label = (
        f'<text class="middle" transform="rotate(-90 12 {middle})" x="12" y="{middle}">'
        f"{escape(beside)}</text>"
    )
    everything = [_frame(SIZE), *parts, *ticks, label, *_ticks_below(SIZE, below)]
    return _svg(name, title, described, SIZE, everything)


def _svg(name: str, title: str, described: str, height: float, parts: Iterable[str]) -> str:
    wide, high = LEFT + SIZE + RIGHT, TOP + height + BOTTOM
    return (
        f'<svg viewBox="0 0 {wide} {high}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(described)}</desc>'
        + "".join(parts)
        + "</svg>"
    )


def _ticks_below(height: float, label: str) -> list[str]:
    base = TOP + height
    ticks = [
        f'<text class="middle" x="{_x(v):.1f}" y="{base + 16}">{v:.0%}</text>' for v in (0, 0.5, 1)
    ]
    name = f'<text class="middle" x="{_x(0.5):.1f}" y="{base + 34}">{escape(label)}</text>'
    return [*ticks, name]


def _frame(height: float) -> str:
    return f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{SIZE}" height="{height}"/>'


def _bar(x: float, y: float, width: float, height: float, note: str) -> str:
    return (
        f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(note)}</title></rect>"
    )


def _dot(x: float, y: float, note: str) -> str:
    return f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="4"><title>{escape(note)}</title></circle>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return (
        f'<line class="{kind}" x1="{_x(x1):.1f}" y1="{_y(y1):.1f}" '
        f'x2="{_x(x2):.1f}" y2="{_y(y2):.1f}"/>'
    )


def _x(value: float) -> float:
    return float(LEFT + value * SIZE)


def _y(value: float) -> float:
    return float(TOP + (1 - value) * SIZE)
