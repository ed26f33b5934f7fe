"""Calibrating: how confidence has to be bent to fit what judged questions showed.

Platt scaling of the stated log odds (Platt, 1999): two numbers, so that a few dozen questions are
enough and the order of answers stays. Whether it helps is measured by cross-validation: each question
is judged by a calibration that has not seen it.

Only questions that no name answered count. A name is right because it was named, which says nothing
about how far similar meaning can be trusted; `answering` leaves the confidence of names as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import Tier
from semsearch.core.errors import InvalidSetting
from semsearch.quality.evaluation.abstention import calibration_error, reliability
from semsearch.quality.evaluation.comparison import paired_p
from semsearch.quality.evaluation.optional_libraries import load
from semsearch.quality.evaluation.outcomes import QuestionOutcome
from semsearch.ranking.confidence import THRESHOLD, Calibration

BY_MEANING = frozenset({Tier.MEANING.value, Tier.NEAREST.value})
"""Tiers of a first hit that no name put there."""

PRIOR = 20
"""Pseudo-questions that speak for leaving confidence as it is: spread evenly over it, each right as
often as it states. Five real questions hardly move it, two hundred decide."""

MIN_SLOPE = 0.1
"""Confidence is never turned round, however little it told right from wrong."""

FOLDS = 5

FEWEST = 20
"""Least questions; with fewer, their cross-validated figures are those of chance."""

FEWEST_OF_EACH = FOLDS
"""Least right and least wrong first hits: one of each in every fold."""

SMALLEST = 5e-5
"""Half of the last digit of a stated confidence, which would else have log odds without end."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """How good the confidence of some questions is; less is better for all but `shown_right`.

    `log_loss` is the mean negative log likelihood, in nats. `shown_right` is the share of the right
    first hits that are a close match, `answered_wrong` that of the wrong ones.
    """

    calibration_error: float
    log_loss: float
    shown_right: float
    answered_wrong: float


@dataclass(frozen=True, slots=True)
class Trial:
    """A calibration and what it is worth.

    `questions` is how many it was fitted on, `by_name` how many did not count since a name answered
    them. `before` is what confidence was worth without it, `after` with one that had not seen the
    question. `p` is how likely the log loss would differ so, either way, by chance.
    """

    calibration: Calibration
    questions: int
    by_name: int
    before: Figures
    after: Figures
    p: float

    @property
    def improves(self) -> bool:
        """Whether confidence is worth more with it, by the log loss of questions not seen."""
        return self.after.log_loss < self.before.log_loss


def assess(outcomes: Sequence[QuestionOutcome]) -> Trial:
    """Fit a calibration on all questions that count, and cross-validate it.

    Args:
        outcomes: asked without a calibration and with a `min_confidence` of 0, which would else
            change the tiers; answerable or not.

    Raises:
        InvalidSetting: too few count, or too few of them are right or wrong.
    """
    counted = [o for o in outcomes if o.shown and o.shown[0].tier in BY_MEANING]
    right = sum(o.is_right for o in counted)
    if len(counted) < FEWEST or not FEWEST_OF_EACH <= right <= len(counted) - FEWEST_OF_EACH:
        raise InvalidSetting(
            f"{len(counted)} of {len(outcomes)} questions count, {right} of them answered rightly; a "
            f"calibration needs {FEWEST}, at least {FEWEST_OF_EACH} answered rightly and "
            f"{FEWEST_OF_EACH} wrongly, and those that a name answers do not count; "
            "write down more of what people ask, also what nothing answers"
        )
    bent = _cross_validated(counted)
    return Trial(
        calibration=calibrate(counted),
        questions=len(counted),
        by_name=len(outcomes) - len(counted),
        before=figures(counted),
        after=figures(bent),
        p=paired_p(_losses(counted), _losses(bent)),
    )


def calibrate(outcomes: Sequence[QuestionOutcome]) -> Calibration:
    """Return the likeliest calibration after these questions, and after those of the prior.

    Their order makes no difference; without any it is the one that changes nothing.
    """
    pseudo = (np.arange(PRIOR) + 0.5) / PRIOR
    stated = np.concatenate([_stated(outcomes), pseudo])
    truth = np.concatenate([_is_right(outcomes), pseudo])
    odds = np.log(stated / (1 - stated))

    def loss(parameters: Values) -> tuple[float, Values]:
        bent = parameters[0] * odds + parameters[1]
        # tanh is the logistic function in a form that cannot overflow
        excess = (1 + np.tanh(bent / 2)) / 2 - truth
        value = float((np.logaddexp(0, bent) - truth * bent).sum())
        return value, np.array([excess @ odds, excess.sum()])

    bounds = [(MIN_SLOPE, None), (None, None)]
    found = load("scipy.optimize").minimize(
        loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds
    )
    slope, intercept = found.x.tolist()
    return Calibration(slope, intercept)


def figures(outcomes: Sequence[QuestionOutcome]) -> Figures:
    """Measure the confidence of outcomes, of which some are right and some are not."""
    right = _is_right(outcomes)
    is_match = np.array([o.confidence >= THRESHOLD for o in outcomes], dtype=bool)
    return Figures(
        calibration_error=calibration_error(reliability(outcomes)),
        log_loss=float(_losses(outcomes).mean()),
        shown_right=float(is_match[right].mean()),
        answered_wrong=float(is_match[~right].mean()),
    )


def _cross_validated(outcomes: Sequence[QuestionOutcome]) -> list[QuestionOutcome]:
    """Return the outcomes with the confidence that a calibration on the others gives them."""
    dealt = list(zip(outcomes, _folds(outcomes), strict=True))
    bent = [calibrate([o for o, other in dealt if other != fold]) for fold in range(FOLDS)]
    return [replace(o, confidence=bent[fold].apply(o.confidence)) for o, fold in dealt]


def _folds(outcomes: Sequence[QuestionOutcome]) -> list[int]:
    """Deal out right and wrong ones evenly, in an order that no file decides."""
    places = range(len(outcomes))
    dealt = sorted(places, key=lambda i: (outcomes[i].is_right, outcomes[i].question.key))
    fold = {place: turn % FOLDS for turn, place in enumerate(dealt)}
    return [fold[place] for place in places]


def _losses(outcomes: Sequence[QuestionOutcome]) -> Values:
    """Return (n,) what each confidence costs: the negative log of what it gave to the truth."""
    stated = _stated(outcomes)
    losses: Values = -np.log(np.where(_is_right(outcomes), stated, 1 - stated))
    return losses


def _is_right(outcomes: Sequence[QuestionOutcome]) -> NDArray[np.bool_]:
    return np.array([o.is_right for o in outcomes], dtype=np.bool_)


def _stated(outcomes: Sequence[QuestionOutcome]) -> Values:
    """Return (n,) confidences that have finite log odds."""
    stated = np.array([o.confidence for o in outcomes], dtype=np.float64)
    return np.clip(stated, SMALLEST, 1 - SMALLEST)
