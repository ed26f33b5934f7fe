"""The background: what scores are ordinary in one glossary for entries that are not the answer.

The yardstick that makes scores comparable between glossaries and encoders. It is measured at build
time, without labelled questions: sentences of the glossary are asked as if they were questions, each
with its own entry left out. Here the similarity of meaning is measured, from stored vectors alone;
`semsearch.selfcheck` asks in earnest and measures the fused score.
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
    """Mean and standard deviation of the best score of the sentences asked."""

    mean: float
    deviation: float

    def standout(self, score: float) -> float:
        """Return how many deviations a score lies above the mean."""
        return (score - self.mean) / self.deviation


TYPICAL = Background(0.5, 0.1)
"""Similarities of meaning in the seed, which a glossary of a few entries borrows from."""

ENOUGH = 10
"""Entries, and scores of theirs, from which a glossary speaks for itself."""

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
    return background_of(best, len(counts), TYPICAL)


def background_of(best: Sequence[float], entries: int, typical: Background) -> Background:
    """Return the background that scores show; where there are few, it borrows from a typical one.

    Args:
        best: the best score of each sentence asked; there may be none.
        entries: how many entries the glossary has.
        typical: what to borrow from.
    """
    own = min(1.0, entries / ENOUGH, len(best) / ENOUGH)
    mean, deviation = (float(np.mean(best)), float(np.std(best))) if best else (0.0, 0.0)
    return Background(
        round(own * mean + (1 - own) * typical.mean, 6),
        round(max(own * deviation + (1 - own) * typical.deviation, 0.01), 6),
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


def spread(count: int, sample: int = SAMPLE) -> Numbers:
    """Return at most `sample` places spread evenly over `count`: the same ones every time."""
    return np.unique(np.linspace(0, count - 1, min(count, sample)).astype(np.int64))
