"""What the command line and the service may cost: start-up, memory, imports.

    python -m tests.benchmarks.budgets --index index

Times are the best of several runs, because other work on the machine only ever adds to them.
Exit code 0: every budget is kept, 1: one is not, 2: nothing could be measured.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks import questions, services

HELP_RUNS = 5
HELP_BAR_S = 0.4
START_RUNS = 3
QUESTIONS = 200
FIRST = "what stops a network from memorising its data?"


@dataclass(frozen=True, slots=True)
class Cost:
    """One figure and its bar, both in the unit; `spread` are all runs it is the best of."""

    name: str
    value: float
    bar: float
    unit: str
    spread: tuple[float, ...] = ()
    note: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the figure is within its bar."""
        return self.value <= self.bar


def help_cpu_s() -> float:
    """Return the CPU time, user and system, of one `semsearch --help`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "semsearch", "--help"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def start_s(index: Path) -> float:
    """Return the seconds from starting `semsearch serve` to the answer of a first question."""
    port = services.free_port()
    command = services.serve(index, port)
    with services.running(command, port, services.search(FIRST)) as service:
        return service.start_s


def serving(index: Path) -> Iterator[Cost]:
    """Ask a service distinct questions; yield its memory, and whether torch is mapped into it."""
    port = services.free_port()
    with services.running(services.serve(index, port), port, services.search(FIRST)) as service:
        definitions = _definitions(service)
        for question in questions.spread(questions.from_definitions(definitions), QUESTIONS):
            service.get(services.SEARCH, q=question)
        yield Cost(f"resident memory after {QUESTIONS} questions", service.resident_mb(), 300, "MB")
        mapped = sorted({Path(file).name for file in service.mapped_files() if "torch" in file})
    yield Cost("files of torch mapped into it", len(mapped), 0, "", note=" ".join(mapped[:3]))


def imports(index: Path) -> Cost:
    """Look at all modules a service has imported when it ends."""
    with tempfile.TemporaryDirectory() as folder:
        found = services.imported_by_serving(index, FIRST, Path(folder) / "modules.txt")
    heavy = sorted(found.intersection(services.HEAVY))
    return Cost(f"imported of {', '.join(services.HEAVY)}", len(heavy), 0, "", note=" ".join(heavy))


def measure(index: Path) -> Iterator[Cost]:
    """Measure everything, one thing after the other.

    Args:
        index: a built index.

    Raises:
        ServiceFailed: the service did not start or answer.
        TooFewQuestions: the definitions are too short to make the questions of.
    """
    yield _best("semsearch --help, CPU", [help_cpu_s() for _ in range(HELP_RUNS)], HELP_BAR_S)
    yield _best("serve to first answer", [start_s(index) for _ in range(START_RUNS)], 2.0)
    yield from serving(index)
    yield imports(index)


def _best(name: str, times_s: Sequence[float], bar: float) -> Cost:
    return Cost(name, min(times_s), bar, "s", spread=tuple(round(t, 3) for t in sorted(times_s)))


def _definitions(service: services.Service) -> list[str]:
    """Return definitions that the service itself holds: what questions are made of."""
    hits = service.get(services.SEARCH, q=FIRST, limit=100)["hits"]
    return [str(hit["definition"]) for hit in hits]


def show(cost: Cost) -> None:
    """Print one line of the table."""
    digits = 2 if cost.unit == "s" else 0
    verdict = "ok" if cost.is_kept else "MISSED"
    value, bar = f"{cost.value:.{digits}f} {cost.unit}", f"{cost.bar:g} {cost.unit}"
    runs = f"best of {' '.join(f'{run:.2f}' for run in cost.spread)}" if cost.spread else cost.note
    print(f"{cost.name:<56}{value:>10}{bar:>10}  {verdict:<7} {runs}".rstrip(), flush=True)


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, default=Path("index"), help="a built index")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    costs: list[Cost] = []
    if not given.json:
        print(f"{'':<56}{'measured':>10}{'at most':>10}")
    try:
        for cost in measure(given.index):
            costs.append(cost)
            if not given.json:
                show(cost)
    except (services.ServiceFailed, questions.TooFewQuestions) as error:
        print(f"budgets: {error}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps([{**asdict(cost), "is_kept": cost.is_kept} for cost in costs]))
    return int(not all(cost.is_kept for cost in costs))


if __name__ == "__main__":
    sys.exit(main())
