"""What each part of the score is worth, on the tuning halves of the questions.

    python -m tests.quality.ablation SHARED FOLDER

See `tests.quality.scores` for the arguments. Names are left out: every candidate is ranked by the
formula of its row alone. The seed is not counted in the mean.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.retrieval import Candidate
from tests.quality.fit_confidence import is_tuning
from tests.quality.glossaries import opened

Column = NDArray[np.float64]

VARIANTS: dict[str, Callable[[Column, Column, Column], Column]] = {
    "whole definition": lambda whole, sentence, words: whole,
    "best sentence": lambda whole, sentence, words: sentence,
    "words": lambda whole, sentence, words: words,
    "definition + sentence": lambda whole, sentence, words: (whole + sentence) / 2,
    **{
        f"... + {weight} words": lambda whole, sentence, words, weight=weight: (  # type: ignore[misc]
            (whole + sentence) / 2 + weight * words
        )
        for weight in (0.01, 0.02, 0.03, 0.04, 0.05)
    },
    **{
        f"... + {weight} words / best": lambda whole, sentence, words, weight=weight: (  # type: ignore[misc]
            (whole + sentence) / 2 + weight * words / max(words.max(initial=0), 1e-9)
        )
        for weight in (0.15, 0.25, 0.4)
    },
}


def ranks(candidates: list[Candidate], right: set[int]) -> list[int]:
    """Return the rank, from 0, of the first right candidate under each variant."""
    columns = [
        np.array([getattr(c, n) for c in candidates]) for n in ("whole", "sentence", "words")
    ]
    is_right = np.array([c.position in right for c in candidates])
    found = []
    for score in VARIANTS.values():
        order = np.argsort(-score(*columns), kind="stable")
        found.append(int(np.argmax(is_right[order])) if is_right.any() else len(order) + 10)
    return found


def main() -> None:
    """Print a table: a row for each variant."""
    shared, folder = (Path(argument) for argument in sys.argv[1:])
    measured = []
    for name, glossary, judgements in opened(shared, folder):
        at = {entry.term: i for i, entry in enumerate(glossary.definitions()[0])}
        rows = []
        for judgement in judgements:
            if judgement.terms and is_tuning(judgement.query):
                right = {at[term] for term in judgement.terms if term in at}
                rows.append(ranks(glossary.candidates(judgement.query), right))
        first = np.array(rows)
        if name != "deep-learning":
            measured.append(
                [
                    (first < 1).mean(0),
                    (first < 3).mean(0),
                    np.where(first < 10, 1 / (first + 1), 0).mean(0),
                ]
            )
    print(f"{'':24} acc@1 acc@3 MRR@10")
    for variant, (one, three, reciprocal) in zip(
        VARIANTS, np.mean(measured, axis=0).T, strict=True
    ):
        print(f"{variant:24} {one:.3f} {three:.3f} {reciprocal:.3f}")


if __name__ == "__main__":
    main()
