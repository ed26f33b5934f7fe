"""Train the encoder's adapter: `make training`.

    python -m training.train DATA FOLDER [options]

DATA holds the `pairs.jsonl` of `training.data`. FOLDER gets `adapter/`, for `training.install`, `model/`,
the whole model with the adapter merged, for `python -m benchmarks.quality.scores --model`, and checkpoints, from which
the same command goes on after it was stopped. A run takes about half an hour on one core; a GPU is used
where PyTorch finds one. The options are for trials.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.checksums import sha256_of
from semsearch.models.encoders.sentence_transformer import load_model
from semsearch.models.encoders.wordpieces import WordPieces
from semsearch.models.registry import BASE_MODEL, find_model
from semsearch.ranking.late_interaction import idf
from semsearch.text.normalise import fold
from training.base import base_encoder
from training.batches import topics_of
from training.types import Pair

SHARES = {
    "cross": 10_500,
    "question": 10_500,
    "inner": 6_000,
    "technical": 2_000,
    "terms": 1_200,
    "example": 300,
}
"""Pairs of each kind, at most."""
PAIRS = 25_000
"""In all: what one core learns from in half an hour."""
MAX_TOKENS = 56
"""Of a text; definitions say what a thing is at their beginning, and length is what training costs."""
BEGINNING = 40
"""Words of a definition by which its topic is found."""
BATCH = 96
RANK = 32
LEARNING_RATE = 4e-4
SEED = 0
_LINEAR = ["query", "key", "value", "dense"]
"""The linear layers of a BERT, which all get an adapter."""
_MIN_WORDS = 4
_DECISIVE = ("rank", "full", "learning_rate", "limit", "no_tokens", "no_topics", "no_terms")
"""Options that make another encoder."""


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
    trainer.train(resume_from_checkpoint=_is_begun(given) or None)
    _save(model, given)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rank", type=int, default=RANK, help="of the adapter")
    parser.add_argument(
        "--full", action="store_true", help="all weights but the embeddings; no adapter"
    )
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--limit", type=int, default=PAIRS, help="pairs in all")
    parser.add_argument("--no-tokens", action="store_true", help="whole texts only")
    parser.add_argument("--no-topics", action="store_true", help="batches drawn by lot")
    parser.add_argument("--no-terms", action="store_true", help="definitions without their terms")
    parser.add_argument(
        "--threads", type=int, default=1, help="two on one core with two threads were slower"
    )
    return parser


def _is_begun(given: argparse.Namespace) -> bool:
    """Whether there are checkpoints to go on from; state what the run learns from.

    More epochs go on from fewer, and on any number of threads.

    Raises:
        SystemExit: the checkpoints are of other data or options.
    """
    options = {name: getattr(given, name) for name in _DECISIVE}
    stated = {**options, "pairs": sha256_of(given.data / "pairs.jsonl")}
    file = given.folder / "run.json"
    is_begun = any(given.folder.glob("checkpoints/checkpoint-*"))
    if is_begun and (not file.exists() or json.loads(file.read_text("utf-8")) != stated):
        sys.exit(
            f"{given.folder} holds a run with other data or options; remove it, or name another folder"
        )
    given.folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(stated, indent=1) + "\n", encoding="utf-8")
    return is_begun


def read_pairs(file: Path) -> list[Pair]:
    """Read what `training.data` wrote."""
    with file.open(encoding="utf-8") as lines:
        return [Pair(**json.loads(line)) for line in lines]


def chosen(pairs: Sequence[Pair], shares: dict[str, int], limit: int | None = None) -> list[Pair]:
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


def names_its_term(pair: Pair) -> bool:
    """Whether the definition says what it defines."""
    words = f" {fold(pair.document)} "
    return any(f" {fold(term)} " in words for term in pair.terms)


def token_weights(
    ids: Iterable[Sequence[int]], is_meaningful: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return how much each token of the vocabulary counts: its rarity, 0 for those without meaning.

    Args:
        ids: the tokens of each definition.
        is_meaningful: (vocabulary,) what `WordPieces` compares one by one.
    """
    uses = np.zeros(len(is_meaningful), dtype=np.int64)
    number = 0
    for one in ids:
        uses[sorted(set(one))] += 1
        number += 1
    return np.where(is_meaningful, idf(uses, number), 0).astype(np.float32)


