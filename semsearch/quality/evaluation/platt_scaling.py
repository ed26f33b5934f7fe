"""Fits a calibration by Platt scaling: rescales confidence to match judged questions.

Platt scaling (Platt, 1999) rescales log odds with two parameters, so a few dozen questions are
enough and the order of answers stays. Its benefit is measured by cross-validation: the calibration
that rescales a question was fitted without it.

Only questions that no name answered count. A matched name is right by itself and says nothing about
the reliability of similarity; `search/answer.py` never rescales the confidence of names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from semsearch.core.answers import Tier
from semsearch.core.errors import InvalidSetting
from semsearch.quality.evaluation.abstention import calibration_error, reliability
from semsearch.quality.evaluation.comparison import paired_p
from semsearch.quality.evaluation.optional_libraries import load
from semsearch.quality.evaluation.outcomes import QuestionOutcome, Values, confidences_of, right_of
from semsearch.ranking.confidence import THRESHOLD, Calibration

BY_MEANING = frozenset({Tier.MEANING.value, Tier.NEAREST.value})
"""Tiers of a first hit that was not found by name."""

PRIOR = 20
"""Pseudo-questions in favour of unchanged confidence: spread evenly over it, each right as often as
it states. Five real questions hardly change the result, two hundred determine it."""

MIN_SLOPE = 0.1
"""Lower bound of the slope, so that confidence is never reversed."""

FOLDS = 5

MIN_QUESTIONS = 20
"""Fewest questions; the cross-validated figures of fewer are dominated by chance."""

MIN_OF_EACH_KIND = FOLDS
"""Fewest right and fewest wrong first hits: one of each in every fold."""

MIN_PROBABILITY = 5e-5
"""Half of the last digit of a stated confidence; 0 and 1 would have infinite log odds."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The quality of the confidence of some questions; less is better except for `shown_right`.

    `log_loss` is the mean negative log likelihood, in nats. `shown_right` is the share of right
    first hits that are a close match, `answered_wrong` that of wrong ones.
    """

    calibration_error: float
    log_loss: float
    shown_right: float
    answered_wrong: float


@dataclass(frozen=True, slots=True)
class Trial:
    """A calibration and its measured benefit.

    `questions` is the number it was fitted on, `by_name` the number left out because a name
    answered. `before` measures confidence without it, `after` with one fitted on other questions.
    `p` is the two-sided probability of such a difference of the log loss by chance.
    """

    calibration: Calibration
    questions: int
    by_name: int
    before: Figures
    after: Figures
    p: float

    @property
    def improves(self) -> bool:
        """Whether the cross-validated log loss is lower."""
        return self.after.log_loss < self.before.log_loss


def assess(outcomes: Sequence[QuestionOutcome]) -> Trial:
    """Fit a calibration on all questions that count, and cross-validate it.

    Args:
        outcomes: asked without a calibration and with a `min_confidence` of 0, since others change
            the tiers; answerable or not.

    Raises:
        InvalidSetting: too few count, or too few of them are right or wrong.
    """
    counted = [o for o in outcomes if o.shown and o.shown[0].tier in BY_MEANING]
    right = sum(o.is_right for o in counted)
    if (
        len(counted) < MIN_QUESTIONS
        or not MIN_OF_EACH_KIND <= right <= len(counted) - MIN_OF_EACH_KIND
    ):
        raise InvalidSetting(
            f"{len(counted)} of {len(outcomes)} questions count, {right} of them answered rightly; "
            f"a calibration needs {MIN_QUESTIONS}, at least {MIN_OF_EACH_KIND} answered rightly and "
            f"{MIN_OF_EACH_KIND} wrongly, and those that a name answers do not count; "
            "add more questions that people ask, also some that nothing answers"
        )
    rescaled = _cross_validated(counted)
    return Trial(
        calibration=calibrate(counted),
        questions=len(counted),
        by_name=len(outcomes) - len(counted),
        before=figures(counted),
        after=figures(rescaled),
        p=paired_p(_losses(counted), _losses(rescaled)),
    )


def calibrate(outcomes: Sequence[QuestionOutcome]) -> Calibration:
    """Return the most likely calibration given these questions and the prior.

    The order of questions does not matter; without questions nothing is rescaled.
    """
    pseudo = (np.arange(PRIOR) + 0.5) / PRIOR
    confidences = np.concatenate([_confidences(outcomes), pseudo])
    truth = np.concatenate([right_of(outcomes), pseudo])
    odds = np.log(confidences / (1 - confidences))

    def loss(parameters: Values) -> tuple[float, Values]:
        rescaled = parameters[0] * odds + parameters[1]
        # tanh is the logistic function in a form that cannot overflow
        excess = (1 + np.tanh(rescaled / 2)) / 2 - truth
        value = float((np.logaddexp(0, rescaled) - truth * rescaled).sum())
        return value, np.array([excess @ odds, excess.sum()])

    bounds = [(MIN_SLOPE, None), (None, None)]
    found = load("scipy.optimize").minimize(
        loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds
    )
    slope, intercept = found.x.tolist()
    return Calibration(slope, intercept)


def figures(outcomes: Sequence[QuestionOutcome]) -> Figures:
    """Measure the confidence of outcomes, some right and some wrong."""
    right = right_of(outcomes)
    is_match = np.array([o.confidence >= THRESHOLD for o in outcomes], dtype=bool)
    return Figures(
        calibration_error=calibration_error(reliability(outcomes)),
        log_loss=float(_losses(outcomes).mean()),
        shown_right=float(is_match[right].mean()),
        answered_wrong=float(is_match[~right].mean()),
    )


def _cross_validated(outcomes: Sequence[QuestionOutcome]) -> list[QuestionOutcome]:
    """Return the outcomes rescaled by a calibration fitted on the other folds."""
    assigned = list(zip(outcomes, _folds(outcomes), strict=True))
    rescaled = [calibrate([o for o, other in assigned if other != fold]) for fold in range(FOLDS)]
    return [replace(o, confidence=rescaled[fold].apply(o.confidence)) for o, fold in assigned]


def _folds(outcomes: Sequence[QuestionOutcome]) -> list[int]:
    """Assign right and wrong outcomes evenly to folds, independent of their order."""
    places = range(len(outcomes))
    assigned = sorted(places, key=lambda i: (outcomes[i].is_right, outcomes[i].question.key))
    fold = {place: turn % FOLDS for turn, place in enumerate(assigned)}
    return [fold[place] for place in places]


def _losses(outcomes: Sequence[QuestionOutcome]) -> Values:
    """Return (n,) the negative log of the probability that each confidence gave to the truth."""
    confidences = _confidences(outcomes)
    losses: Values = -np.log(np.where(right_of(outcomes), confidences, 1 - confidences))
    return losses


def _confidences(outcomes: Sequence[QuestionOutcome]) -> Values:
    """Return (n,) confidences with finite log odds."""
    return np.clip(confidences_of(outcomes), MIN_PROBABILITY, 1 - MIN_PROBABILITY)
