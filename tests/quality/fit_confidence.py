"""Fit the coefficients of `semsearch.ranking.confidence` on the tuning halves of the questions.

    python -m tests.quality.fit_confidence SHARED FOLDER

See `tests.quality.scores` for the arguments. A question belongs to the tuning half when
the first byte of the SHA-256 of its text is even. Prints the three coefficients and how the
probabilities compare with the truth on both halves; nothing is written.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from semsearch.evaluation.judgements import Judgement, is_tuning
from semsearch.glossary import Glossary
from semsearch.ranking.confidence import coverage_of
from semsearch.types import Tier
from tests.quality.glossaries import opened

Matrix = NDArray[np.float64]


def features(glossary: Glossary, judgements: list[Judgement]) -> tuple[Matrix, Matrix]:
    """Return (n, 2) standout and coverage of each first hit, and (n,) whether it was right."""
    rows, right = [], []
    for judgement in judgements:
        hit = glossary.ask(judgement.query, k=1, glossary=judgement.glossary).hits[0]
        if hit.matched_by in (Tier.MEANING, Tier.NEAREST):
            standout = glossary.background(judgement.glossary).standout(hit.similarity)
            rows.append([standout, coverage_of(judgement.query, hit.evidence.words)])
            right.append(hit.entry.term in judgement.terms)
    return np.array(rows), np.array(right, dtype=np.float64)


def main() -> None:
    """Fit, and print what came of it."""
    shared, folder = (Path(argument) for argument in sys.argv[1:])
    parts: dict[str, list[tuple[Matrix, Matrix]]] = {"tuning": [], "reporting": []}
    for _, glossary, judgements in opened(shared, folder):
        for name, wanted in (("tuning", True), ("reporting", False)):
            half = [j for j in judgements if is_tuning(j.query) is wanted]
            parts[name].append(features(glossary, half))
    measured = {
        name: tuple(np.concatenate(column) for column in zip(*some, strict=True))
        for name, some in parts.items()
    }
    model = LogisticRegression(C=10.0).fit(*measured["tuning"])
    print(f"_INTERCEPT = {model.intercept_[0]:.2f}")
    print(f"_STANDOUT = {model.coef_[0][0]:.2f}")
    print(f"_COVERAGE = {model.coef_[0][1]:.2f}")
    for name, (rows, right) in measured.items():
        sure = model.predict_proba(rows)[:, 1]
        print(
            f"{name}: {len(right)} questions, right {right.mean():.2f}, "
            f"mean confidence {sure.mean():.2f}, AUROC {roc_auc_score(right, sure):.3f}"
        )
        for threshold in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55):
            shown = sure >= threshold
            print(
                f"  threshold {threshold:.2f}: shows {shown[right == 1].mean():.2f} of what is right "
                f"and {shown[right == 0].mean():.2f} of what is not"
            )


if __name__ == "__main__":
    main()
