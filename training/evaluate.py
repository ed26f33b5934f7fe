"""Score encoders on held-out questions, to choose among them.

    python -m training.evaluate MODEL... [--pairs DATA] [--domains SET] [--tuning SHARED]

MODEL is what `semsearch build --model` takes, or the folder of an adapter. DATA holds the
`dev.jsonl` of `training.data`; SET is `development`, a fold, or `all`; SHARED holds the judged
questions, of which the tuning halves are asked. Every question is compared with all definitions of
its glossary, once by vectors of whole texts and once with late interaction added. Means are over
glossaries. The final measure is `make quality`; this command chooses among experiments without its
questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Encoded, Numbers, Vectors
from semsearch.core.checksums import sha256_of
from semsearch.models.encoders.mpnet_parts import ACCURATE_MODEL
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import BASE_MODEL, Model, find_model, with_adapter
from semsearch.ranking.late_interaction import compare, idf
from training.concepts import read_concepts
from training.folds import DEVELOPMENT, FOLDS, folds_of
from training.held_out import QuestionSet, of_domains, of_pairs, of_tuning_halves
from training.install import CONFIG, WEIGHTS
from training.loss import COVERAGE, PART_OF_TOKENS
from training.train import read_pairs

LATE_INTERACTION_DEPTH = 50
"""Definitions whose tokens are compared, as in `semsearch.index.retrieval`."""

Scores = dict[str, tuple[float, float]]
"""acc@1 and MRR@10 by what is compared."""


def model_of(name: str) -> Model:
    """Find a model by its name, or by the folder of an adapter, which names its base."""
    folder = Path(name)
    if not (folder / CONFIG).exists():
        return find_model(name)
    stated = json.loads((folder / CONFIG).read_text("utf-8"))["base_model_name_or_path"]
    base = next((one for one in (BASE_MODEL, ACCURATE_MODEL) if one in stated), BASE_MODEL)
    known = {file: str(sha256_of(folder / file)) for file in (CONFIG, WEIGHTS)}
    return with_adapter(find_model(base), name, folder, known)


def score(encoder: SentenceEncoder, asked: QuestionSet) -> Scores:
    """Return acc@1 and MRR@10 by whole texts and with tokens."""
    documents = encoder.encode_entries(asked.documents)
    questions = encoder.encode_questions(asked.questions)
    whole = questions.vectors @ documents.vectors.T
    closer = _with_tokens(whole, questions, documents)
    right = np.array([[i in one for i in range(len(asked.documents))] for one in asked.right])
    return {"whole texts": _ranked(whole, right), "with tokens": _ranked(closer, right)}


def _with_tokens(whole: Vectors, questions: Encoded, documents: Encoded) -> Vectors:
    """Add late interaction to the scores of the nearest definitions; all others rank behind."""
    last = max(int(t.ids.max(initial=0)) for t in (*questions.tokens, *documents.tokens))
    uses: Numbers = np.zeros(1 + last, dtype=np.int64)
    for tokens in documents.tokens:
        uses[np.unique(tokens.ids)] += 1
    found = np.full_like(whole, -1)
    for row, question in enumerate(questions.tokens):
        nearest = np.argsort(-whole[row])[:LATE_INTERACTION_DEPTH]
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


def _ranked(scores: Vectors, right: NDArray[np.bool_]) -> tuple[float, float]:
    best = np.where(right, scores, -np.inf).max(axis=1)
    places = (scores > best[:, None]).sum(axis=1)
    return float((places == 0).mean()), float(np.where(places < 10, 1 / (places + 1), 0).mean())


def mean_of(scores: list[Scores]) -> Scores:
    """Return the means over glossaries."""
    return {
        by: (
            float(np.mean([one[by][0] for one in scores])),
            float(np.mean([one[by][1] for one in scores])),
        )
        for by in scores[0]
    }


def _sets(given: argparse.Namespace) -> Iterator[tuple[str, list[QuestionSet]]]:
    if given.pairs:
        yield "meanings held out", [of_pairs(read_pairs(given.pairs / "dev.jsonl"))]
    if given.domains:
        concepts = read_concepts()
        folds = folds_of(concept.domain for concept in concepts)
        of_set = {"development": DEVELOPMENT, "all": tuple(folds)}
        domains = of_set.get(
            given.domains, tuple(name for name, fold in folds.items() if fold == given.domains)
        )
        yield f"{len(domains)} domains ({given.domains})", [*of_domains(concepts, domains)]
    if given.tuning:
        yield "tuning halves", [*of_tuning_halves(given.tuning)]


def main() -> int:
    """Print a line for each encoder and set, and one for each glossary if wanted."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate")
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--pairs", type=Path, metavar="DATA", help="meanings held out")
    parser.add_argument("--domains", choices=("development", *FOLDS, "all"), metavar="SET")
    parser.add_argument("--tuning", type=Path, metavar="SHARED", help="tuning halves")
    parser.add_argument("--each", action="store_true", help="also print each glossary")
    given = parser.parse_args()
    sets = [*_sets(given)]
    if not sets:
        parser.error("name what to ask: --pairs, --domains or --tuning")
    for name in given.models:
        encoder = SentenceEncoder(model_of(name))
        for title, asked in sets:
            found = [score(encoder, one) for one in asked]
            if given.each and len(asked) > 1:
                for one, scores in zip(asked, found, strict=True):
                    _show(name, f"  {one.name}", scores)
            _show(name, title, mean_of(found))
    return 0


def _show(model: str, title: str, scores: Scores) -> None:
    figures = "  ".join(
        f"{by}: acc@1 {first:.3f} MRR@10 {reciprocal:.3f}"
        for by, (first, reciprocal) in scores.items()
    )
    print(f"{model}  {title:42} {figures}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
