"""Score encoders on the meanings held out from training: which one to keep.

    python -m training.evaluate DATA MODEL...

DATA holds the `dev.jsonl` of `training.data`, MODEL is what `semsearch build --model` takes, for example the
`model/` of a training run. Every question is put to all definitions of the file, once by the vectors of
whole texts and once with late interaction on top. What counts in the end is `make quality`; this is
for choosing among trials without looking at its questions.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from semsearch.core.arrays import Encoded, Numbers, Vectors
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import find_model
from semsearch.ranking.late_interaction import compare, idf
from training.loss import COVERAGE, PART_OF_TOKENS
from training.train import read_pairs
from training.types import Pair

QUESTIONS = 1000
"""Asked; more would tell apart what does not matter."""
CLOSER_LOOK = 50
"""Definitions whose tokens are compared, as in `semsearch.index.retrieval`."""


def score(model: str, pairs: list[Pair]) -> dict[str, tuple[float, float]]:
    """Return acc@1 and MRR@10 by whole texts and with tokens.

    Args:
        model: the encoder's name or folder.
        pairs: questions with definitions; every definition of the same sense is right.
    """
    encoder = SentenceEncoder(find_model(model))
    senses = {pair.document: pair.sense for pair in pairs}
    documents = encoder.encode_entries(list(senses))
    asked = pairs[:QUESTIONS]
    questions = encoder.encode_questions([pair.query for pair in asked])
    whole = questions.vectors @ documents.vectors.T
    closer = _with_tokens(whole, questions, documents)
    right = np.array([[s == pair.sense for s in senses.values()] for pair in asked])
    return {"whole texts": _ranked(whole, right), "with tokens": _ranked(closer, right)}


def _with_tokens(whole: Vectors, questions: Encoded, documents: Encoded) -> Vectors:
    """Add late interaction to the scores of the nearest definitions; all others come behind."""
    last = max(int(t.ids.max(initial=0)) for t in (*questions.tokens, *documents.tokens))
    uses: Numbers = np.zeros(1 + last, dtype=np.int64)
    for tokens in documents.tokens:
        uses[np.unique(tokens.ids)] += 1
    found = np.full_like(whole, -1)
    for row, question in enumerate(questions.tokens):
        nearest = np.argsort(-whole[row])[:CLOSER_LOOK]
        chosen = [documents.tokens[i] for i in nearest]
        ids = np.concatenate([tokens.ids for tokens in chosen])
        match, cover = compare(
            question.vectors,
            idf(uses[question.ids], len(documents.tokens)),
            np.concatenate([tokens.vectors for tokens in chosen]),
            idf(uses[ids], len(documents.tokens)),
            np.array([len(tokens.ids) for tokens in chosen]),
        )
        closer = (1 - COVERAGE) * match + COVERAGE * cover
        found[row, nearest] = (1 - PART_OF_TOKENS) * whole[row, nearest] + PART_OF_TOKENS * closer
    return found


def _ranked(
    scores: Vectors, right: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
) -> tuple[float, float]:
    best = np.where(right, scores, -np.inf).max(axis=1)
    places = (scores > best[:, None]).sum(axis=1)
    return float((places == 0).mean()), float(np.where(places < 10, 1 / (places + 1), 0).mean())


def main() -> int:
    """Print a line for each encoder."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate")
    parser.add_argument("data", type=Path)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    given = parser.parse_args()
    pairs = read_pairs(given.data / "dev.jsonl")
    for model in given.models:
        for by, (first, reciprocal) in score(model, pairs).items():
            print(f"{model:40} {by:12} acc@1 {first:.3f}  MRR@10 {reciprocal:.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
