"""A picture of the vectors: entries and one question as points in two dimensions.

Principal component analysis of the vectors of the whole definitions: the two directions in
which they differ most (Pearson, 1901). Two dimensions keep only a part of the distances, so
lines show which entries are really nearest to the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from semsearch.core.errors import InvalidSetting
from semsearch.index.map.projection import Points, pca
from semsearch.search.glossary import Glossary

WIDTH, HEIGHT, MARGIN = 860, 560, 60
LINES = 3
"""Nearest entries that a line is drawn to."""

MAX_ENTRIES = 200
"""More labels than this cannot be read."""

_CHAR_WIDTH, _LINE_HEIGHT = 7.0, 15.0
_STYLE = """
  svg { background: #fdfdfb; font: 12px system-ui, sans-serif; }
  text { fill: #24292f; } .note { fill: #57606a; } .asked { fill: #b3261e; font-weight: 600; }
  circle { fill: #2f6f9f; } .question { fill: #b3261e; }
  line { stroke: #b3261e; stroke-dasharray: 4 3; opacity: .7; }
  @media (prefers-color-scheme: dark) {
    svg { background: #14171a; } text { fill: #e6e6e3; } .note { fill: #9aa4ad; }
    .asked { fill: #ff8a80; } circle { fill: #7cb7e0; } .question { fill: #ff8a80; }
    line { stroke: #ff8a80; }
  }
"""


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: _Box) -> float:
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)


def draw(glossary: Glossary, question: str) -> str:
    """Return an SVG of all entries and a question, with lines to the nearest entries.

    Args:
        glossary: an open index of 2 to 200 entries.
        question: what to place among them.

    Raises:
        InvalidSetting: the index has too few or too many entries.
        InvalidQuestion: the question cannot be asked.
    """
    if not 2 <= len(glossary) <= MAX_ENTRIES:
        raise InvalidSetting(
            f"a picture needs 2 to {MAX_ENTRIES} entries, and this index has {len(glossary):,}"
        )
    entries, vectors = glossary.definitions()
    asked = glossary.encode([question])
    points, kept = pca(np.concatenate([vectors, asked]), vectors)
    places = _to_pixels(points)
    labels = [entry.term for entry in entries]
    nearest = np.argsort(-(vectors @ asked[0]), kind="stable")[:LINES]
    parts = [_line(places[-1], places[i]) for i in nearest]
    parts += [_dot(place, "entry", label) for place, label in zip(places[:-1], labels, strict=True)]
    parts.append(_dot(places[-1], "question", question))
    parts += _texts(places, [*labels, f"“{question}”"])
    note = (
        f"{len(entries)} definitions and a question in two of {vectors.shape[1]} dimensions (PCA, "
        f"{kept:.0%} of the variance). Lines: the {len(nearest)} definitions nearest to the question."
    )
    return _page(question, note, parts)


def _to_pixels(points: Points) -> Points:
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = (points - low) / np.maximum(high - low, 1e-9)
    scaled[:, 1] = 1 - scaled[:, 1]
    size = np.array([WIDTH - 2 * MARGIN - 60, HEIGHT - 2 * MARGIN])
    pixels: Points = scaled * size + np.array([MARGIN, MARGIN])
    return pixels


def _line(start: Points, end: Points) -> str:
    return f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"/>'


def _dot(place: Points, kind: str, label: str) -> str:
    radius = 6 if kind == "question" else 4
    return (
        f'<circle class="{kind}" cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{radius}">'
        f"<title>{escape(label)}</title></circle>"
    )


def _texts(places: Points, labels: list[str]) -> list[str]:
    """Place each label beside its point where it covers least; the question, last, first of all."""
    taken = [_Box(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    parts = []
    for i in [len(labels) - 1, *range(len(labels) - 1)]:
        x, y = (float(v) for v in places[i])
        choices = [_Box(*corner, corner[0] + len(labels[i]) * _CHAR_WIDTH, corner[1] + _LINE_HEIGHT)
                   for corner in _corners(x, y, len(labels[i]) * _CHAR_WIDTH)]  # fmt: skip
        costs = [sum(box.overlap(other) for other in taken) + _outside(box) for box in choices]
        box = choices[int(np.argmin(costs))]
        taken.append(box)
        kind = ' class="asked"' if i == len(labels) - 1 else ""
        parts.append(
            f'<text{kind} x="{box.left:.1f}" y="{box.bottom - 4:.1f}">{escape(labels[i])}</text>'
        )
    return parts


def _corners(x: float, y: float, width: float) -> list[tuple[float, float]]:
    """Top left corners to try: right, left, above, below of a point."""
    half = _LINE_HEIGHT / 2
    return [
        (x + 8, y - half),
        (x - 8 - width, y - half),
        (x - width / 2, y - 8 - _LINE_HEIGHT),
        (x - width / 2, y + 8),
    ]


def _outside(box: _Box) -> float:
    """How much of a label would be cut off, made dearer than covering another."""
    frame = _Box(0, 0, WIDTH, HEIGHT - 30)
    area = (box.right - box.left) * (box.bottom - box.top)
    return 10 * (area - box.overlap(frame))


def _page(question: str, note: str, parts: list[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(f"Terms as points, near in meaning is near in the picture; asked: {question}")}">\n'
        f"<style>{_STYLE}</style>\n{body}\n"
        f'<text class="note" x="16" y="{HEIGHT - 14}">{escape(note)}</text>\n</svg>\n'
    )
