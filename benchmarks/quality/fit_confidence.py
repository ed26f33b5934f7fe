"""Fit the coefficients of `semsearch.ranking.confidence` on the tuning halves: `make fit-confidence`.

    python -m benchmarks.quality.fit_confidence SHARED FOLDER

See `benchmarks.quality.scores` for the arguments. Whether anything fits is learned from answerable against
unanswerable questions, whether it is the first hit from right against wrong ones. Prints the
coefficients and what thresholds would do on both halves; nothing is written.
"""

from __future__ import annotations

import sys
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.quality.glossaries import opened
from semsearch.core.answers import Tier
from semsearch.quality.evaluation.judgements import Judgement, is_tuning
from semsearch.ranking.confidence import odds_of
from semsearch.ranking.weights import DEFAULT
from semsearch.search.glossary import MAX_K, Glossary

THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One question that no name answers: what is known of its first hit, and the truth."""

    standout: float
    odds: float
    is_answerable: bool
    is_right: bool


def row_of(glossary: Glossary, judgement: Judgement) -> Row | None:
    """Ask one question; None if a name answered it, since its confidence is not fitted."""
    answer = glossary.ask(judgement.query, k=1, glossary=judgement.glossary, min_confidence=0)
    if answer.hits[0].matched_by is not Tier.MEANING:
        return None
    bare = glossary.with_recipe(replace(DEFAULT, names=False))
    text = answer.repaired or judgement.query
    hits = bare.ask(text, k=MAX_K, glossary=judgement.glossary).hits
    fused = (
        np.array([astuple(hit.evidence.parts) for hit in hits], dtype=np.float32) @ DEFAULT.weights
    )
    return Row(
        standout=glossary.fit_background(judgement.glossary).standout(float(fused[0])),
        odds=float(odds_of(fused)[0]),
        is_answerable=bool(judgement.terms),
        is_right=hits[0].entry.term in judgement.terms,
    )


def main() -> None:
    """Fit, and print what came of it."""
    shared, folder = (Path(argument) for argument in sys.argv[1:])
    halves: dict[bool, list[Row]] = {True: [], False: []}
    for _, glossary, judgements in opened(shared, folder):
        for judgement in judgements:
            row = row_of(glossary, judgement)
            if row is not None:
                halves[is_tuning(judgement.query)].append(row)
    tuning = halves[True]
    answerable = [row for row in tuning if row.is_answerable]
    fit = LogisticRegression().fit(_standouts(tuning), [row.is_answerable for row in tuning])
    choice = LogisticRegression().fit(_choices(answerable), [row.is_right for row in answerable])
    print(f"_FIT = ({fit.intercept_[0]:.2f}, {fit.coef_[0][0]:.2f})")
    print(f"_CHOICE = ({choice.intercept_[0]:.2f}, {choice.coef_[0][0]:.2f})")
    for title, rows in (("tuning", tuning), ("reporting", halves[False])):
        sure = (
            fit.predict_proba(_standouts(rows))[:, 1] * choice.predict_proba(_choices(rows))[:, 1]
        )
        _report(title, rows, sure)


def _standouts(rows: list[Row]) -> Vector:
    return np.array([[row.standout] for row in rows])


def _choices(rows: list[Row]) -> Vector:
    return np.array([[row.odds] for row in rows])


def _report(title: str, rows: list[Row], sure: Vector) -> None:
    right = np.array([row.is_right for row in rows])
    answerable = np.array([row.is_answerable for row in rows])
    print(
        f"{title}: {len(rows)} questions, right {right.mean():.2f}, mean confidence {sure.mean():.2f}, "
        f"AUROC answerable {roc_auc_score(answerable, sure):.3f}, right {roc_auc_score(right, sure):.3f}"
    )
    for threshold in THRESHOLDS:
        shown = sure >= threshold
        print(
            f"  threshold {threshold:.2f}: shows {shown[right].mean():.2f} of what is right, "
            f"{shown[answerable & ~right].mean():.2f} of what is not, "
            f"answers {shown[~answerable].mean():.2f} of the unanswerable"
        )


if __name__ == "__main__":
    main()
