"""Fit the weights of `semsearch.ranking.weights` on the tuning halves of the questions: `make fit-recipe`.

    python -m benchmarks.quality.fit_recipe SHARED FOLDER

See `benchmarks.quality.scores` for the arguments. Every question gives the candidates that were looked at
closely, with the parts of their scores. The weights are those under which the right ones are the
likeliest (softmax over the candidates), held near the weights in use by a penalty. Prints the
weights, and how they rank: fitted on four glossaries for the fifth, on the tuning halves and on the
reporting halves; nothing is written.
"""

from __future__ import annotations

import sys
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.glossaries import opened
from semsearch.quality.evaluation.judgements import Judgement, is_tuning
from semsearch.ranking.confidence import SHARPNESS
from semsearch.ranking.weights import DEFAULT, PARTS
from semsearch.search.glossary import MAX_K, Glossary

PENALTY = 0.003
"""Of a weight that moves by as much as its part is worth (`_SCALE`)."""

_SCALE = np.array([0.015 if name == "words" else 0.3 for name in PARTS])

Asked = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""The parts of each candidate, (n, len(PARTS)), and which ones are right, (n,)."""


def asked(glossary: Glossary, judgement: Judgement) -> Asked:
    """Ask one question; names are left out, since no weight moves them."""
    bare = glossary.with_recipe(replace(DEFAULT, names=False))
    hits = bare.ask(judgement.query, k=MAX_K, glossary=judgement.glossary).hits
    parts = np.array([astuple(hit.evidence.parts) for hit in hits])
    return parts, np.array([hit.entry.term in judgement.terms for hit in hits])


def fit(questions: list[Asked]) -> NDArray[np.float64]:
    """Return the weights under which the right candidates are the likeliest."""
    from scipy.optimize import minimize
    from scipy.special import logsumexp, softmax

    start = DEFAULT.weights.astype(np.float64)
    judged = [(parts, right) for parts, right in questions if right.any()]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros(len(weights))
        for parts, right in judged:
            scores = SHARPNESS * (parts @ weights)
            total += float(logsumexp(scores) - logsumexp(scores[right]))
            slope += SHARPNESS * (softmax(scores) @ parts - softmax(scores[right]) @ parts[right])
        moved = (weights - start) / _SCALE
        return (
            total / len(judged) + PENALTY * float(moved @ moved),
            slope / len(judged) + 2 * PENALTY * moved / _SCALE,
        )

    found = minimize(loss, start, jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def ranks(questions: list[Asked], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return acc@1, acc@3 and MRR@10 of questions."""
    first = []
    for parts, right in questions:
        order = np.argsort(-(parts @ weights), kind="stable")
        places = np.flatnonzero(right[order])
        first.append(places[0] if len(places) else np.inf)
    places = np.array(first)
    reciprocal = np.where(places < 10, 1 / (places + 1), 0)
    return np.array([(places < 1).mean(), (places < 3).mean(), reciprocal.mean()])


def main() -> None:
    """Fit, and print what came of it."""
    shared, folder = (Path(argument) for argument in sys.argv[1:])
    tuning: dict[str, list[Asked]] = {}
    reporting: dict[str, list[Asked]] = {}
    for name, glossary, judgements in opened(shared, folder):
        for judgement in judgements:
            if judgement.terms:
                half = tuning if is_tuning(judgement.query) else reporting
                half.setdefault(name, []).append(asked(glossary, judgement))
    everything = [question for questions in tuning.values() for question in questions]
    weights = fit(everything)
    print("\n".join(f"{name} = {w:.3f}" for name, w in zip(PARTS, weights, strict=True)))
    others = {
        name: fit([q for other, some in tuning.items() if other != name for q in some])
        for name in tuning
    }
    current = DEFAULT.weights.astype(np.float64)
    rows = {
        "in use, tuning": [ranks(q, current) for q in tuning.values()],
        "in use, reporting": [ranks(q, current) for q in reporting.values()],
        "fitted on the four others, tuning": [ranks(q, others[n]) for n, q in tuning.items()],
        "fitted, tuning": [ranks(q, weights) for q in tuning.values()],
        "fitted, reporting": [ranks(q, weights) for q in reporting.values()],
    }
    print(f"{'':36}acc@1 acc@3  MRR   " + "  ".join(tuning))
    for label, each in rows.items():
        one, three, reciprocal = np.mean(each, axis=0)
        print(
            f"{label:36}{one:.3f} {three:.3f} {reciprocal:.3f}  "
            + "  ".join(f"{row[0]:.2f}" for row in each)
        )


if __name__ == "__main__":
    main()
