"""Measures what a reranker adds to each question: the time to score the pairs of an answer.

A cross-encoder of the size of cross-encoder/ms-marco-MiniLM-L6-v2 with random weights, which take
the same time as trained ones, scores pairs of the seed corpus.

    python -m benchmarks.speed.rerank

There is no bar: exit code 0 if the measurement succeeded.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from semsearch.core.progress import Silent
from semsearch.importers import read_corpus
from semsearch.models.onnx.session import PRECISIONS
from semsearch.models.registry import BASE_MODEL, find_model
from semsearch.models.rerankers.base import Reranker
from semsearch.models.rerankers.cross_encoder import CrossReranker, find_reranker
from semsearch.models.rerankers.export import write_reranker
from semsearch.models.rerankers.onnx import OnnxReranker
from semsearch.ranking.rerank_scores import RERANK_DEPTH, text_to_read

CORPUS = Path(__file__).parents[2] / "corpus"
QUESTION = "what stops a network from memorising its data?"
RUNS = 30


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds to score all pairs of one question, and the size of the model file."""

    precision: str
    pairs: int
    tokens: float
    median_ms: float
    p95_ms: float
    file_mb: float


def make_model(folder: Path, layers: int = 6, hidden: int = 384) -> Path:
    """Save a CrossEncoder with random weights and the vocabulary of the packaged encoder."""
    from sentence_transformers import CrossEncoder
    from torch import manual_seed
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    manual_seed(7)
    tokenizer = AutoTokenizer.from_pretrained(find_model(BASE_MODEL).path)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=12,
        intermediate_size=4 * hidden,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(folder / "bare")
    tokenizer.save_pretrained(folder / "bare")
    CrossEncoder(str(folder / "bare"), device="cpu").save_pretrained(str(folder / "cross"))
    return folder / "cross"


def texts_of_the_seed(count: int = RERANK_DEPTH) -> list[str]:
    """Return what a reranker reads of the first entries of the seed corpus."""
    entries = read_corpus([CORPUS]).entries[:count]
    return [text_to_read(entry, 0, len(entry.definition)) for entry in entries]


def time_scoring(reranker: Reranker, texts: Sequence[str], runs: int = RUNS) -> list[float]:
    """Return the milliseconds of each run, after a first one that is not counted."""
    taken = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        reranker.score(QUESTION, texts)
        taken.append((time.perf_counter() - began) * 1000)
    return taken[1:]


def measure(folder: Path, texts: Sequence[str], *, runs: int = RUNS) -> list[Cost]:
    """Export a CrossEncoder in a folder and time both precisions on the same pairs."""
    model = find_reranker(str(folder))
    reference = CrossReranker(model)
    tokenizer = reference.cross.tokenizer
    tokens = float(np.mean([len(tokenizer(QUESTION, text)["input_ids"]) for text in texts]))
    with tempfile.TemporaryDirectory() as scratch:
        export = write_reranker(reference, model, Path(scratch), Silent())
        costs = []
        for precision in PRECISIONS:
            taken = time_scoring(OnnxReranker(Path(scratch), export, precision), texts, runs)
            costs.append(
                Cost(
                    precision=precision,
                    pairs=len(texts),
                    tokens=round(tokens, 1),
                    median_ms=round(float(np.median(taken)), 1),
                    p95_ms=round(float(np.percentile(taken, 95)), 1),
                    file_mb=round(_size(Path(scratch), precision) / 1e6, 1),
                )
            )
    return costs


def _size(folder: Path, precision: str) -> int:
    """Return the bytes of a graph and of the tensors beside it."""
    return sum(file.stat().st_size for file in folder.glob(f"{precision}.*"))


def main() -> None:
    """Measure and print, as JSON with --json."""
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(make_model(Path(folder)), texts_of_the_seed())
    if "--json" in sys.argv:
        print(json.dumps([asdict(cost) for cost in costs]))
        return
    for cost in costs:
        print(
            f"{cost.precision}: {cost.pairs} pairs of {cost.tokens:.0f} tokens in "
            f"{cost.median_ms:.0f} ms (median of {RUNS}), {cost.p95_ms:.0f} ms (p95); "
            f"file {cost.file_mb:.0f} MB"
        )


if __name__ == "__main__":
    main()
