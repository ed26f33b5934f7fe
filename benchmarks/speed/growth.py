"""Measures time and memory by the size of the glossary: `make bench-growth`.

Corpora of each size (`dictionaries`) are built with `semsearch build`, served, and asked the same
questions, all sizes in short turns. Corpora and indexes are kept and reused; a killed build is
resumed.

    python -m benchmarks.speed.growth --sizes 20,1000,10000

Exit code 0: every bar is met, 1: one is missed, 2: nothing could be measured. A bar holds for a
size that is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.speed import contenders, dictionaries, hardware, questions, services, turns
from benchmarks.speed.bars import Bar, finish, shown
from benchmarks.speed.clients import Clients, LoadJob
from benchmarks.speed.stages import Stages
from semsearch.core.errors import SemsearchError

SMALLEST, MIDDLE, WORDNET, LARGEST = 20, 10_000, 117_659, 1_000_000
SIZES = (SMALLEST, 1_000, MIDDLE, WORDNET, LARGEST)
TURN = 60
"""Questions of each size in each round: asked, encoded, and asked over HTTP."""

RECALLED = 200
"""Questions for which the recall of nearest neighbours is measured."""

TURN_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Cost of a build.

    `was_resumed`: an earlier run had begun it, so the measured time is too short.
    """

    seconds: float
    peak_mb: float
    was_resumed: bool


@dataclass(slots=True, kw_only=True)
class Size:
    """Measurements of one size; times are medians of the rounds, in milliseconds."""

    entries: int
    built: Built
    disk_mb: float
    info: dict[str, object]
    recall: float
    start_s: float = 0.0
    resident_mb: float = 0.0
    whole_ms: list[float] = field(default_factory=list)
    search_ms: list[float] = field(default_factory=list)
    encode_ms: list[float] = field(default_factory=list)

    @property
    def whole(self) -> float:
        """A whole question over HTTP, one client."""
        return statistics.median(self.whole_ms)

    @property
    def search(self) -> float:
        """A question without its encoding; see `stages`."""
        return statistics.median(self.search_ms)


def build(corpus: Path, index: Path, model: str) -> Built:
    """Build an index unless it exists, and return the cost.

    Raises:
        ServiceFailed: the build failed; what it said stands above.
    """
    record = index.with_name(f"{index.name}.json")
    if record.exists():
        return Built(**json.loads(record.read_text(encoding="utf-8")))
    was_resumed = index.exists()
    command = ["build", f"dictionaries={corpus}", "--index", str(index), "--model", model]
    print(f"semsearch {' '.join(command)}", file=sys.stderr)
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "semsearch", *command], stdout=sys.stderr)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise services.ServiceFailed(f"the build of {index} ended with {process.returncode}")
    took = time.perf_counter() - began
    built = Built(seconds=took, peak_mb=used.ru_maxrss * 1024 / 1e6, was_resumed=was_resumed)
    record.write_text(json.dumps(asdict(built)), encoding="utf-8")
    return built


def prepare(size: int, corpus: Path, index: Path, model: str) -> Size:
    """Build an index and return its disk space, description and recall.

    Raises:
        ServiceFailed: the index cannot be built, or does not hold what was built.
    """
    built = build(corpus, index, model)
    command = [sys.executable, "-m", "semsearch", "info", "--index", str(index), "--json"]
    stated = subprocess.run(command, check=False, capture_output=True)
    if stated.returncode:
        said = stated.stderr.decode().strip()
        raise services.ServiceFailed(f"{said}; remove {index} and {index}.json to build it anew")
    info = json.loads(stated.stdout)
    if info["entries"] != size:
        raise services.ServiceFailed(f"{index} holds {info['entries']:,} entries, not {size:,}")
    asked = list(questions.Supply(list(questions.crossed(questions.own()))).next(RECALLED))
    with Stages(str(index)) as stages:
        recall = stages.recall(asked)
    disk = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    return Size(entries=size, built=built, disk_mb=disk / 1e6, info=info, recall=recall)


class Turn:
    """One size, served and open, to be asked repeatedly."""

    def __init__(self, size: Size, index: Path, clients: Clients, stack: ExitStack) -> None:
        self.size = size
        self._clients = clients
        self._supply = questions.Supply(list(questions.crossed(questions.own())))
        self._contender = contenders.ours(index)
        self._service = stack.enter_context(self._contender.running(questions.own()[0]))
        self._stages = stack.enter_context(Stages(str(index)))
        size.start_s = self._service.start_s

    def warm(self) -> None:
        """Ask what does not count, and look at the memory."""
        self._over_http(RECALLED)
        self._stages.times(self._supply.next(TURN), self._supply.next(TURN))
        self.size.resident_mb = self._service.resident_mb()

    def take(self) -> None:
        """Ask, encode, and ask over HTTP."""
        self.size.whole_ms.append(self._over_http(TURN))
        asked, encoded = self._stages.times(self._supply.next(TURN), self._supply.next(TURN))
        encode = statistics.median(encoded)
        self.size.encode_ms.append(encode)
        self.size.search_ms.append(statistics.median(asked) - encode)

    def _over_http(self, count: int) -> float:
        paths = [self._contender.request(question) for question in self._supply.next(count)]
        job = LoadJob(port=self._contender.port, paths=paths, clients=1, seconds=TURN_LIMIT_S)
        tally = self._clients.run(job)
        if len(tally.good_ms) < count:
            raise services.ServiceFailed(f"of {count} questions came {dict(tally.statuses)}")
        return statistics.median(tally.good_ms)


