"""Fit the coefficients of `semsearch.ranking.confidence` on questions of both kinds.

`make fit-confidence`.

    python -m benchmarks.quality.fit_confidence SHARED JUDGED DOMAINS [--encoders ADAPTERS]

`benchmarks.quality.samples` makes the questions. The confidence is a product of two logistic
functions, fitted together by maximum likelihood on right and wrong first hits. Questions that are
answered by a name are left out. Prints the coefficients, their quality on held-out data (domains of
another fold, judged glossaries left out one by one), and the effect of several thresholds. Writes
no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.glossaries import DEVELOPMENT
from benchmarks.quality.questions import FAR_SHARE, NEAR_SHARE
from benchmarks.quality.samples import FEW_WORDS, MISSING, Sample, arguments, of_domains, of_judged
from semsearch.models.registry import DEFAULT_MODEL
from semsearch.quality.evaluation.abstention import BINS, bins_of
from semsearch.quality.evaluation.judgements import FAR, NEAR
from semsearch.ranking import confidence
from semsearch.ranking.confidence import log_odds_of_shares, phrase_evidence
from semsearch.ranking.fusion import fuse
from semsearch.ranking.weights import DEFAULT, PARTS
from training.concepts import KINDS, read_concepts

FIRST_HIT_SHARES = {"judged": 0.4, "with phrases": 0.25, "without phrases": 0.35}
"""Weights in the fit of the judged glossaries, and of the domains with and without three phrases an
entry. `fit_weights.py` fits on whole lists of candidates, with a share of its own."""
MADE = {MISSING: 0.05, FEW_WORDS: 0.05}
"""Weight of a generated question, relative to one that a person asked. Longer lists of words and
questions that name a rival have no weight: a fit that separates them ranks real questions
worse."""
PENALTY = 1e-4
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8)
FITTING = len(confidence.FIT_COEFFICIENTS) - 1
"""Number of features of the first probability (something fits); the others are of the second."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FirstHitSample:
    """Features of the first hit of a question, its weight, and whether it is right."""

    glossary: str
    group: str
    kind: str
    z_score: float
    name: float
    odds: float
    phrase: float
    is_right: bool
    share: float
    has_phrases: bool = False

    @property
    def is_answerable(self) -> bool:
        """Whether an entry of the glossary answers the question."""
        return self.kind not in (NEAR, FAR, MISSING)


def row_of(sample: Sample, *, with_phrases: bool = False) -> FirstHitSample | None:
    """Return the features of a question's first hit.

    None if a name answers it, since that has a confidence of its own.
    """
    if sample.is_named or not len(sample.right):
        return None
    parts = sample.parts.copy()
    if with_phrases:
        parts[:, PARTS.index("asked")] = sample.phrases
    fused = fuse(parts, DEFAULT)
    first = int(fused.argmax())
    return FirstHitSample(
        glossary=sample.glossary,
        group=sample.group,
        kind=sample.kind,
        z_score=sample.baseline.z_score(float(fused[first])),
        name=float(parts[first, PARTS.index("term")]) / max(sample.stems, 1),
        odds=float(log_odds_of_shares(fused)[first]),
        phrase=phrase_evidence(float(parts[first, PARTS.index("asked")])),
        is_right=bool(sample.right[first]),
        share=share_of(sample),
        has_phrases=with_phrases,
    )


def share_of(sample: Sample) -> float:
    """Return the weight of a question among those of its kind of glossary.

    A quarter of all has no answer.
    """
    if sample.kind in KINDS:
        return float(sample.phrases.any())  # the first question of each concept
    is_domain = len(sample.group) == 1
    shares = {NEAR: 1 / NEAR_SHARE, FAR: 1 / FAR_SHARE} if is_domain else {NEAR: 1, FAR: 1}
    return (
        1.0 if sample.kind == "answerable" else shares.get(sample.kind, MADE.get(sample.kind, 0.0))
    )


def weighed(rows: Sequence[FirstHitSample]) -> Values:
    """Return the weight of each row; see `FIRST_HIT_SHARES`. The sum is 1."""
    shares = np.array([row.share for row in rows])
    judged = np.array([len(row.group) > 1 for row in rows])
    phrases = np.array([row.has_phrases for row in rows])
    plain = ~judged & ~phrases
    kinds = {"judged": judged, "with phrases": phrases, "without phrases": plain}
    for kind, some in kinds.items():
        if some.any():
            shares[some] *= FIRST_HIT_SHARES[kind] / shares[some].sum()
    found: Values = shares / shares.sum()
    return found


def fit(rows: Sequence[FirstHitSample]) -> Values:
    """Return the coefficients, those of the fit before those of the choice.

    Those of the fit, then those of the choice, each behind its intercept.
    """
    from scipy.optimize import minimize

    signs = signs_of(rows)
    right, shares = np.array([row.is_right for row in rows], dtype=float), weighed(rows)

    def loss(numbers: Values) -> float:
        sure = np.clip(_sure(numbers, signs), 1e-9, 1 - 1e-9)
        likelihood = right * np.log(sure) + (1 - right) * np.log(1 - sure)
        return float(-shares @ likelihood + PENALTY * numbers @ numbers)

    start = np.array([*confidence.FIT_COEFFICIENTS, *confidence.CHOICE_COEFFICIENTS])
    return np.asarray(minimize(loss, start, method="L-BFGS-B").x)


