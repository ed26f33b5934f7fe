"""The background: how similar a passage is to what is not about it, in one glossary.

The yardstick that makes a similarity comparable between glossaries and encoders. It is measured at
build time, without labelled questions: sentences of the glossary are asked as if they were
questions, each with its own entry left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from semsearch.ranking.fusion import meaning, passage_scores
from semsearch.types import Numbers, Vectors

SAMPLE = 256
"""Sentences asked; the mean of so many varies by a hundredth."""


@dataclass(frozen=True, slots=True)
class Background:
    """Mean and standard deviation of the best meaning score of the sentences asked."""

    mean: float
    deviation: float

    def standout(self, meaning: float) -> float:
        """Return how many deviations a meaning score lies above the mean."""
        return (meaning - self.mean) / self.deviation


TYPICAL = Background(0.5, 0.1)
"""That of the seed, which a glossary of a few entries borrows from."""

ENOUGH = 10
"""Entries from which a glossary speaks for itself."""

TWIN = 0.98
"""Cosine from which two texts are the same one; a copy says nothing of what is ordinary."""


def measure_background(vectors: Vectors, counts: Numbers) -> Background:
    """Measure the background of a glossary.

    Args:
        vectors: passages of all entries, one entry after the other.
        counts: (entries,) passages of each.
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    best: list[float] = []
    for row in spread(len(vectors)):
        whole, _, sentence, _ = passage_scores(vectors, vectors[row], counts)
        scores = meaning(whole, sentence)
        scores[owner[row]] = -np.inf
        others = scores[np.maximum(scores, sentence) < TWIN]
        if others.max(initial=-np.inf) > -np.inf:
            best.append(float(others.max()))
    own = min(1.0, len(counts) / ENOUGH) if best else 0.0
    mean, deviation = (float(np.mean(best)), float(np.std(best))) if best else (0.0, 0.0)
    return Background(
        round(own * mean + (1 - own) * TYPICAL.mean, 6),
        round(max(own * deviation + (1 - own) * TYPICAL.deviation, 0.01), 6),
    )


def measure_each(
    glossaries: Sequence[str], vectors: Vectors, counts: Numbers
) -> dict[str, Background]:
    """Measure the background of each glossary by itself.

    Args:
        glossaries: (entries,) the glossary of each entry; equal ones stand together.
        vectors: passages of all entries, one entry after the other.
        counts: (entries,) passages of each.
    """
    ends = np.cumsum(counts)
    found: dict[str, Background] = {}
    first = 0
    for name, group in groupby(glossaries):
        last = first + len(list(group))
        rows = slice(int(ends[first] - counts[first]), int(ends[last - 1]))
        found[name] = measure_background(vectors[rows], counts[first:last])
        first = last
    return found


def spread(count: int) -> Numbers:
    """Return at most `SAMPLE` places spread evenly over `count`: the same ones every time."""
    return np.unique(np.linspace(0, count - 1, min(count, SAMPLE)).astype(np.int64))