def measure(sizes: Sequence[Size], index_of: Callable[[int], Path], rounds: int) -> None:
    """Serve all sizes at once, ask them in turn, and store the results in them.

    Raises:
        ServiceFailed: a service did not start, or did not answer.
    """
    with Clients() as clients, ExitStack() as stack:
        turn = [Turn(size, index_of(size.entries), clients, stack) for size in sizes]
        for one in turn:
            one.warm()
        for _ in range(rounds):
            for one in turn:
                one.take()


def bars(sizes: Sequence[Size]) -> Iterable[Bar]:
    """Yield the bars of the sizes that were measured."""
    by_entries = {size.entries: size for size in sizes}
    smallest, middle = by_entries.get(SMALLEST), by_entries.get(MIDDLE)
    if wordnet := by_entries.get(WORDNET):
        name = f"{WORDNET:,} entries: "
        yield Bar(name=f"{name}search stage, median", reached=wordnet.search, asked=1, unit="ms")
        yield Bar(name=f"{name}recall@10", reached=wordnet.recall, asked=0.98, is_at_least=True)
    if not (largest := by_entries.get(LARGEST)):
        return
    name = f"{LARGEST:,} entries: "
    yield Bar(name=f"{name}recall@10", reached=largest.recall, asked=0.97, is_at_least=True)
    yield Bar(name=f"{name}start to first answer", reached=largest.start_s, asked=10, unit="s")
    memory = largest.resident_mb
    yield Bar(name=f"{name}resident memory", reached=memory, asked=1_500, unit="MB")
    if smallest:
        ratio = largest.whole / smallest.whole
        yield Bar(name=f"{name}whole question, against {SMALLEST}", reached=ratio, asked=2.5)
    if middle:
        ratio = largest.search / middle.search
        yield Bar(name=f"{name}search stage, against {MIDDLE:,}", reached=ratio, asked=4)


def show(sizes: Sequence[Size]) -> None:
    """Print a row for each size."""
    names = ["entries", "search ms", "whole ms", "recall@10", "start s", "memory MB", "B/entry"]
    names += ["build s", "entries/s", "disk MB"]
    print("".join(f"{name:>12}" for name in names))
    for size in sizes:
        seconds = size.built.seconds
        cells = [size.search, size.whole, size.recall, size.start_s, size.resident_mb]
        cells += [bytes_per_entry(size, sizes[0]), seconds, size.entries / seconds, size.disk_mb]
        print(f"{size.entries:>12,}" + "".join(f"{shown(cell):>12}" for cell in cells))
    print()


def bytes_per_entry(size: Size, smallest: Size) -> float:
    """Return the additional resident memory of an entry, relative to the smallest size.

    0 for that.
    """
    more = size.entries - smallest.entries
    return (size.resident_mb - smallest.resident_mb) * 1e6 / more if more else 0.0


def run(given: argparse.Namespace) -> int:
    """Build and measure the sizes, show and write it, and return the exit code."""
    wanted = sorted({int(size) for size in given.sizes.split(",")})
    folder: Path = given.folder / Path(given.model).name

    def index_of(size: int) -> Path:
        return folder / str(size)

    sizes = []
    for size in wanted:
        corpus = given.folder / f"corpus-{size}"
        dictionaries.write(dictionaries.entries(given.dictionaries), size, corpus)
        sizes.append(prepare(size, corpus, index_of(size), given.model))
    measure(sizes, index_of, given.rounds)
    show(sizes)
    listed = [
        {
            **asdict(size),
            "whole": size.whole,
            "search": size.search,
            "bytes_per_entry": bytes_per_entry(size, sizes[0]),
        }
        for size in sizes
    ]
    measured = {"machine": hardware.describe(), "model": given.model, "sizes": listed}
    return finish(measured, list(bars(sizes)), given.output)


def main() -> int:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="entries, with commas")
    parser.add_argument("--model", default="default", help="as `semsearch build` takes it")
    parser.add_argument("--dictionaries", type=Path, default=Path("build/dicts"))
    parser.add_argument("--folder", type=Path, default=Path("build/growth"), help="what is kept")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--output", type=Path, default=Path("build/growth.json"))
    given = parser.parse_args()
    if not all(size.isdecimal() and int(size) > 1 for size in given.sizes.split(",")):
        parser.error(f"--sizes are numbers of entries, such as 20,1000; not {given.sizes}")
    try:
        return run(given)
    except (
        SemsearchError,
        dictionaries.TooFewDefinitions,
        questions.TooFewQuestions,
        services.ServiceFailed,
        turns.TurnFailed,
    ) as error:
        print(f"bench-growth: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
