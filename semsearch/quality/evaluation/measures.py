"""Measures of ranking for each question (`ir-measures`), and means with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.quality.evaluation.optional_libraries import load
from semsearch.quality.evaluation.outcomes import QuestionOutcome, Values

MEASURES = {
    "acc@1": "Success@1",
    "acc@3": "Success@3",
    "acc@10": "Success@10",
    "MRR@10": "RR@10",
    "nDCG@10": "nDCG@10",
}
"""Our names of the measures, and those of `ir-measures`."""

LEVEL = 0.95
RESAMPLES = 1999
SEED = 20240229
BATCH = 4_000_000
"""Values resampled at a time: 32 MB."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its interval; there is none if all values are equal, or there is only one."""

    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """The measures of some questions; `group` is "glossary", "kind", "all" or "mean"."""

    group: str
    label: str
    questions: int
    measures: dict[str, Estimate]


def per_question(outcomes: Sequence[QuestionOutcome]) -> dict[str, Values]:
    """Return each measure of each answerable question, (n,) in their order.

    All right terms have the same weight; nDCG@10 is 1 only if all of them come first.
    """
    ir_measures = load("ir_measures")
    answerable = [o for o in outcomes if o.question.is_answerable]
    judged = [
        ir_measures.Qrel(str(i), right, 1)
        for i, o in enumerate(answerable)
        for right in o.question.right
    ]
    ranked = [
        ir_measures.ScoredDoc(str(i), hit.id, -rank)
        for i, o in enumerate(answerable)
        for rank, hit in enumerate(o.shown)
    ]
    wanted = {ir_measures.parse_measure(theirs): ours for ours, theirs in MEASURES.items()}
    values = {ours: np.zeros(len(answerable)) for ours in MEASURES}
    for found in ir_measures.iter_calc([*wanted], judged, ranked) if judged else ():
        values[wanted[found.measure]][int(found.query_id)] = found.value
    return values


def rows(outcomes: Sequence[QuestionOutcome]) -> list[MeasureRow]:
    """Return a row for each glossary, for each of several kinds, and for all questions.

    The mean over the glossaries, regardless of their numbers of questions, comes last.
    """
    answerable = [o for o in outcomes if o.question.is_answerable]
    if not answerable:
        return []
    values = per_question(answerable)
    glossaries = _places([o.question.glossary for o in answerable])
    kinds = _places([o.question.kind for o in answerable])
    found = [_row("glossary", name, values, [at]) for name, at in glossaries.items()]
    if len(kinds) > 1:
        found += [_row("kind", name, values, [at]) for name, at in kinds.items()]
    if len(glossaries) > 1:
        everything = np.arange(len(answerable))
        found.append(_row("all", "all questions", values, [everything]))
        found.append(_row("mean", "mean of glossaries", values, [*glossaries.values()]))
    return found


def total(found: Sequence[MeasureRow]) -> MeasureRow | None:
    """Return the overall row: the mean over the glossaries, or the only glossary."""
    last = [row for row in found if row.group in ("glossary", "mean")]
    return last[-1] if last else None


def mean_of(samples: Sequence[Values]) -> Estimate:
    """Return the mean of the means of some samples, with a percentile bootstrap interval.

    Each sample is resampled separately (Efron and Tibshirani, 1993, chapter 13), with a fixed seed.
    """
    mean = float(np.mean([sample.mean() for sample in samples]))
    varied = [sample for sample in samples if len(sample) > 1 and np.ptp(sample) > 0]
    if not varied:
        return Estimate(mean)
    fixed = sum(float(s.mean()) for s in samples if not (len(s) > 1 and np.ptp(s) > 0))

    def statistic(*resampled: Values, axis: int) -> Values:
        means = sum(sample.mean(axis=axis) for sample in resampled)
        return np.asarray((means + fixed) / len(samples))

    interval = (
        load("scipy.stats")
        .bootstrap(
            varied,
            statistic,
            n_resamples=RESAMPLES,
            batch=max(1, BATCH // sum(len(sample) for sample in varied)),
            vectorized=True,
            confidence_level=LEVEL,
            method="percentile",
            rng=np.random.default_rng(SEED),
        )
        .confidence_interval
    )
    return Estimate(mean, float(interval.low), float(interval.high))


def _places(labels: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """Return the places of each label, in the order of their first places."""
    return {
        label: np.flatnonzero([other == label for other in labels])
        for label in dict.fromkeys(labels)
    }


def _row(
    group: str, label: str, values: dict[str, Values], parts: Sequence[NDArray[np.int64]]
) -> MeasureRow:
    measures = {
        name: mean_of([column[places] for places in parts]) for name, column in values.items()
    }
    return MeasureRow(group, label, sum(len(places) for places in parts), measures)
