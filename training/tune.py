"""Train the adapter on hand-written questions, after `training.train`: `make training`.

    python -m training.tune DATA FOLDER [--start START] [--base NAME] [--common 1/2] [--fold a]

DATA holds the `pairs.jsonl` of `training.data`. START is the adapter to continue from, scaled by
`--strength`. Without START a fresh adapter is trained, which is for another `--base`. The concepts
of `domains.jsonl` come in batches of whole domains, mixed with batches of old pairs against
forgetting. FOLDER becomes the folder of the adapter, with `start/`, `model/` (the adapter
merged into the base) and `checkpoints/` in it.

With `--common` the concepts of the other fields are learned in place of those of the domains, in
batches by topic, or a part of them; the mean of the parts is where the encoders of the folds start.
With `--fold` the domains of that fold are left out. The released adapter is the mean of those of
the three folds (`training.adapters`), so two of them have seen each domain. The other options are
for experiments; the defaults were chosen on the development domains (`training.folds`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from semsearch.core.checksums import sha256_of
from semsearch.models.registry import BASE_MODEL, find_model
from training.adapters import add_fresh, load_into, write_start
from training.concepts import (
    CONCEPTS,
    KINDS,
    TrainingConcept,
    read_common,
    read_concepts,
    senses_of,
)
from training.folds import FOLDS, seen_by
from training.install import WEIGHTS
from training.runs import (
    MAX_TOKENS,
    arguments,
    base_model,
    columns,
    common_parser,
    prepare_run,
    save_whole,
    token_ids,
    weights_of,
)
from training.senses import TrainingPair
from training.train import SHARES, chosen, lengths_of, read_pairs, topics_in

LEARNING_RATE = 4e-4
EPOCHS = 2
PAIRS = 960
"""Old pairs in each epoch, against forgetting."""
TOGETHER = 2
"""Domains in each batch."""
PHRASES = 0.5
"""Weight of the question-to-question loss, relative to the question-to-definition loss."""
RANK = 16
"""Rank of a fresh adapter of a larger base: 5 MB."""
TERMS = 0.5
"""Share of the definitions with their term in front, as in the old pairs."""
_DECISIVE = (
    *("base", "common", "fold", "learning_rate", "pairs", "together", "terms", "phrases"),
    *("max_tokens", "no_tokens", "seed"),
)


def main() -> int:
    """Read concepts and pairs, train, and write the adapter."""
    given = _parser().parse_args()
    concepts = read_concepts(CONCEPTS)
    if given.common:
        concepts = part_of(read_common(concepts, CONCEPTS), given.common)
    elif given.fold:
        concepts = seen_by(given.fold, concepts)
    pairs = chosen(read_pairs(given.data / "pairs.jsonl"), SHARES)[: given.pairs]
    print(f"{len(concepts):,} concepts, {len(pairs):,} old pairs")
    model = base_model(
        given.base, threads=given.threads, seed=given.seed, max_tokens=given.max_tokens
    )
    start = given.folder / "start"
    if given.start:
        write_start(given.start, start, given.strength, find_model(given.base).name)
        load_into(model, start)
    else:
        add_fresh(model, given.rank)
    trainer = _trainer(model, concepts, pairs, given)
    stated = {
        **{name: getattr(given, name) for name in _DECISIVE},
        "data": sha256_of(given.data / "pairs.jsonl"),
        "concepts": sha256_of(CONCEPTS),
        "start": sha256_of(start / WEIGHTS) if given.start else given.rank,
    }
    trainer.train(resume_from_checkpoint=prepare_run(given.folder, stated) or None)
    model.transformers_model.save_pretrained(given.folder)
    save_whole(given.folder, given.folder / "model", given.base)
    print(f"Trained: {given.folder}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = common_parser(__doc__, LEARNING_RATE, EPOCHS)
    parser.add_argument("--start", type=Path, help="adapter to go on from; a fresh one by default")
    parser.add_argument("--base", default=BASE_MODEL, help="what the adapter is for")
    parser.add_argument("--rank", type=int, default=RANK, help="of a fresh adapter")
    parser.add_argument("--strength", type=float, default=1.0, help="of START, if not installed")
    parser.add_argument(
        "--common", metavar="1/2", help="learn from this part of the other fields instead"
    )
    parser.add_argument("--fold", choices=FOLDS, help="leave the domains of this fold out")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="old pairs of an epoch")
    parser.add_argument("--together", type=int, default=TOGETHER, help="domains of a batch")
    parser.add_argument("--terms", type=float, default=TERMS, help="share with the term in front")
    parser.add_argument("--max-tokens", type=int, default=MAX_TOKENS, help="of a text")
    parser.add_argument(
        "--phrases", type=float, default=PHRASES, help="what questions among questions count"
    )
    parser.add_argument("--seed", type=int, default=0)
    return parser


def part_of(concepts: list[TrainingConcept], share: str) -> list[TrainingConcept]:
    """Return a part of the concepts, such as "1/2" for the first of two, which alternate.

    Raises:
        ValueError: the share is none.
    """
    part, parts = map(int, share.split("/"))
    if not 1 <= part <= parts:
        raise ValueError(f"{share}: there is no such part")
    return concepts[part - 1 :: parts]


def _trainer(
    model: Any,  # noqa: ANN401 - untyped library
    concepts: Sequence[TrainingConcept],
    pairs: Sequence[TrainingPair],
    given: argparse.Namespace,
) -> Any:  # noqa: ANN401
    from datasets import Dataset, DatasetDict  # noqa: PLC0415 - heavy
    from sentence_transformers import SentenceTransformerTrainer

    from training.loss import DescriptionLoss  # noqa: PLC0415 - loads torch
    from training.sampler import ByDomain, ByTopic  # noqa: PLC0415 - loads torch

    asked = concept_columns(concepts, terms=given.terms, seed=given.seed)
    sets = {"concepts": Dataset.from_dict(asked)}
    ids = token_ids(model, asked["document"])
    by_domain = partial(ByDomain, domains=[one.domain for one in concepts], together=given.together)
    by_topic = partial(
        ByTopic,
        topics=topics_in([one.definition for one in concepts], given.data),
        lengths=np.array([len(one) for one in ids], dtype=np.float64),
    )
    samplers: dict[tuple[str, ...], Any] = {tuple(asked): by_topic if given.common else by_domain}
    if pairs:
        old = columns(pairs)
        definitions = token_ids(model, old["document"])
        lengths = lengths_of(definitions, token_ids(model, old["query"]))
        sets["pairs"] = Dataset.from_dict(old)
        samplers[tuple(old)] = partial(
            ByTopic,
            topics=topics_in([pair.document for pair in pairs], given.data),
            lengths=lengths,
        )
        ids += definitions

    return SentenceTransformerTrainer(
        model=model,
        args=arguments(
            given.folder,
            epochs=given.epochs,
            learning_rate=given.learning_rate,
            seed=given.seed,
            batch_sampler=partial(_sampler, samplers),
        ),
        train_dataset=DatasetDict(sets),
        loss=DescriptionLoss(
            model, weights_of(model, ids), tokens=not given.no_tokens, phrases=given.phrases
        ),
    )


def _sampler(
    samplers: Mapping[tuple[str, ...], Callable[..., Any]],
    dataset: Any,  # noqa: ANN401 - untyped library
    **given: object,
) -> Any:  # noqa: ANN401
    """Return the batch sampler of a data set, which depends on its columns."""
    return samplers[tuple(dataset.column_names)](dataset, **given)


def concept_columns(
    concepts: Sequence[TrainingConcept], *, terms: float, seed: int
) -> dict[str, list[Any]]:
    """Return the columns of the training set.

    A column for each kind of question, the definition, and the sense.

    Args:
        concepts: what is learned from.
        terms: share of the definitions that have their term in front.
        seed: draws which.
    """
    lots = Random(seed)  # noqa: S311 - the same lot each time
    documents = [
        f"{one.term}: {one.definition}" if lots.random() < terms else one.definition
        for one in concepts
    ]
    asked = {
        f"asked by {kind}": [one.questions[place] for one in concepts]
        for place, kind in enumerate(KINDS)
    }
    return {**asked, "document": documents, "label": senses_of(concepts).tolist()}


if __name__ == "__main__":
    sys.exit(main())