def _sure(numbers: Values, signs: Values) -> Values:
    from scipy.special import expit

    fit, choice = np.split(numbers, [FITTING + 1])
    fits = fit[0] + signs[:, :FITTING] @ fit[1:]
    chosen = choice[0] + signs[:, FITTING:] @ choice[1:]
    found: Values = expit(fits) * expit(chosen)
    return found


def signs_of(rows: Sequence[FirstHitSample]) -> Values:
    """Return (n, 4) features of each first hit: z-score, name, odds and phrase."""
    return np.array([(row.z_score, row.name, row.odds, row.phrase) for row in rows])


def sure_of(rows: Sequence[FirstHitSample], numbers: Values) -> Values:
    """Return the confidence of each row."""
    return _sure(numbers, signs_of(rows))


def cross_fitted(rows: Sequence[FirstHitSample]) -> Values:
    """Return the confidence of each row by coefficients that were fitted without its group."""
    found = np.zeros(len(rows))
    groups = np.array([row.group for row in rows])
    for group in np.unique(groups):
        numbers = fit([row for row in rows if row.group != group])
        own = np.flatnonzero(groups == group).tolist()
        found[own] = sure_of([rows[i] for i in own], numbers)
    return found


def calibration_error(sure: Values, right: Values, shares: Values) -> float:
    """Return the expected calibration error over equal bins of the confidence."""
    place = bins_of(sure)
    return float(
        sum(abs(shares[place == i] @ (sure - right)[place == i]) for i in range(BINS))
        / shares.sum()
    )


def main() -> None:
    """Fit, and print the results."""
    given = arguments("fit_confidence")
    samples = [
        *of_domains(read_concepts(), given.domains, given.encoders),
        *of_judged(given.shared, given.judged, DEFAULT_MODEL),
    ]
    rows = [*map(row_of, samples)]
    rows += [row_of(sample, with_phrases=True) for sample in samples if sample.phrases.any()]
    report([row for row in rows if row is not None and row.share])


def report(rows: Sequence[FirstHitSample]) -> None:
    """Print the coefficients, and their quality on held-out data."""
    numbers = fit(rows)
    for name, some in zip(
        ("FIT_COEFFICIENTS", "CHOICE_COEFFICIENTS"), np.split(numbers, [FITTING + 1]), strict=True
    ):
        print(f"{name} = ({', '.join(f'{number:.3g}' for number in some)})")
    sure = cross_fitted(rows)
    right = np.array([row.is_right for row in rows], dtype=float)
    shares = weighed(rows)
    is_domain = np.array([len(row.group) == 1 for row in rows])
    phrases = np.array([row.has_phrases for row in rows])
    is_development = np.array([row.group in DEVELOPMENT for row in rows])
    for title, some in (
        ("domains", is_domain & ~phrases), ("domains with phrases", phrases),
        ("judged, tuning", ~is_domain & ~is_development),
        ("judged, development", is_development),
    ):  # fmt: skip
        _report(title, [rows[i] for i in np.flatnonzero(some).tolist()], sure[some])
    print(f"both: calibration error {calibration_error(sure, right, shares):.3f}")


def _report(title: str, rows: Sequence[FirstHitSample], sure: Values) -> None:
    if not rows:
        return
    right = np.array([row.is_right for row in rows], dtype=float)
    answerable = np.array([row.is_answerable for row in rows])
    shares = np.array([row.share for row in rows])
    error = calibration_error(sure, right, shares)
    print(
        f"{title}: {len(rows):,} questions, right {right @ shares / shares.sum():.2f}, error {error:.3f}"
    )
    for kind in dict.fromkeys(row.kind for row in rows):
        of_kind = np.array([row.kind == kind for row in rows])
        print(
            f"  {kind}: {of_kind.sum():,}, stated {sure[of_kind].mean():.2f}, right {right[of_kind].mean():.2f}"
        )
    for threshold in THRESHOLDS:
        given = sure >= threshold
        print(
            f"  from {threshold:.2f}: right {_mean(right, shares, given):.2f}, covers "
            f"{_mean(given, shares, answerable):.2f} of the answerable and "
            f"{_mean(given, shares, right == 1):.2f} of what is right, answers "
            f"{_mean(given, shares, ~answerable):.2f} of the unanswerable"
        )


def _mean(
    values: NDArray[np.float64] | NDArray[np.bool_], shares: Values, some: NDArray[np.bool_]
) -> float:
    total = shares[some].sum()
    return float(shares[some] @ values[some] / total) if total else 0.0


if __name__ == "__main__":
    main()
