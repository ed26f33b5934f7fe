"""Measures what metrics and the log take of an answer: CPU time and time of a question over HTTP.

    python -m benchmarks.speed.telemetry_cost --index index [--repeated]

Four services of one index run side by side: without both, with metrics, with the log, and with
both. One client sends each of them the same different questions, in short rounds in turn; with
`--repeated`, a question that the cache has. The fastest round counts, over all processes and
threads of the service, to the nanosecond: other work on the machine only adds to the others.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path

from benchmarks.speed import hardware, questions, services
from benchmarks.speed.bars import Bar, finish
from benchmarks.speed.cpu_time import cpu_ns, with_children

ROUND = 40
"""Requests of a round."""

OFF = "without both"
OPTIONS: Mapping[str, Sequence[str]] = {
    OFF: ("--log-level", "error"),
    "metrics": ("--log-level", "error", "--metrics-port", "0"),
    "log": ("--log-format", "json"),
    "both": ("--log-format", "json", "--metrics-port", "0"),
}
_FIRST = services.search("what is an epoch?")


class Observed:
    """A running service, and its figures of each round."""

    def __init__(self, service: services.Service) -> None:
        self._pid = service.process.pid
        self._port = service.port
        self._cpu_us: list[float] = []
        self._us: list[float] = []

    def ask(self, paths: Sequence[str]) -> None:
        """Ask for a round.

        Raises:
            ServiceFailed: something else than a good answer came.
        """
        connection = HTTPConnection(services.HOST, self._port, timeout=60)
        connection.connect()
        pids = with_children(self._pid)
        cpu, began = cpu_ns(*pids), time.perf_counter_ns()
        for path in paths:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise services.ServiceFailed(f"{path} answered {response.status}")
        took = time.perf_counter_ns() - began
        connection.close()
        self._us.append(took / len(paths) / 1000)
        self._cpu_us.append((cpu_ns(*pids) - cpu) / len(paths) / 1000)

    @property
    def cpu_us(self) -> float:
        """The CPU time of an answer in the round that took the least."""
        return min(self._cpu_us[1:])

    @property
    def us(self) -> float:
        """The time of an answer in the fastest round."""
        return min(self._us[1:])


def main() -> int:
    """Serve, ask and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--rounds", type=int, default=60, help="of each service")
    parser.add_argument("--repeated", action="store_true", help="ask what the cache has")
    parser.add_argument("--output", type=Path, default=Path("build/telemetry.json"))
    given = parser.parse_args()
    asked = map(services.search, cycle(questions.crossed(questions.own())))
    with ExitStack() as stack:
        found: dict[str, Observed] = {}
        for name, options in OPTIONS.items():
            port = services.free_port()
            command = [*services.serve(given.index, port), "--workers", "1", *options]
            found[name] = Observed(stack.enter_context(services.running(command, port, _FIRST)))
        for _ in range(given.rounds):
            paths = [_FIRST] * ROUND if given.repeated else list(islice(asked, ROUND))
            for one in found.values():
                one.ask(paths)
    base = found[OFF]
    print(f"{'':<16}{'CPU, us':>12}{'ratio':>9}{'time, us':>12}{'ratio':>9}")
    for name, one in found.items():
        cpu, took = one.cpu_us, one.us
        print(f"{name:<16}{cpu:>12.0f}{cpu / base.cpu_us:>9.3f}{took:>12.0f}{took / base.us:>9.3f}")
    measured = {
        "machine": hardware.describe(),
        "cpu_us": {name: one.cpu_us for name, one in found.items()},
        "us": {name: one.us for name, one in found.items()},
    }
    bars = [
        Bar(
            name=f"time of an answer with {name}, against none",
            reached=found[name].us / base.us,
            asked=1.02,
        )
        for name in ("metrics", "both")
    ]
    return finish(measured, bars, given.output)


if __name__ == "__main__":
    raise SystemExit(main())
