"""Baseline: distribution of the best scores of wrong entries in one glossary.

It makes scores comparable between glossaries and encoders. A build measures it without labelled
questions: it asks sentences of the glossary, each with its own entry left out. This module measures
the similarity, from stored vectors alone. `semsearch.index.score_baseline` runs the whole search
and measures the fused score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.core.arrays import Numbers, VectorLookup
from semsearch.ranking.fusion import best_sentences, shown_similarity

SAMPLE = 256
"""Sentences asked; the mean of so many varies by a hundredth."""

CHUNK = 4096
"""Entries compared with all of them at a time: some 20 MB."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Mean and standard deviation of the best score of the sentences asked."""

    mean: float
    deviation: float

    def z_score(self, score: float) -> float:
        """Return how many deviations a score lies above the mean."""
        return (score - self.mean) / self.deviation


TYPICAL = Baseline(0.5, 0.1)
"""Similarities of meaning in the seed, which a glossary of a few entries borrows from."""

MIN_OWN_SAMPLES = 10
"""Entries, and scores of theirs, from which a glossary speaks for itself."""

DUPLICATE_COSINE = 0.98
"""Cosine from which two texts are the same one; a copy says nothing of what is ordinary."""


def measure_similarity_baseline(
    read_rows: VectorLookup, first_rows: Numbers, positions: range
) -> Baseline:
    """Measure the baseline of a glossary, some thousand entries at a time.

    Args:
        read_rows: gives the vectors of some rows.
        first_rows: the first row of each position, and behind the last one where its rows end.
        positions: the positions of the glossary.
    """
    first, last = first_rows[positions.start], first_rows[positions.stop]
    rows = first + evenly_spaced(int(last - first))
    asked = read_rows(rows)
    owners = np.searchsorted(first_rows, rows, side="right") - 1
    best = np.full(len(rows), -np.inf, dtype=np.float32)
    for start in range(positions.start, positions.stop, CHUNK):
        some = np.arange(start, min(start + CHUNK, positions.stop))
        begins, ends = first_rows[some[0]], first_rows[some[-1] + 1]
        starts = first_rows[some] - begins
        cosines = read_rows(np.arange(begins, ends)) @ asked.T
        _, best_cosines = best_sentences(cosines, starts, np.diff(starts, append=len(cosines)))
        scores = shown_similarity(cosines[starts], best_cosines)
        scores[np.maximum(scores, best_cosines) >= DUPLICATE_COSINE] = -np.inf
        own = np.flatnonzero(np.isin(owners, some))
        scores[owners[own] - start, own] = -np.inf
        best = np.maximum(best, scores.max(axis=0))
    return baseline_of(best[best > -np.inf].tolist(), len(positions), TYPICAL)


def baseline_of(best: Sequence[float], entries: int, typical: Baseline) -> Baseline:
    """Return the baseline of some scores; with few of them, mixed with a typical one.

    Args:
        best: the best score of each sentence asked; there may be none.
        entries: how many entries the glossary has.
        typical: what to borrow from.
    """
    own = min(1.0, entries / MIN_OWN_SAMPLES, len(best) / MIN_OWN_SAMPLES)
    mean, deviation = (float(np.mean(best)), float(np.std(best))) if best else (0.0, 0.0)
    return Baseline(
        round(own * mean + (1 - own) * typical.mean, 6),
        round(max(own * deviation + (1 - own) * typical.deviation, 0.01), 6),
    )


def evenly_spaced(count: int, sample: int = SAMPLE) -> Numbers:
    """Return at most `sample` places spread evenly over `count`: the same ones every time."""
    return np.unique(np.linspace(0, count - 1, min(count, sample)).astype(np.int64))
