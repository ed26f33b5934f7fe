"""Measures semsearch beside a plain service and txtai, in one run: `make bench`.

All three run at the same time over the same glossary and return ten hits. They are asked in short
turns by the same clients with the same distinct questions, so other work on the machine affects all
alike. A ratio is that of one round; its median over the rounds counts. Times are pooled over the
rounds. Once a round the encoder of the index runs by itself, without HTTP or search: the ceiling.

    python -m benchmarks.speed.compare --index index --corpus corpus

Exit code 0: every bar is met, 1: one is missed, 2: nothing could be measured.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from benchmarks.speed import (
    budgets,
    build_rate,
    contenders,
    dictionaries,
    hardware,
    questions,
    services,
    turns,
)
from benchmarks.speed.bars import Bar, finish, shown
from benchmarks.speed.build_rate import BuildRate
from benchmarks.speed.clients import Clients, LoadJob
from benchmarks.speed.contenders import OURS, PLAIN, TXTAI, ComparedService
from benchmarks.speed.raw import Raw
from benchmarks.speed.rounds import RAW, REPEATING, WORKLOADS, Rounds
from semsearch.core.errors import SemsearchError

FIRST = "what stops a network from memorising its data?"
"""The question whose answer ends a start."""

_BUSY = (REPEATING, False)
_REPEATED = (REPEATING, True)
_ALONE = (1, False)


def ceiling(clients: Clients) -> float:
    """Return the requests a second that a service without work answers to the clients."""
    port = services.free_port()
    command = [sys.executable, "-m", "benchmarks.speed.trivial_service", str(port)]
    with services.running(command, port, "/"):
        paths = [f"{services.SEARCH}?q=nothing"] * 200_000
        return clients.run(LoadJob(port=port, paths=paths, clients=REPEATING, seconds=2)).rate


def measure(
    index: Path, asked: Sequence[ComparedService], clients: Clients, given: argparse.Namespace
) -> tuple[Rounds, dict[str, float]]:
    """Start and ask all services; return the rounds, and the peak memory in MB by name.

    Raises:
        ServiceFailed: a service did not start or answer.
    """
    rounds = Rounds(asked, clients, given.seconds)
    for _ in range(given.starts - 1):
        for contender in asked:
            with contender.running(FIRST) as service:
                rounds.starts[contender.name].append(service.start_s)
    with ExitStack() as stack:
        running = {}
        for contender in asked:
            service = stack.enter_context(contender.running(FIRST))
            rounds.starts[contender.name].append(service.start_s)
            running[contender.name] = service
        encoder = stack.enter_context(Raw(str(index)))
        for contender in asked:
            rounds.warm(contender)
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
            rounds.round(encoder)
        return rounds, {name: service.peak_mb() for name, service in running.items()}


def bars(rounds: Rounds, peaks: dict[str, float]) -> Iterable[Bar]:
    """Yield the bars of the service."""
    found = rounds.found

    def times(name: str, workload: tuple[int, bool], percent: float) -> float:
        ours = found[OURS][workload].percentile(percent)
        return ours / found[name][workload].percentile(percent)

    for name in (PLAIN, TXTAI):
        reached = rounds.ratio(_BUSY, found[name][_BUSY].rates)
        what = f"throughput, {REPEATING} clients, distinct questions, against {name}"
        yield Bar(name=what, reached=reached, asked=10, is_at_least=True)
    reached = rounds.ratio(_BUSY, rounds.raw)
    yield Bar(name=f"the same against the {RAW}", reached=reached, asked=0.65, is_at_least=True)
    for name in (PLAIN, TXTAI):
        reached = times(name, _ALONE, 50)
        yield Bar(name=f"median, one client, against {name}", reached=reached, asked=0.22)
    reached = times(PLAIN, _BUSY, 99)
    yield Bar(name=f"p99, {REPEATING} clients, against {PLAIN}", reached=reached, asked=1 / 8)
    reached = rounds.ratio(_REPEATED, found[OURS][_BUSY].rates)
    what = "throughput, repeated questions against distinct ones"
    yield Bar(name=what, reached=reached, asked=4, is_at_least=True)
    ours, theirs = (statistics.median(rounds.starts[name]) for name in (OURS, PLAIN))
    yield Bar(name=f"start to first answer, against {PLAIN}", reached=ours / theirs, asked=0.12)
    reached = peaks[OURS] / peaks[PLAIN]
    yield Bar(name=f"peak memory, against {PLAIN}", reached=reached, asked=0.3)
    errors = sum(asked.errors for asked in found[OURS].values())
    yield Bar(name="questions without an answer", reached=errors, asked=0)


def build_bars(rate: BuildRate) -> Iterable[Bar]:
    """Yield the bars of a build."""
    what = "build rate against SentenceTransformer.encode"
    yield Bar(name=what, reached=rate.ratio, asked=3, is_at_least=True)
    what = "of the ten nearest definitions the same as with its vectors"
    yield Bar(name=what, reached=rate.agreement, asked=0.98, is_at_least=True)


def show(rounds: Rounds, peaks: dict[str, float]) -> None:
    """Print the measurements of each service."""
    names = list(rounds.found)
    print(f"{'':<46}" + "".join(f"{name:>16}" for name in names))
    for workload in WORKLOADS:
        clients, repeats = workload
        label = f"{clients} client{'s' * (clients > 1)}{', repeated' * repeats}"
        asked = [rounds.found[name][workload] for name in names]
        _row(f"{label}: answers a second", (statistics.median(a.rates) for a in asked))
        _row(f"{label}: median, ms", (a.percentile(50) for a in asked))
        _row(f"{label}: p99, ms", (a.percentile(99) for a in asked))
        _row(f"{label}: errors", (a.errors for a in asked))
    _row("start to first answer, s", (statistics.median(rounds.starts[n]) for n in names))
    _row("peak memory, MB", (peaks[name] for name in names))
    print(f"{RAW}: {shown(statistics.median(rounds.raw))} questions a second\n")


def _row(label: str, values: Iterable[float]) -> None:
    print(f"{label:<46}" + "".join(f"{shown(value):>16}" for value in values))


def figures(rounds: Rounds, peaks: dict[str, float]) -> dict[str, object]:
    """Return the measurements, for JSON."""
    by_name = {}
    for name, workloads in rounds.found.items():
        asked = {
            f"{clients}{' repeated' * repeats}": workloads[clients, repeats].figures()
            for clients, repeats in WORKLOADS
        }
        starts = rounds.starts[name]
        by_name[name] = {
            "clients": asked,
            "start_s": statistics.median(starts),
            "starts_s": starts,
            "peak_mb": peaks[name],
        }
    encoder = {"rate": statistics.median(rounds.raw), "rates": rounds.raw}
    return {"services": by_name, RAW: encoder}


def _definitions(folder: Path, count: int) -> list[tuple[str, str]]:
    """Return terms and definitions of WordNet, no definition twice."""
    by_text = {one.text: one.term for one in dictionaries.wordnet(folder)}
    return [(term, text) for text, term in islice(by_text.items(), count)]


def run(given: argparse.Namespace) -> int:
    """Measure everything, show and write it, and return the exit code."""
    defined = _definitions(given.wordnet, build_rate.FIRST + given.definitions)
    with tempfile.TemporaryDirectory() as folder, Clients() as clients:
        asked = [
            contenders.plain(given.corpus),
            contenders.txtai(given.txtai, given.corpus, Path(folder)),
            contenders.ours(given.index),
        ]
        drives = ceiling(clients)
        print(f"the clients drive {shown(drives)} requests a second", file=sys.stderr)
        rounds, peaks = measure(given.index, asked, clients, given)
    show(rounds, peaks)
    small = budgets.measure(given.index, FIRST)
    print("builds", file=sys.stderr)
    rate = build_rate.measure(defined, given.definitions, given.builds)
    print(
        f"built: {shown(statistics.median(rate.ours))} texts a second, "
        f"{shown(statistics.median(rate.reference))} by SentenceTransformer.encode\n"
    )
    measured = {
        "machine": hardware.describe(),
        "rounds": given.rounds,
        "seconds": given.seconds,
        "clients_drive": drives,
        **figures(rounds, peaks),
        "build": {**asdict(rate), "ratio": rate.ratio},
    }
    return finish(measured, [*bars(rounds, peaks), *build_bars(rate), *small], given.output)


def main() -> int:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, default=Path("index"), help="a built index")
    parser.add_argument("--corpus", nargs="+", default=["corpus"], help="what it was built from")
    parser.add_argument("--txtai", type=Path, default=Path("build/txtai/bin/python"))
    parser.add_argument("--wordnet", type=Path, default=Path("build/dicts/wordnet"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of a turn")
    parser.add_argument("--starts", type=int, default=3, help="of each service")
    parser.add_argument("--definitions", type=int, default=4_000, help="that are built")
    parser.add_argument("--builds", type=int, default=3, help="of as many")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    given = parser.parse_args()
    if min(given.rounds, given.starts, given.builds, given.seconds) <= 0:
        parser.error("--rounds, --starts, --builds and --seconds must be positive")
    if given.definitions < build_rate.FEWER:
        parser.error(f"--definitions must be at least {build_rate.FEWER}")
    try:
        return run(given)
    except (
        SemsearchError,
        questions.TooFewQuestions,
        services.ServiceFailed,
        turns.TurnFailed,
    ) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
