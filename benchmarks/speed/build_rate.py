"""Measures texts a second of a build beside `SentenceTransformer.encode` with default settings.

Both embed the same definitions of WordNet. The cost of a build is that of more definitions:
reading, embedding, storing, publishing. Its fixed cost does not count, so the difference of two
builds is measured. The reference only embeds.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import semsearch
from benchmarks.speed import turns
from benchmarks.speed.services import ServiceFailed
from semsearch.core.arrays import Vectors
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import DEFAULT_MODEL, find_model

FIRST = 50
"""Definitions of the first index, whose build exports the encoder."""

FEWER = 4
"""The smaller of two builds adds this share of the definitions that the larger one adds."""

NEAREST = 10

_MODULE = "benchmarks.speed.build_rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRate:
    """Texts a second, by rounds, and the agreement of the vectors.

    `agreement` is the mean share of the ten nearest definitions that both have in common.
    """

    texts: int
    ours: list[float]
    reference: list[float]
    agreement: float

    @property
    def ratio(self) -> float:
        """How many times as fast as the reference; the median of the rounds."""
        return statistics.median(a / b for a, b in zip(self.ours, self.reference, strict=True))


def build(entries: Sequence[tuple[str, str]], index: Path) -> tuple[int, float]:
    """Bring an index up to date with terms and definitions.

    Returns:
        How many texts were embedded, and the seconds of `semsearch build`.

    Raises:
        ServiceFailed: the build failed; with what it said.
    """
    corpus = index.parent / "corpus.jsonl"
    lines = (json.dumps({"term": term, "definition": text}) for term, text in entries)
    corpus.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = ["build", str(corpus), "--index", str(index), "--json"]
    began = time.perf_counter()
    built = subprocess.run(
        [sys.executable, "-m", "semsearch", *command], capture_output=True, check=False
    )
    took = time.perf_counter() - began
    if built.returncode:
        raise ServiceFailed(f"semsearch {' '.join(command)}: {built.stderr[-2000:].decode()}")
    return int(json.loads(built.stdout)["embedded"]), took


def measure(entries: Sequence[tuple[str, str]], count: int, rounds: int) -> BuildRate:
    """Build and embed in turn.

    Args:
        entries: terms and definitions, FIRST + count of them at least.
        count: definitions that the larger build adds and the reference embeds.
        rounds: turns of each.

    Raises:
        ServiceFailed: a build failed.
    """
    larger = entries[: FIRST + count]
    texts = [text for _, text in larger]
    ours: list[float] = []
    reference: list[float] = []
    with tempfile.TemporaryDirectory() as name, turns.Turns(_MODULE) as encoder:
        first, index = Path(name) / "first", Path(name) / "index"
        vectors = Path(name) / "vectors.npy"
        build(entries[:FIRST], first)
        for _ in range(rounds):
            few, shorter_s = _fresh(first, index, entries[: FIRST + count // FEWER])
            many, longer_s = _fresh(first, index, larger)
            ours.append((many - few) / (longer_s - shorter_s))
            took_s = encoder.take({"texts": texts, "file": str(vectors)})
            reference.append(len(texts) / took_s)
        with semsearch.open(index) as glossary:
            found, theirs = glossary.definitions()
        expected: Vectors = np.load(vectors)
    place = {text: at for at, text in enumerate(texts)}
    order = [place[entry.definition] for entry in found]
    return BuildRate(
        texts=len(texts),
        ours=ours,
        reference=reference,
        agreement=agreement(theirs, expected[order]),
    )


def _fresh(first: Path, index: Path, entries: Sequence[tuple[str, str]]) -> tuple[int, float]:
    shutil.rmtree(index, ignore_errors=True)
    shutil.copytree(first, index)
    return build(entries, index)


def agreement(ours: Vectors, theirs: Vectors) -> float:
    """Return the mean share of the ten nearest other rows that both have in common."""
    nearest = []
    for vectors in (ours, theirs):
        cosines = vectors @ vectors.T
        np.fill_diagonal(cosines, -np.inf)
        nearest.append(np.argpartition(-cosines, NEAREST - 1)[:, :NEAREST])
    shared = [len(set(a) & set(b)) for a, b in zip(*(n.tolist() for n in nearest), strict=True)]
    return statistics.mean(shared) / NEAREST


def main() -> None:
    """Load the reference, and embed what each line names; answer the seconds."""
    model = SentenceEncoder(find_model(DEFAULT_MODEL)).transformer

    def work(job: dict[str, Any]) -> float:
        began = time.perf_counter()
        vectors = model.encode(job["texts"])
        took = time.perf_counter() - began
        np.save(job["file"], vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
        return took

    turns.serve(work)


if __name__ == "__main__":
    main()
