"""Comparison: is this better or worse than a stored result, question by question?

The same questions are asked before and after, so the differences are tested in pairs, by Fisher's
randomisation test: under the null hypothesis each difference could as well have had the other sign.
Unlike Wilcoxon's test it compares the very means that are reported and needs no rule for ties, of
which reciprocal ranks are full (Smucker, Allan and Carterette, 2007, https://doi.org/10.1145/1321440.1321528). On accuracy it is McNemar's exact test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.quality.evaluation.optional_libraries import load
from semsearch.quality.evaluation.outcomes import DEPTH, QuestionOutcome

SIGNIFICANT = 0.05
"""A difference this unlikely by chance counts as real."""

RESAMPLES = 9999
SEED = 20240229
BATCH = 4_000_000
"""Values resampled at a time: 32 MB."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Result:
    """What a comparison needs to know of one question."""

    rank: int | None
    confidence: float
    is_refused: bool


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """One measure before and now, over the questions that both results have; p is two-sided."""

    measure: str
    questions: int
    before: float
    now: float
    p: float

    @property
    def is_drop(self) -> bool:
        """Whether it fell, and not by chance."""
        return self.now < self.before and self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class ResultComparison:
    """How a result differs from a stored one.

    `lost` went right before and goes wrong now, `gained` the reverse: an answerable question goes
    right when its first hit is right, any other when the answer is "no close match".
    """

    shared: int
    only_before: int
    only_now: int
    changes: tuple[MeasureChange, ...]
    gained: tuple[QuestionOutcome, ...]
    lost: tuple[QuestionOutcome, ...]

    @property
    def is_drop(self) -> bool:
        """Whether any measure fell, and not by chance."""
        return any(change.is_drop for change in self.changes)


def result_of(outcome: QuestionOutcome) -> Result:
    """Return what a later comparison will need of an outcome."""
    return Result(outcome.rank, outcome.confidence, outcome.is_refused)


def compare(before: Mapping[str, Result], outcomes: Sequence[QuestionOutcome]) -> ResultComparison:
    """Compare outcomes with stored results, by the keys of their questions."""
    pairs = [(o, before[o.question.key]) for o in outcomes if o.question.key in before]
    ranked = [(o, then) for o, then in pairs if o.question.is_answerable]
    hopeless = [(o, then) for o, then in pairs if not o.question.is_answerable]
    changes = [_change(name, value, ranked) for name, value in _RANKED.items() if ranked]
    changes += [_change("refused", _refused, hopeless)] if hopeless else []
    return ResultComparison(
        shared=len(pairs),
        only_before=len(before) - len(pairs),
        only_now=len(outcomes) - len(pairs),
        changes=tuple(changes),
        gained=tuple(o for o, then in pairs if _went_right(o, result_of(o)) > _went_right(o, then)),
        lost=tuple(o for o, then in pairs if _went_right(o, result_of(o)) < _went_right(o, then)),
    )


def paired_p(before: Values, now: Values) -> float:
    """Return how likely such a difference of the means, either way, is by chance: 0 to 1."""
    differences = (now - before)[now != before]  # those of 0 have no sign to change
    if len(differences) < 2:
        return 1.0  # a single one has either sign as often
    test = load("scipy.stats").permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=max(1, BATCH // len(differences)),
        rng=np.random.default_rng(SEED),
    )
    return float(test.pvalue)


def reciprocal_rank(result: Result) -> float:
    """Return 1 / rank, 0 beyond the first ten."""
    return 1 / result.rank if result.rank and result.rank <= DEPTH else 0.0


def _within(k: int) -> Callable[[Result], float]:
    return lambda result: float(result.rank is not None and result.rank <= k)


def _refused(result: Result) -> float:
    return float(result.is_refused)


_RANKED: dict[str, Callable[[Result], float]] = {
    "acc@1": _within(1),
    "acc@3": _within(3),
    "MRR@10": reciprocal_rank,
}


def _went_right(outcome: QuestionOutcome, result: Result) -> bool:
    return result.rank == 1 if outcome.question.is_answerable else result.is_refused


def _change(
    measure: str, value: Callable[[Result], float], pairs: Sequence[tuple[QuestionOutcome, Result]]
) -> MeasureChange:
    before = np.array([value(then) for _, then in pairs])
    now = np.array([value(result_of(o)) for o, _ in pairs])
    return MeasureChange(
        measure, len(pairs), float(before.mean()), float(now.mean()), paired_p(before, now)
    )
