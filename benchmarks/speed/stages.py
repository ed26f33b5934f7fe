"""Measures time and recall of an index inside one process, without HTTP.

    python -m benchmarks.speed.stages INDEX

Answers each job, a line: `{"ask": [...], "encode": [...]}` with the milliseconds of each question,
`{"recall": [...]}` with the recall of these questions.

The search stage is the difference of `ask` and `encode`: reading names, candidates by meaning and
by words, late interaction, confidence, hits. Each question is either asked or encoded, never both,
so no cache of one helps the other; they alternate.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import semsearch
from benchmarks.speed import turns
from semsearch.ranking.weights import ABLATIONS

NEAREST = 10
_CHUNK = 20
"""Questions compared with all definitions at once: 80 MB for a million of them."""

_SAME = 1e-5
"""Cosines with a smaller difference are equal; sums in another order differ so much."""


class Stages(turns.Turns):
    """A process with the open index, waiting for jobs."""

    def __init__(self, index: str) -> None:
        super().__init__("benchmarks.speed.stages", index)

    def times(self, ask: Sequence[str], encode: Sequence[str]) -> tuple[list[float], list[float]]:
        """Return the milliseconds of asking some questions and of encoding others."""
        found = self.take({"ask": list(ask), "encode": list(encode)})
        return found["ask"], found["encode"]

    def recall(self, asked: Sequence[str]) -> float:
        """Return the recall of the ten nearest definitions; see `recall`."""
        return float(self.take({"recall": list(asked)}))


def times(
    glossary: semsearch.Glossary, ask: Sequence[str], encode: Sequence[str]
) -> dict[str, list[float]]:
    """Ask and encode in turn."""
    found: dict[str, list[float]] = {"ask": [], "encode": []}

    def time_of(work: Callable[[], object], kind: str) -> None:
        began = time.perf_counter()
        work()
        found[kind].append((time.perf_counter() - began) * 1000)

    for asked, encoded in zip(ask, encode, strict=True):
        time_of(lambda asked=asked: glossary.ask(asked), "ask")  # type: ignore[misc]
        time_of(lambda encoded=encoded: glossary.encode([encoded]), "encode")  # type: ignore[misc]
    return found


def recall(glossary: semsearch.Glossary, asked: Sequence[str]) -> float:
    """Return the share of the ten nearest definitions that a search by nothing but them finds.

    The search orders what it found by the cosine of the whole definition alone, and is compared
    with the cosines of all definitions. Of equally near ones any counts.
    """
    entries, vectors = glossary.definitions()
    row = {entry.id: at for at, entry in enumerate(entries)}
    plain = glossary.with_weights(next(iter(ABLATIONS.values())))
    nearest = min(NEAREST, len(entries))
    found = 0
    for start in range(0, len(asked), _CHUNK):
        chunk = asked[start : start + _CHUNK]
        cosines = glossary.encode(chunk) @ vectors.T
        last = -np.partition(-cosines, nearest - 1)[:, nearest - 1]
        for question, cosine, least in zip(chunk, cosines, last, strict=True):
            hits = plain.ask(question, k=nearest).hits
            found += sum(cosine[row[hit.entry.id]] >= least - _SAME for hit in hits)
    return float(found / (nearest * len(asked)))


def main() -> None:
    """Open the index and wait for jobs."""
    with semsearch.open(sys.argv[1]) as glossary:

        def work(job: dict[str, Any]) -> object:
            if "recall" in job:
                return recall(glossary, job["recall"])
            return times(glossary, job["ask"], job["encode"])

        turns.serve(work)


if __name__ == "__main__":
    main()
