"""One question through HTTP, beside a plain service, in one run.

The reference service and `semsearch serve` run at the same time and are asked the same distinct
questions in turn (A B A B), by one client over one kept-alive connection each, after a warm-up
with questions of its own. Both give ten hits. What disturbs the machine disturbs both, so the
ratio of the medians is the figure to read; the bar is a quarter. Turns of one question leave each
service with caches that the other has just filled, which costs the smaller one more; `--turn 10`
shows how much.

    python -m tests.benchmarks.latency --index index

Exit code 0: within the bar, 1: above it, 2: nothing could be measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from semsearch.errors import SemsearchError
from semsearch.importers import read_corpus
from tests.benchmarks import questions, services

BAR = 0.25
"""Our median must be at most this part of the reference's."""

LIMIT = 10
"""Hits asked for."""

FIRST = "what stops a network from memorising its data?"


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one service."""

    median_ms: float
    p95_ms: float
    p99_ms: float
    mean_ms: float
    start_s: float
    resident_mb: float

    @classmethod
    def of(cls, times_ms: Sequence[float], start_s: float, resident_mb: float) -> Figures:
        """Summarise times."""
        median, p95, p99 = np.percentile(times_ms, [50, 95, 99])
        figures = (median, p95, p99, np.mean(times_ms), start_s, resident_mb)
        return cls(*(round(float(figure), 3) for figure in figures))


@dataclass(frozen=True, slots=True)
class Report:
    """Both services, measured in one run."""

    questions: int
    entries: int
    ours: Figures
    reference: Figures

    @property
    def ratio(self) -> float:
        """Our median as a part of the reference's."""
        return self.ours.median_ms / self.reference.median_ms


def measure(
    index: Path, corpus: Sequence[str], asked: Sequence[str], warm: Sequence[str], turn: int = 1
) -> Report:
    """Run both services and ask them in turn.

    Args:
        index: an index built from `corpus`.
        corpus: paths of glossaries.
        asked: the questions whose answers are timed.
        warm: the questions asked before.
        turn: how many questions one service is asked before the other has its turn.

    Raises:
        ServiceFailed: a service did not start or answer, or they do not hold the same glossary.
    """
    entries = len(read_corpus(corpus).entries)
    port, reference_port = services.free_port(), services.free_port()
    reference_command = [sys.executable, "-m", "tests.benchmarks.reference_service"]
    reference_command += ["--port", str(reference_port), "--corpus", *corpus]
    with ExitStack() as stack:
        ours = stack.enter_context(
            services.running(services.serve(index, port), port, services.search(FIRST))
        )
        indexed = sum(glossary["entries"] for glossary in ours.get("/v1/glossaries"))
        if indexed != entries:
            raise services.ServiceFailed(
                f"the index holds {indexed} entries and the corpus {entries}: "
                "build the index first, and name its --corpus"
            )
        ours.close()  # it would be closed while the other service starts
        reference = stack.enter_context(
            services.running(reference_command, reference_port, services.search(FIRST, "/search"))
        )
        for question in warm:
            reference.get("/search", q=question, limit=LIMIT)
            ours.get(services.SEARCH, q=question, limit=LIMIT)
        reference_ms: list[float] = []
        ours_ms: list[float] = []
        for start in range(0, len(asked), turn):
            turns = asked[start : start + turn]
            reference_ms += [reference.time_get("/search", q=q, limit=LIMIT) for q in turns]
            ours_ms += [ours.time_get(services.SEARCH, q=q, limit=LIMIT) for q in turns]
        return Report(
            questions=len(asked),
            entries=entries,
            ours=Figures.of(ours_ms, ours.start_s, ours.resident_mb()),
            reference=Figures.of(reference_ms, reference.start_s, reference.resident_mb()),
        )


def show(report: Report) -> None:
    """Print a table and the verdict."""
    print(f"{report.questions} distinct questions, {report.entries} entries, one client, in turn")
    print()
    print(f"{'':<28}{'reference':>12}{'semsearch':>12}")
    rows = (
        ("median, ms", "median_ms", 2),
        ("p95, ms", "p95_ms", 2),
        ("p99, ms", "p99_ms", 2),
        ("mean, ms", "mean_ms", 2),
        ("start to first answer, s", "start_s", 2),
        ("resident memory, MB", "resident_mb", 0),
    )
    for label, name, digits in rows:
        cells = (getattr(figures, name) for figures in (report.reference, report.ours))
        print(f"{label:<28}" + "".join(f"{cell:>12.{digits}f}" for cell in cells))
    print()
    verdict = "ok" if report.ratio <= BAR else "MISSED"
    print(f"ratio of the medians: {report.ratio:.3f}, at most {BAR}: {verdict}")


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, default=Path("index"), help="a built index")
    parser.add_argument("--corpus", nargs="+", default=["corpus"], help="what it was built from")
    parser.add_argument("--questions", type=int, default=200, help="how many are timed")
    parser.add_argument("--warm-up", type=int, default=20, help="how many are asked before")
    parser.add_argument("--turn", type=int, default=1, help="questions asked of one in a row")
    parser.add_argument(
        "--questions-file",
        type=Path,
        help='JSONL with "query"; by default runs of nine words from the definitions',
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    if min(given.questions, given.turn) < 1 or given.warm_up < 0:
        parser.error("--questions and --turn must be at least 1, and --warm-up at least 0")
    try:
        if given.questions_file:
            known = questions.from_file(given.questions_file)
        else:
            entries = read_corpus(given.corpus).entries
            known = questions.from_definitions(entry.definition for entry in entries)
        chosen = questions.spread(known, given.warm_up + given.questions)
        warm, asked = chosen[: given.warm_up], chosen[given.warm_up :]
        report = measure(given.index, given.corpus, asked, warm, given.turn)
    except (SemsearchError, questions.TooFewQuestions, services.ServiceFailed) as error:
        print(f"latency: {error}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps({**asdict(report), "ratio": round(report.ratio, 4), "bar": BAR}))
    else:
        show(report)
    return int(report.ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
