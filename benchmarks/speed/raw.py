"""The ceiling: the encoder of an index in batches, without HTTP and without search.

`python -m benchmarks.speed.raw INDEX` reads an `EncodingJob` from each line, and writes the texts
embedded a second.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import semsearch
from benchmarks.speed import turns

BATCH = 64
"""Texts given to the encoder at once; it chooses its own batches."""


FASTEST = 4_000
"""Texts prepared for each second; more than any encoder here embeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingJob:
    """Texts to embed, for how many seconds, in how many threads."""

    texts: Sequence[str]
    threads: int
    seconds: float


class Raw(turns.Turns):
    """A process with the open index, waiting for jobs."""

    def __init__(self, index: str) -> None:
        super().__init__("benchmarks.speed.raw", index)

    def run(self, job: EncodingJob) -> float:
        """Return texts a second."""
        return float(self.take(asdict(job)))


def rate(glossary: semsearch.Glossary, job: EncodingJob) -> float:
    """Return how many texts a second the encoder takes."""
    batches = iter([job.texts[at : at + BATCH] for at in range(0, len(job.texts), BATCH)])
    lock = threading.Lock()
    began = time.perf_counter()
    ends = began + job.seconds
    done: list[tuple[int, float]] = []

    def work() -> None:
        while time.perf_counter() < ends:
            with lock:
                batch = next(batches, None)
            if batch is None:
                return
            glossary.encode(batch)
            done.append((len(batch), time.perf_counter()))

    threads = [threading.Thread(target=work) for _ in range(job.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # up to the last batch: one that was begun in time is finished, and counts with its time
    return sum(count for count, _ in done) / (max(at for _, at in done) - began)


def main() -> None:
    """Open the index and wait for jobs."""
    with semsearch.open(sys.argv[1]) as glossary:

        def work(given: dict[str, Any]) -> float:
            return rate(glossary, EncodingJob(**given))

        turns.serve(work)


if __name__ == "__main__":
    main()
