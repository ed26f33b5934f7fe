"""A picture of the vectors: entries and one question as points in two dimensions.

Principal component analysis of the vectors of the whole definitions: the two directions in
which they differ most (Pearson, 1901). Two dimensions keep only a part of the distances, so
lines show which entries are really nearest to the question.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.errors import InvalidSetting
from semsearch.index.map.projection import pca
from semsearch.search.glossary import Glossary
from semsearch.web.figures import ACCENT, INK, STRONG, Figure

WIDTH, HEIGHT = 860, 560
LINES = 3
"""Nearest entries that a line is drawn to."""

MAX_ENTRIES = 200
"""More labels than this cannot be read; of a larger index the nearest are drawn."""

_OFFSETS = (
    ((8, 0), "left", "center"),
    ((-8, 0), "right", "center"),
    ((0, 7), "center", "bottom"),
    ((0, -7), "center", "top"),
)
"""Where a label may stand beside its point, in points, with its alignment."""


def draw(glossary: Glossary, question: str, *, name: str | None = None) -> str:
    """Return an SVG of the 200 entries nearest to a question, with lines to the very nearest.

    Args:
        glossary: an open index.
        question: what to place among its entries.
        name: draw only this glossary of the index.

    Raises:
        InvalidSetting: there are fewer than two entries.
        InvalidQuestion: the question cannot be asked.
        GlossaryNotFound: the index has no such glossary.
        MissingExtra: matplotlib is not installed.
    """
    asked = glossary.encode([question])
    entries, vectors = glossary.definitions(name, nearest_to=asked, limit=MAX_ENTRIES)
    if len(entries) < 2:
        raise InvalidSetting(f"a picture needs two entries, and there is {len(entries)}")
    points, kept = pca(np.concatenate([vectors, asked]), vectors)
    nearest = np.argsort(-(vectors @ asked[0]), kind="stable")[:LINES]
    with Figure("embedding", WIDTH, HEIGHT) as figure:
        (axes,) = figure.axes
        axes.set_axis_off()
        axes.margins(0.14, 0.06)
        for i in nearest:
            axes.plot(
                *zip(points[-1], points[i], strict=True), color=ACCENT, alpha=0.7, ls=":", zorder=1
            )
        labels = [*(entry.term for entry in entries), f"“{question}”"]
        for i, (label, (x, y)) in enumerate(zip(labels, points, strict=True)):
            is_question = i == len(entries)
            colour, size = (ACCENT, 9) if is_question else (STRONG, 6.5)
            (dot,) = axes.plot(x, y, "o", color=colour, markersize=size)
            figure.note(dot, question if is_question else label)
        shown = (
            f"{len(entries)} definitions"
            if len(entries) < MAX_ENTRIES
            else f"The {MAX_ENTRIES} nearest definitions"
        )
        figure.footnote(
            f"{shown} and a question in two of {vectors.shape[1]} dimensions (PCA, "
            f"{kept:.0%} of the variance). Lines: the {len(nearest)} definitions nearest to the question."
        )
        _label(axes, points, labels)
        title = f"Terms as points, near in meaning is near in the picture; asked: {question}"
        named = ", ".join(labels[i] for i in nearest)
        return figure.svg(title, f"Nearest to the question: {named}")


def _label(axes: Any, points: NDArray[Any], labels: list[str]) -> None:  # noqa: ANN401 - untyped
    """Place each label beside its point where it covers least; the question, last, first of all."""
    axes.figure.draw_without_rendering()
    frame = axes.figure.bbox.extents
    pixels = axes.transData.transform(points)
    taken = np.concatenate([pixels - 5, pixels + 5], axis=1)
    for i in [len(labels) - 1, *range(len(labels) - 1)]:
        is_question = i == len(labels) - 1
        best, least, box = None, np.inf, frame
        for offset, horizontal, vertical in _OFFSETS:
            text = axes.annotate(
                labels[i], points[i], offset, textcoords="offset points", ha=horizontal, va=vertical,
                color=ACCENT if is_question else INK, weight="bold" if is_question else "normal",
            )  # fmt: skip
            extent = text.get_window_extent().extents
            cost = _overlap(extent, taken).sum() + 10 * (
                _area(extent) - _overlap(extent, frame[None])[0]
            )
            if cost < least:
                if best is not None:
                    best.remove()
                best, least, box = text, cost, extent
            else:
                text.remove()
        taken = np.concatenate([taken, box[None]])


def _overlap(box: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """Return the area that a box shares with each other one, all (left, bottom, right, top)."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared: NDArray[Any] = np.prod(np.maximum(high - low, 0), axis=1)
    return shared


def _area(box: NDArray[Any]) -> float:
    return float(np.prod(box[2:] - box[:2]))
