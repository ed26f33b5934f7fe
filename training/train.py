"""Train the encoder's adapter: `make training`.

    python -m training.train DATA FOLDER [options]

DATA holds the `pairs.jsonl` of `training.data`. FOLDER gets `adapter/` for `training.install`,
`model/` with the adapter merged for `python -m benchmarks.quality.scores --model`, and checkpoints.
After an interruption the same command resumes from the last checkpoint. A run takes about half an
hour on one core; a GPU is used where PyTorch finds one. The options are for experiments.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.checksums import sha256_of
from semsearch.models.encoders.sentence_transformer import load_model
from semsearch.models.registry import BASE_MODEL, find_model
from semsearch.text.normalise import fold
from training.base import base_encoder
from training.batches import topics_of
from training.runs import (
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

SHARES = {
    "cross": 10_500,
    "question": 10_500,
    "inner": 6_000,
    "technical": 2_000,
    "terms": 1_200,
    "example": 300,
}
"""Most pairs of each kind."""
PAIRS = 25_000
"""Most pairs in all: as many as one core trains on in half an hour."""
BEGINNING = 40
"""First words of a definition, which decide its topic."""
RANK = 32
LEARNING_RATE = 4e-4
SEED = 0
_LINEAR = ["query", "key", "value", "dense"]
"""The linear layers of a BERT; all get an adapter."""
_MIN_WORDS = 4
_DECISIVE = ("rank", "full", "learning_rate", "limit", "no_tokens", "no_topics", "no_terms")
"""Options that change the resulting encoder."""


def main() -> int:
    """Read the pairs, train, and write the adapter."""
    given = _parser().parse_args()
    read = read_pairs(given.data / "pairs.jsonl")
    if given.no_terms:
        read = [pair for pair in read if not names_its_term(pair)]
    pairs = chosen(read, SHARES, given.limit)
    print(f"{len(pairs):,} pairs: {dict(Counter(pair.kind for pair in pairs))}")
    model = _model(given)
    trainer = _trainer(model, pairs, given)
    options = {name: getattr(given, name) for name in _DECISIVE}
    stated = {**options, "pairs": sha256_of(given.data / "pairs.jsonl")}
    trainer.train(resume_from_checkpoint=prepare_run(given.folder, stated) or None)
    _save(model, given)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = common_parser(__doc__, LEARNING_RATE, 1)
    parser.add_argument("--rank", type=int, default=RANK, help="of the adapter")
    parser.add_argument(
        "--full", action="store_true", help="all weights but the embeddings; no adapter"
    )
    parser.add_argument("--limit", type=int, default=PAIRS, help="pairs in all")
    parser.add_argument("--no-topics", action="store_true", help="batches drawn by lot")
    parser.add_argument("--no-terms", action="store_true", help="definitions without their terms")
    return parser


def read_pairs(file: Path) -> list[TrainingPair]:
    """Read what `training.data` wrote."""
    with file.open(encoding="utf-8") as lines:
        return [TrainingPair(**json.loads(line)) for line in lines]


def chosen(
    pairs: Sequence[TrainingPair], shares: dict[str, int], limit: int | None = None
) -> list[TrainingPair]:
    """Return so many pairs of each kind, drawn by a fixed lot; very short questions are left out.

    Args:
        pairs: all there are.
        shares: how many of each kind at most; a kind that is not named is left out.
        limit: how many in all at most.
    """
    drawn = list(pairs)
    Random(SEED).shuffle(drawn)  # noqa: S311 - the same lot each time
    taken: Counter[str] = Counter()
    found = []
    for pair in drawn:
        long_enough = pair.kind == "terms" or len(pair.query.split()) >= _MIN_WORDS
        if long_enough and taken[pair.kind] < shares.get(pair.kind, 0):
            taken[pair.kind] += 1
            found.append(pair)
    return found[:limit]


def names_its_term(pair: TrainingPair) -> bool:
    """Whether the definition contains its term."""
    words = f" {fold(pair.document)} "
    return any(f" {fold(term)} " in words for term in pair.terms)


def _model(given: argparse.Namespace) -> Any:  # noqa: ANN401 - untyped library
    """Load the base with a fresh adapter."""
    from peft import LoraConfig

    model = base_model(threads=given.threads, seed=SEED)
    if given.full:
        model.transformers_model.embeddings.requires_grad_(False)
    else:
        shape = LoraConfig(
            r=given.rank,
            lora_alpha=given.rank,
            target_modules=_LINEAR,
            task_type="FEATURE_EXTRACTION",
        )
        model.add_adapter(shape)
    return model


def _trainer(model: Any, pairs: Sequence[TrainingPair], given: argparse.Namespace) -> Any:  # noqa: ANN401
    from datasets import Dataset  # noqa: PLC0415 - heavy
    from sentence_transformers import SentenceTransformerTrainer

    from training.loss import DescriptionLoss  # noqa: PLC0415 - loads torch
    from training.sampler import ByTopic  # noqa: PLC0415 - loads torch

    definitions, questions = (
        token_ids(model, texts)
        for texts in ([pair.document for pair in pairs], [pair.query for pair in pairs])
    )
    topics = (
        np.zeros(len(pairs), dtype=np.int64)
        if given.no_topics
        else topics_in([pair.document for pair in pairs], given.data)
    )
    sampler = partial(ByTopic, topics=topics, lengths=lengths_of(definitions, questions))
    return SentenceTransformerTrainer(
        model=model,
        args=arguments(
            given.folder,
            epochs=given.epochs,
            learning_rate=given.learning_rate,
            seed=SEED,
            batch_sampler=sampler,
        ),
        train_dataset=Dataset.from_dict(columns(pairs)),
        loss=DescriptionLoss(model, weights_of(model, definitions), tokens=not given.no_tokens),
    )


def lengths_of(
    definitions: Sequence[Sequence[int]], questions: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """Return the length of each pair in tokens; a question counts half."""
    return np.array([len(d) + len(q) / 2 for d, q in zip(definitions, questions, strict=True)])


def topics_in(definitions: Sequence[str], data: Path) -> Numbers:
    """Return the topic of each by the base encoder, whose export lies in `data/encoder`."""
    print("Grouping the definitions by topic, a minute or two")
    texts = [" ".join(one.split()[:BEGINNING]) for one in definitions]
    encoder = base_encoder(data / "encoder", texts[:200])
    return topics_of(encoder.encode_entries(texts).vectors)


def _save(model: Any, given: argparse.Namespace) -> None:  # noqa: ANN401 - untyped library
    """Write the adapter, and the whole model with the adapter merged."""
    if given.full:
        whole = load_model(find_model(BASE_MODEL), "SentenceTransformer")
        whole.load_state_dict(model.state_dict())
        whole.save_pretrained(str(given.folder / "model"), create_model_card=False)
    else:
        model.transformers_model.save_pretrained(given.folder / "adapter")
        save_whole(given.folder / "adapter", given.folder / "model")
    print(f"Trained: {given.folder}")


if __name__ == "__main__":
    sys.exit(main())
