"""Measures what HTTP adds to an answer: CPU time of the service by kind of request.

    python -m benchmarks.speed.http_cost ../shared/glossaries/mdn [--against CHECKOUT]

One client sends requests over a kept-alive connection, in short rounds of each kind in turn. The
fastest round counts, over all threads of the service, to the nanosecond. The index is built with
the encoder `hashed`, so encoding costs nothing. `bare` is a FastAPI route in the same process: an
`async def` with two parameters that returns bytes. With another checkout, both services are
measured in the same turns. Compare ratios: other work on the machine adds to all figures.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from benchmarks.speed import hardware, services
from benchmarks.speed.bars import Bar, finish
from benchmarks.speed.cpu_time import cpu_ns
from benchmarks.speed.http_service import BARE
from semsearch.core.entries import Entry
from semsearch.importers import read_corpus

ROUND = 40
"""Requests of a round."""

_REPEATED = "q=how+does+a+browser+remember+me"
_ASKED = f"{services.SEARCH}?{_REPEATED}"


def kinds(entries: Sequence[Entry]) -> Mapping[str, Callable[[int], str]]:
    """Return the kinds of requests by name: for a turn, the path that is asked for."""

    def distinct(turn: int) -> str:
        return f"{quote(entries[turn % len(entries)].definition[:60])}+{turn}"

    def typed(turn: int) -> str:
        return quote(entries[turn % len(entries)].term[:3])

    return {
        "bare": lambda turn: f"{BARE}?q={distinct(turn)}&limit=10",
        "repeated question": lambda turn: _ASKED,
        "names": lambda turn: f"/v1/suggest?q={typed(turn)}",
        "question": lambda turn: f"{services.SEARCH}?q={distinct(turn)}",
        "page, repeated": lambda turn: f"/?{_REPEATED}",
        "page with an answer": lambda turn: f"/?q={distinct(turn)}+page",
    }


class Measured:
    """A running service, and the CPU time of each round."""

    def __init__(self, service: services.Service) -> None:
        self._pid = service.process.pid
        self._connection = HTTPConnection(services.HOST, service.port, timeout=30)
        self._rounds: dict[str, list[float]] = {}

    def ask(self, kind: str, paths: Sequence[str]) -> None:
        """Ask for a round of one kind."""
        before = cpu_ns(self._pid)
        for path in paths:
            self._connection.request("GET", path)
            response = self._connection.getresponse()
            response.read()
            if response.status != 200:
                raise services.ServiceFailed(f"{path} answered {response.status}")
        took_ms = (cpu_ns(self._pid) - before) / len(paths) / 1e6
        self._rounds.setdefault(kind, []).append(took_ms)

    def ms(self, kind: str) -> float:
        """Return the CPU time of a kind, in the round that took the least."""
        return min(self._rounds[kind][1:])


def bars(found: Measured) -> Iterable[Bar]:
    """Yield what is asked."""
    bare = found.ms("bare")
    repeated = found.ms("repeated question") / bare
    yield Bar(name="a repeated question, against the bare route", reached=repeated, asked=1.2)
    page = found.ms("page with an answer")
    yield Bar(name="a page with an answer", reached=page, asked=2.5, unit="ms")


def _running(
    checkout: Path, glossary: Path, index: Path
) -> AbstractContextManager[services.Service]:
    """Build an index with the code of a checkout, and serve it."""
    env = {"PYTHONPATH": str(checkout.resolve()), "PYTHONSAFEPATH": "1"}
    env["OPENBLAS_NUM_THREADS"] = "1"  # as `semsearch` sets it
    python = [sys.executable, "-m"]
    build = ["semsearch", "build", str(glossary), "--index", str(index), "--model", "hashed"]
    subprocess.run([*python, *build], check=True, capture_output=True, env={**os.environ, **env})
    port = services.free_port()
    serve = ["benchmarks.speed.http_service", str(index), str(port)]
    return services.running([*python, *serve], port, _ASKED, env=env)


def main() -> int:
    """Build, serve and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("glossary", type=Path, help="files of a glossary")
    parser.add_argument("--against", type=Path, help="another checkout, to compare with")
    parser.add_argument("--rounds", type=int, default=15, help="of each kind")
    parser.add_argument("--output", type=Path, default=Path("build/http.json"))
    given = parser.parse_args()
    entries = read_corpus([given.glossary]).entries
    checkouts = [Path.cwd(), *([given.against] if given.against else [])]
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        found = [
            Measured(stack.enter_context(_running(checkout, given.glossary, Path(made, str(at)))))
            for at, checkout in enumerate(checkouts)
        ]
        asked = kinds(entries)
        for at in range(given.rounds):
            for kind, path in asked.items():
                paths = [path(turn) for turn in range(at * ROUND, (at + 1) * ROUND)]
                for one in found:
                    one.ask(kind, paths)
    print(f"{'CPU time, ms':<24}" + "".join(f"{checkout.name:>12}" for checkout in checkouts))
    for kind in asked:
        print(f"{kind:<24}" + "".join(f"{one.ms(kind):>12.3f}" for one in found))
    measured = {"machine": hardware.describe(), "ms": {kind: found[0].ms(kind) for kind in asked}}
    return finish(measured, list(bars(found[0])), given.output)


if __name__ == "__main__":
    raise SystemExit(main())
