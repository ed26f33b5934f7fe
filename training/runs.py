"""Shared parts of training runs: checkpoints, settings of the trainer, and saving."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.models.encoders.sentence_transformer import load_model
from semsearch.models.encoders.wordpieces import WordPieces
from semsearch.models.registry import BASE_MODEL, find_model
from semsearch.ranking.late_interaction import idf
from training.senses import TrainingPair

MAX_TOKENS = 56
"""Most tokens of a text. Definitions begin with what a thing is, and the cost of training is
length."""
BATCH = 96
"""Pairs in each batch."""


def prepare_run(folder: Path, stated: dict[str, Any]) -> bool:
    """Write the description of a run, and return whether it resumes from checkpoints.

    More epochs go on from fewer, and on any number of threads.

    Args:
        folder: of the run; made if it is not there.
        stated: the options and hashes of data that make another encoder.

    Raises:
        SystemExit: the checkpoints are of other data or options.
    """
    file = folder / "run.json"
    has_checkpoints = any(folder.glob("checkpoints/checkpoint-*"))
    if has_checkpoints and (not file.exists() or json.loads(file.read_text("utf-8")) != stated):
        sys.exit(
            f"{folder} holds a run with other data or options; remove it, or name another folder"
        )
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(stated, indent=1) + "\n", encoding="utf-8")
    return has_checkpoints


def base_model(
    name: str = BASE_MODEL, *, threads: int, seed: int, max_tokens: int = MAX_TOKENS
) -> Any:  # noqa: ANN401 - untyped library
    """Load a base for training; dropout is off, since it costs more than it brings here."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    model = SentenceTransformer(str(find_model(name).path), local_files_only=True)
    model.max_seq_length = max_tokens
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


def common_parser(
    description: str | None, learning_rate: float, epochs: float
) -> argparse.ArgumentParser:
    """Return a parser of the arguments that all training commands share.

    Args:
        description: of the command.
        learning_rate: the default.
        epochs: the default.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--learning-rate", type=float, default=learning_rate)
    parser.add_argument("--epochs", type=float, default=epochs)
    parser.add_argument("--no-tokens", action="store_true", help="whole texts only")
    parser.add_argument(
        "--threads", type=int, default=1, help="two on one core with two threads were slower"
    )
    return parser


def arguments(
    folder: Path,
    *,
    epochs: float,
    learning_rate: float,
    seed: int,
    batch_sampler: Callable[..., object],
) -> Any:  # noqa: ANN401 - untyped library
    """Return the arguments of the trainer.

    Args:
        folder: of the run.
        epochs: how often everything is learned from.
        learning_rate: its highest; it warms up and then falls as a cosine does.
        seed: of the order of the batches.
        batch_sampler: makes the batches of a set of data.
    """
    import torch
    from sentence_transformers import SentenceTransformerTrainingArguments

    return SentenceTransformerTrainingArguments(
        output_dir=str(folder / "checkpoints"),
        num_train_epochs=epochs,
        per_device_train_batch_size=BATCH,
        learning_rate=learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=0.05,
        weight_decay=0.01,
        bf16=True,
        use_cpu=not torch.cuda.is_available(),
        seed=seed,
        save_steps=50,
        save_total_limit=1,
        logging_steps=10,
        report_to=[],
        batch_sampler=batch_sampler,
    )


def columns(pairs: Sequence[TrainingPair]) -> dict[str, list[Any]]:
    """Return the columns for the trainer; the label is the number of the sense."""
    senses = {sense: i for i, sense in enumerate(dict.fromkeys(pair.sense for pair in pairs))}
    return {
        "query": [pair.query for pair in pairs],
        "document": [pair.document for pair in pairs],
        "label": [senses[pair.sense] for pair in pairs],
    }


def save_whole(adapter: Path, target: Path, base: str = BASE_MODEL) -> None:
    """Write the base with an adapter merged as a model of its own, for `--model`."""
    whole = load_model(replace(find_model(base), adapter=adapter), "SentenceTransformer")
    whole.save_pretrained(str(target), create_model_card=False)


def token_ids(model: Any, texts: Sequence[str]) -> list[list[int]]:  # noqa: ANN401 - untyped library
    """Return the tokens of each text, cut as in training."""
    found: list[list[int]] = model.tokenizer(
        list(texts), truncation=True, max_length=model.max_seq_length
    )["input_ids"]
    return found


def weights_of(model: Any, ids: Iterable[Sequence[int]]) -> Any:  # noqa: ANN401 - a tensor
    """Return the weight of each token of the vocabulary, by the training definitions."""
    import torch

    tokenizer = model.tokenizer
    pieces = WordPieces(
        lambda id_: tokenizer.convert_ids_to_tokens([id_])[0], tokenizer.all_special_ids
    )
    meaningful = np.array([pieces.carries_meaning(id_) for id_ in range(len(tokenizer))])
    return torch.tensor(token_weights(ids, meaningful))


def token_weights(
    ids: Iterable[Sequence[int]], is_meaningful: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the weight of each token of the vocabulary: its rarity; 0 for stop words and marks.

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