def _model(given: argparse.Namespace) -> Any:  # noqa: ANN401 - untyped library
    """Load the base with a fresh adapter; nothing is dropped out, which costs more than it brings here."""
    import torch
    from peft import LoraConfig
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(given.threads)
    torch.manual_seed(SEED)
    model = SentenceTransformer(str(find_model(BASE_MODEL).path), local_files_only=True)
    model.max_seq_length = MAX_TOKENS
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
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


def _trainer(model: Any, pairs: Sequence[Pair], given: argparse.Namespace) -> Any:  # noqa: ANN401
    import torch
    from datasets import Dataset  # noqa: PLC0415 - heavy
    from sentence_transformers import (
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )

    from training.loss import DescriptionLoss  # noqa: PLC0415 - loads torch
    from training.sampler import ByTopic  # noqa: PLC0415 - loads torch

    definitions, questions = (
        model.tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        for texts in ([pair.document for pair in pairs], [pair.query for pair in pairs])
    )
    lengths = np.array([len(d) + len(q) / 2 for d, q in zip(definitions, questions, strict=True)])
    weights = token_weights(definitions, _meaningful(model.tokenizer))
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(given.folder / "checkpoints"),
        num_train_epochs=given.epochs,
        per_device_train_batch_size=BATCH,
        learning_rate=given.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=0.05,
        weight_decay=0.01,
        bf16=True,
        use_cpu=not torch.cuda.is_available(),
        seed=SEED,
        batch_sampler=partial(ByTopic, topics=_topics(pairs, given), lengths=lengths),
        save_steps=50,
        save_total_limit=1,
        logging_steps=10,
        report_to=[],
    )
    return SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_dict(_columns(pairs)),
        loss=DescriptionLoss(model, torch.tensor(weights), tokens=not given.no_tokens),
    )


def _topics(pairs: Sequence[Pair], given: argparse.Namespace) -> Numbers:
    """Return the topic of each pair, all the same for a trial without."""
    if given.no_topics:
        return np.zeros(len(pairs), dtype=np.int64)
    print("Grouping the definitions by topic, a minute or two")
    texts = [" ".join(pair.document.split()[:BEGINNING]) for pair in pairs]
    encoder = base_encoder(given.data / "encoder", texts[:200])
    return topics_of(encoder.encode_entries(texts).vectors)


def _columns(pairs: Sequence[Pair]) -> dict[str, list[Any]]:
    """Return what the trainer reads; its label is the number of the sense."""
    senses = {sense: i for i, sense in enumerate(dict.fromkeys(pair.sense for pair in pairs))}
    return {
        "query": [pair.query for pair in pairs],
        "document": [pair.document for pair in pairs],
        "label": [senses[pair.sense] for pair in pairs],
    }


def _save(model: Any, given: argparse.Namespace) -> None:  # noqa: ANN401 - untyped library
    """Write the adapter, and the whole model as the base is but for the weights."""
    base = find_model(BASE_MODEL)
    if given.full:
        whole = load_model(base, "SentenceTransformer")
        whole.load_state_dict(model.state_dict())
    else:
        adapter = given.folder / "adapter"
        model.transformers_model.save_pretrained(adapter)
        whole = load_model(replace(base, adapter=adapter), "SentenceTransformer")
    whole.save_pretrained(str(given.folder / "model"), create_model_card=False)
    print(f"Trained: {given.folder}")


def _meaningful(tokenizer: Any) -> NDArray[np.bool_]:  # noqa: ANN401 - untyped library
    pieces = WordPieces(
        lambda id_: tokenizer.convert_ids_to_tokens([id_])[0], tokenizer.all_special_ids
    )
    return np.array([pieces.carries_meaning(id_) for id_ in range(len(tokenizer))])


if __name__ == "__main__":
    sys.exit(main())
