"""Compares an evaluation with a stored one, question by question, and tests the differences.

The same questions are asked before and after, so the test is paired: Fisher's randomisation test.
Under the null hypothesis each difference could as well have the other sign. Unlike Wilcoxon's test
it compares the reported means themselves and needs no rule for ties, which are frequent in
reciprocal ranks (Smucker, Allan and Carterette, 2007, https://doi.org/10.1145/1321440.1321528). For
accuracy it is McNemar's exact test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.quality.evaluation.measures import BATCH, SEED
from semsearch.quality.evaluation.optional_libraries import load
from semsearch.quality.evaluation.outcomes import RANKS_RECORDED, QuestionOutcome, Values

SIGNIFICANT = 0.05
"""Highest p of a difference that counts as real."""

RESAMPLES = 9999


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """What a comparison needs of one question."""

    rank: int | None
    confidence: float
    is_refused: bool


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure before and now, over the questions of both results; p is two-sided."""

    measure: str
    questions: int
    before: float
    now: float
    p: float

    @property
    def is_drop(self) -> bool:
        """Whether it fell significantly."""
        return self.now < self.before and self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class ResultComparison:
    """The differences from a stored result.

    `lost` questions were right before and are wrong now, `gained` ones the reverse. An answerable
    question is right if its first hit is right, any other if the answer is "no close match".
    """

    shared: int
    only_before: int
    only_now: int
    changes: tuple[MeasureChange, ...]
    gained: tuple[QuestionOutcome, ...]
    lost: tuple[QuestionOutcome, ...]

    @property
    def is_drop(self) -> bool:
        """Whether any measure fell significantly."""
        return any(change.is_drop for change in self.changes)


def result_of(outcome: QuestionOutcome) -> StoredOutcome:
    """Return what a later comparison needs of an outcome."""
    return StoredOutcome(outcome.rank, outcome.confidence, outcome.is_refused)


def compare(
    before: Mapping[str, StoredOutcome], outcomes: Sequence[QuestionOutcome]
) -> ResultComparison:
    """Compare outcomes with stored results, by the keys of the questions."""
    pairs = [(o, before[o.question.key]) for o in outcomes if o.question.key in before]
    ranked = [(o, previous) for o, previous in pairs if o.question.is_answerable]
    unanswerable = [(o, previous) for o, previous in pairs if not o.question.is_answerable]
    changes = [_change(name, value, ranked) for name, value in _RANKED.items() if ranked]
    changes += [_change("refused", _refused, unanswerable)] if unanswerable else []
    return ResultComparison(
        shared=len(pairs),
        only_before=len(before) - len(pairs),
        only_now=len(outcomes) - len(pairs),
        changes=tuple(changes),
        gained=tuple(
            o for o, previous in pairs if _is_right(o, result_of(o)) > _is_right(o, previous)
        ),
        lost=tuple(
            o for o, previous in pairs if _is_right(o, result_of(o)) < _is_right(o, previous)
        ),
    )


def paired_p(before: Values, now: Values) -> float:
    """Return the two-sided probability of such a difference of means by chance."""
    differences = (now - before)[now != before]  # differences of 0 have no sign
    if len(differences) < 2:
        return 1.0  # one difference has either sign equally often
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


def reciprocal_rank(result: StoredOutcome) -> float:
    """Return 1 / rank; 0 after the tenth."""
    return 1 / result.rank if result.rank and result.rank <= RANKS_RECORDED else 0.0


def _within(k: int) -> Callable[[StoredOutcome], float]:
    return lambda result: float(result.rank is not None and result.rank <= k)


def _refused(result: StoredOutcome) -> float:
    return float(result.is_refused)


_RANKED: dict[str, Callable[[StoredOutcome], float]] = {
    "acc@1": _within(1),
    "acc@3": _within(3),
    "MRR@10": reciprocal_rank,
}


def _is_right(outcome: QuestionOutcome, result: StoredOutcome) -> bool:
    return result.rank == 1 if outcome.question.is_answerable else result.is_refused


def _change(
    measure: str,
    value: Callable[[StoredOutcome], float],
    pairs: Sequence[tuple[QuestionOutcome, StoredOutcome]],
) -> MeasureChange:
    before = np.array([value(previous) for _, previous in pairs])
    now = np.array([value(result_of(o)) for o, _ in pairs])
    return MeasureChange(
        measure, len(pairs), float(before.mean()), float(now.mean()), paired_p(before, now)
    )
