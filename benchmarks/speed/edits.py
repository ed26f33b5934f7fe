"""Measures edits, and questions during edits: `make bench-edits`.

A copy of an index is served and asked by 16 clients, in turns with and without one edit a second by
an editor in another process. Then edits are made without clients, each followed by a question about
it to an open index, until as many are live as trigger a publish.

    python -m benchmarks.speed.edits --index index

Exit code 0: every bar is met, 1: one is missed, 2: nothing could be measured.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from benchmarks.speed import contenders, hardware, questions, services, turns
from benchmarks.speed.bars import Bar, finish
from benchmarks.speed.clients import Clients, LoadJob
from semsearch.core.errors import SemsearchError
from semsearch.index.segments.live import MAX_PENDING
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary

CLIENTS = 16
GLOSSARY = "edited"
EACH_S = 1.0
"""Seconds between two edits of the editor that runs beside the questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Measurements of a run of edits beside searches.

    `rates` are good answers a second, `times` milliseconds by number of live edits.
    """

    rates_without: list[float]
    rates_with: list[float]
    acknowledged_ms: list[float]
    seen_ms: list[float]
    """Time from the acknowledgement of an edit to the answer of a question that it changed."""

    @property
    def share(self) -> float:
        """Throughput while one edit a second goes on, against that of the turn before."""
        pairs = zip(self.rates_with, self.rates_without, strict=True)
        return statistics.median(busy / quiet for busy, quiet in pairs)


def measure(index: Path, rounds: int, seconds: float) -> Edits:
    """Measure a copy of an index.

    Raises:
        ServiceFailed: the service did not start.
    """
    with tempfile.TemporaryDirectory(prefix="semsearch-edits-") as folder:
        copy = Path(folder) / "index"
        shutil.copytree(index, copy)
        without, busy = _rates(copy, rounds, seconds)
        acknowledged, seen = _alone(copy)
    return Edits(rates_without=without, rates_with=busy, acknowledged_ms=acknowledged, seen_ms=seen)


def _rates(index: Path, rounds: int, seconds: float) -> tuple[list[float], list[float]]:
    """Return the throughput of each turn, without and with edits."""
    asked = cycle(questions.crossed(questions.own()))
    contender = contenders.ours(index)
    without, busy = [], []

    def rate(clients: Clients) -> float:
        paths = [contender.request(question) for question in islice(asked, int(2_000 * seconds))]
        job = LoadJob(port=contender.port, paths=paths, clients=CLIENTS, seconds=seconds)
        return clients.run(job).rate

    with Clients() as clients, contender.running(questions.own()[0]), Editor(index) as editor:
        rate(clients)
        for _ in range(rounds):
            without.append(rate(clients))
            with _editing(editor):
                busy.append(rate(clients))
    return without, busy


@contextmanager
def _editing(editor: Editor) -> Iterator[None]:
    """Make an edit a second while the block runs."""
    is_over = threading.Event()

    def edit() -> None:
        while True:
            _edit(editor, time.monotonic_ns())
            if is_over.wait(EACH_S):
                return

    thread = threading.Thread(target=edit)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _edit(editor: Editor, number: int) -> str:
    term = f"edited{number}"
    return editor.add(GLOSSARY, Draft(term, f"What number {number} is called, for a while.")).id


def _alone(index: Path) -> tuple[list[float], list[float]]:
    """Make as many edits as trigger a publish.

    Return how long edits take, and until each is seen.
    """
    acknowledged, seen = [], []
    with (
        Glossary.open(index) as glossary,
        Editor(index, encoder_for=glossary.encoder_for) as editor,
    ):
        for number in range(MAX_PENDING):
            began = time.perf_counter()
            id_ = _edit(editor, number)
            made = time.perf_counter()
            if glossary.ask(f"edited{number}", k=1).hits[0].entry.id != id_:
                raise services.ServiceFailed(f"the edit {id_} was not seen by the next question")
            acknowledged.append((made - began) * 1000)
            seen.append((time.perf_counter() - made) * 1000)
    return acknowledged, seen


def bars(found: Edits) -> Iterable[Bar]:
    """Yield the bars of edits."""
    yield Bar(
        name="answers a second while one edit a second goes on",
        reached=found.share,
        asked=0.9,
        is_at_least=True,
    )
    yield Bar(
        name="one edit acknowledged, p99", reached=_p99(found.acknowledged_ms), asked=100, unit="ms"
    )


def _p99(times: Sequence[float]) -> float:
    return float(np.percentile(times, 99))


def show(found: Edits) -> None:
    """Print the time until an edit is visible."""
    for low, high in ((0, 16), (16, 64), (64, MAX_PENDING)):
        some = statistics.median(found.seen_ms[low:high])
        print(f"a question after an edit, {low} to {high} of them beside: median {some:.1f} ms")
    print(f"an edit: median {statistics.median(found.acknowledged_ms):.1f} ms\n")


def main() -> int:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of a turn")
    parser.add_argument("--output", type=Path, default=Path("build/edits.json"))
    given = parser.parse_args()
    try:
        found = measure(given.index, given.rounds, given.seconds)
    except (SemsearchError, services.ServiceFailed, turns.TurnFailed) as error:
        print(f"bench-edits: {error}", file=sys.stderr)
        return 2
    show(found)
    measured = {"machine": hardware.describe(), **asdict(found)}
    return finish(measured, list(bars(found)), given.output)


if __name__ == "__main__":
    sys.exit(main())
