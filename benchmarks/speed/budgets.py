"""Budgets of the command line (start time), and modules that a service must not load."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.speed import services
from benchmarks.speed.bars import Bar

HELP_RUNS = 5
HELP_BAR_S = 0.4


def help_cpu_s() -> float:
    """Return the CPU time, user and system, of one `semsearch --help`."""
    return cpu_s("-m", "semsearch", "--help")


def cpu_s(*arguments: str) -> float:
    """Return the CPU time, user and system, of one run of Python with some arguments."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(index: Path, question: str) -> list[Bar]:
    """Measure `semsearch --help`, and check the modules that `semsearch serve` has imported.

    Times are the best of several runs, because other work on the machine only ever adds to them.

    Raises:
        ServiceFailed: the service did not start or answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "modules.txt"
        imported = services.imported_by_serving(index, question, listing)
    heavy = sorted(imported.intersection(services.HEAVY))
    return [
        Bar(
            name="semsearch --help, CPU time",
            reached=min(help_cpu_s() for _ in range(HELP_RUNS)),
            asked=HELP_BAR_S,
            unit="s",
        ),
        Bar(
            name=" ".join(["packages of the reference encoder that serving imports", *heavy]),
            reached=len(heavy),
            asked=0,
        ),
    ]
