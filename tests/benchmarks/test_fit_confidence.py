"""The confidence that is fitted states what is true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.quality.fit_confidence import (
    FIRST_HIT_SHARES,
    FirstHitSample,
    calibration_error,
    cross_fitted,
    fit,
    report,
    row_of,
    sure_of,
    weighed,
)
from benchmarks.quality.samples import MISSING
from semsearch.ranking.confidence import NEUTRAL_PHRASE_COSINE
from semsearch.ranking.similarity_baseline import Baseline
from tests.benchmarks.test_fit_weights import drawn

TRUE = np.array([2.0, 1.5, -2.0, 0.5, 0.8, 3.0])


def expit(x: float) -> float:
    """Return the logistic function."""
    return float(1 / (1 + np.exp(-x)))


def rows(count: int, *, group: str = "a", seed: int = 0) -> list[FirstHitSample]:
    """Draw first hits that are right as often as `TRUE` says."""
    lots = np.random.default_rng(seed)
    drawn_signs = lots.normal((-1, 0.2, 0, 0), (1.5, 0.2, 2, 0.3), (count, 4))
    found = []
    for signs, lot in zip(drawn_signs.tolist(), lots.random(count), strict=True):
        z_score, name, odds, phrase = signs
        fits = TRUE[0] + TRUE[1] * z_score + TRUE[2] * name
        chosen = TRUE[3] + TRUE[4] * odds + TRUE[5] * phrase
        is_right = bool(lot < expit(fits) * expit(chosen))
        of_all = ("bakery", group, "question")
        found.append(FirstHitSample(*of_all, z_score, name, odds, phrase, is_right, 1.0))
    return found


def test_what_is_stated_is_what_is_true() -> None:
    """The fit is calibrated on other questions too, and finds nearly the true coefficients."""
    known = rows(4000)
    assert fit(known) == pytest.approx(TRUE, abs=0.8)
    unseen = rows(4000, seed=1)
    sure = sure_of(unseen, fit(known))
    right = np.array([row.is_right for row in unseen], dtype=float)
    assert calibration_error(sure, right, np.ones(len(unseen))) < 0.03


def test_a_group_is_judged_by_what_was_fitted_without_it() -> None:
    """Where one group always fails, the others do not know."""
    good = rows(600)
    bad = [replace(row, group="b", is_right=False) for row in rows(600, seed=2)]
    sure = cross_fitted([*good, *bad])
    assert sure[600:].mean() > sure[:600].mean() + 0.1


def test_judged_glossaries_and_domains_weigh_alike() -> None:
    """Weights follow the shares, however many questions each has."""
    domains, judged = rows(90), [replace(row, group="seed") for row in rows(10)]
    shares = weighed([*domains, *judged])
    assert shares.sum() == pytest.approx(1)
    judged_share = FIRST_HIT_SHARES["judged"] / (
        1 - FIRST_HIT_SHARES["with phrases"]
    )  # of what is there
    assert shares[90:].sum() == pytest.approx(judged_share)
    assert weighed(domains) == pytest.approx(np.full(90, 1 / 90))
    with_phrases = [replace(row, has_phrases=True) for row in rows(30)]
    shares = weighed([*domains, *judged, *with_phrases])
    assert shares[100:].sum() == pytest.approx(FIRST_HIT_SHARES["with phrases"])


def test_what_is_known_of_a_question() -> None:
    """Its first hit above the baseline; nothing where a name answers."""
    sample = drawn(3, "definition")
    row = row_of(sample)
    assert row is not None
    assert (row.is_right, row.is_answerable) == (True, True)
    higher = row_of(replace(sample, baseline=Baseline(0.5, 0.1)))
    assert higher is not None
    assert higher.z_score == pytest.approx(row.z_score + 5)
    assert higher.odds == row.odds
    asked = replace(sample, phrases=np.full(len(sample.right), 0.7, dtype=np.float32))
    with_phrases = row_of(asked, with_phrases=True)
    assert with_phrases is not None
    assert with_phrases.has_phrases
    assert with_phrases.phrase == pytest.approx(0.7 - NEUTRAL_PHRASE_COSINE)
    assert row_of(replace(sample, is_named=True)) is None
    missing = row_of(replace(sample, kind=MISSING))
    assert missing is not None
    assert not missing.is_answerable
    assert missing.share < row.share


def test_a_calibration_error_is_counted_by_hand() -> None:
    """Two bins, each off by a tenth and by a fifth."""
    sure = np.array([0.5, 0.5, 0.9, 0.9])
    right = np.array([1.0, 0.2, 1.0, 0.4])
    assert calibration_error(sure, right, np.ones(4)) == pytest.approx((0.1 * 2 + 0.2 * 2) / 4)


def test_what_is_printed_has_the_coefficients(capsys: pytest.CaptureFixture[str]) -> None:
    """The report has the coefficients, and the effect of thresholds on both kinds of glossary."""
    report([*rows(200), *rows(200, group="b", seed=1), *rows(50, group="seed", seed=2)])
    printed = capsys.readouterr().out
    assert printed.startswith("FIT_COEFFICIENTS = (")
    assert "CHOICE_COEFFICIENTS = (" in printed
    assert "domains: 400 questions" in printed
    assert "judged, tuning: 50 questions" in printed
