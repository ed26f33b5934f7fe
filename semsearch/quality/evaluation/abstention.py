"""Measures abstention: does confidence distinguish right from wrong answers?

An answer is wrong if its first hit is not right; every answer to an unanswerable question is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.quality.evaluation.judgements import UNANSWERABLE_KINDS
from semsearch.quality.evaluation.optional_libraries import load
from semsearch.quality.evaluation.outcomes import QuestionOutcome, Values, confidences_of, right_of

BINS = 10
"""Number of equal bins in which confidence is compared with the share of right answers."""
_EDGES = np.linspace(0, 1, BINS + 1)

ALLOWED = 0.05
"""Share of wrong answers at which coverage is reported."""


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """The answers in one range of confidence."""

    low: float
    high: float
    questions: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """The result of answering only from this confidence on.

    `coverage` is the share of all questions answered, `answered` that of the answerable ones,
    `risk` the share of wrong answers among those given.
    """

    threshold: float
    coverage: float
    answered: float
    risk: float


@dataclass(frozen=True, slots=True)
class UnanswerableComparison:
    """The answerable questions compared with one kind of unanswerable ones.

    `auroc` is the probability that an answerable question has the higher confidence; None if no
    question is answerable. `refused` is the share of these questions called "no close match".
    """

    kind: str
    questions: int
    auroc: float | None
    refused: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well confidence separates some questions; None where none is answerable.

    `refused` is the share of answerable questions called "no close match". `coverage` is the
    largest share of them that some threshold answers with at most `ALLOWED` of all answers wrong.
    `calibration_error` is the expected calibration error (Guo et al., 2017,
    https://arxiv.org/abs/1706.04599) of all questions.
    """

    label: str
    answerable: int
    refused: float | None
    coverage: float | None
    calibration_error: float
    against: tuple[UnanswerableComparison, ...]


def abstention(label: str, outcomes: Sequence[QuestionOutcome]) -> Abstention:
    """Measure abstention for some questions, at least one."""
    answerable = [o for o in outcomes if o.question.is_answerable]
    unanswerable = [(kind, _of_kind(outcomes, kind)) for kind in UNANSWERABLE_KINDS]
    return Abstention(
        label=label,
        answerable=len(answerable),
        refused=_refused(answerable) if answerable else None,
        coverage=coverage_at(risk_coverage(outcomes), ALLOWED) if answerable else None,
        calibration_error=calibration_error(reliability(outcomes)),
        against=tuple(
            UnanswerableComparison(kind, len(others), auroc(answerable, others), _refused(others))
            for kind, others in unanswerable
            if others
        ),
    )


def per_glossary(outcomes: Sequence[QuestionOutcome]) -> list[Abstention]:
    """Measure each glossary and, if there are several, all together."""
    names = dict.fromkeys(o.question.glossary for o in outcomes)
    found = [abstention(n, [o for o in outcomes if o.question.glossary == n]) for n in names]
    return [*found, abstention("all questions", outcomes)] if len(names) > 1 else found


def risk_coverage(outcomes: Sequence[QuestionOutcome]) -> list[RiskPoint]:
    """Return the risk-coverage curve: a point for each confidence, highest first.

    After El-Yaniv and Wiener, 2010 (https://jmlr.org/papers/v11/el-yaniv10a.html).
    """
    confidence, right = _confidence(outcomes)
    is_answerable = np.array([o.question.is_answerable for o in outcomes], dtype=bool)
    points = []
    for threshold in np.unique(confidence)[::-1]:
        given = confidence >= threshold
        points.append(
            RiskPoint(
                threshold=float(threshold),
                coverage=float(given.mean()),
                answered=float(given[is_answerable].mean()) if is_answerable.any() else 0.0,
                risk=float((1 - right[given]).mean()),
            )
        )
    return points


def coverage_at(points: Sequence[RiskPoint], risk: float) -> float:
    """Return the largest share of answerable questions answered at no more than this risk."""
    return max((point.answered for point in points if point.risk <= risk), default=0.0)


def reliability(outcomes: Sequence[QuestionOutcome]) -> list[ConfidenceBin]:
    """Return the mean confidence and the share of right answers of each bin that is not empty."""
    confidence, right = _confidence(outcomes)
    place = bins_of(confidence)
    return [
        ConfidenceBin(
            low=round(float(_EDGES[i]), 10),
            high=round(float(_EDGES[i + 1]), 10),
            questions=int((place == i).sum()),
            confidence=float(confidence[place == i].mean()),
            right=float(right[place == i].mean()),
        )
        for i in np.unique(place)
    ]


def bins_of(confidence: Values) -> NDArray[np.intp]:
    """Return the number of the bin of each confidence, from 0."""
    return np.clip(np.digitize(confidence, _EDGES) - 1, 0, BINS - 1)


def calibration_error(bins: Sequence[ConfidenceBin]) -> float:
    """Return the mean distance of confidence and truth, weighted by the questions of each bin."""
    questions = sum(b.questions for b in bins)
    return sum(b.questions * abs(b.confidence - b.right) for b in bins) / questions


def _confidence(outcomes: Sequence[QuestionOutcome]) -> tuple[Values, Values]:
    """Return (n,) the confidence and (n,) whether the first hit was right, 0 or 1."""
    return confidences_of(outcomes), right_of(outcomes).astype(np.float64)


def auroc(higher: Sequence[QuestionOutcome], lower: Sequence[QuestionOutcome]) -> float | None:
    """Return the area under the ROC curve, by the Mann-Whitney statistic."""
    if not higher or not lower:
        return None
    confidence = np.array([o.confidence for o in [*higher, *lower]])
    return share_of_pairs(confidence, np.arange(len(confidence)) < len(higher))


def share_of_pairs(scores: Values, is_higher: NDArray[np.bool_]) -> float:
    """Return the share of pairs of the two groups in which the higher group has the larger score.

    That is the Mann-Whitney statistic; equal scores count half.
    """
    count = int(is_higher.sum())
    ranks = load("scipy.stats").rankdata(scores)[is_higher]
    beaten = float(ranks.sum()) - count * (count + 1) / 2
    return beaten / (count * (len(scores) - count))


def _of_kind(outcomes: Sequence[QuestionOutcome], kind: str) -> list[QuestionOutcome]:
    return [o for o in outcomes if not o.question.is_answerable and o.question.kind == kind]


def _refused(outcomes: Sequence[QuestionOutcome]) -> float:
    return float(np.mean([o.is_refused for o in outcomes]))
