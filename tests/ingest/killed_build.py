"""Build an index in a process that dies without a word during a step.

    python -m tests.ingest.killed_build INDEX STEP N [stop]

It dies when STEP begins, or at its N-th report of progress; with `stop` it only stops there, until
it is sent SIGCONT. Exit code 9 when it died, 0 when there was nothing to die of.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from benchmarks.torture import publish_steps
from semsearch.ingest.build import build_index
from tests.conftest import ENTRIES, PROJECT, entry

CHANGED = (*ENTRIES[1:], entry("Scoring", "Cutting the dough before it is baked."))
"""The corpus after an edit: one entry gone, one new."""
STEPS = ("preparing", "embedding", "storing", *publish_steps.STEPS[1:])
"""The steps of a build, which publishes as an edit does after it has stored the corpus."""


def build_and_die(index: Path, step: str, reports: int = 0) -> int:
    """Build in another process that dies in a step, and return its exit code.

    Args:
        index: of `ENTRIES`, the index folder; the build is of `CHANGED`.
        step: the step to die in.
        reports: at which report of its progress; 0 is its beginning.
    """
    return subprocess.run(
        command(index, step, reports), cwd=PROJECT, check=False, timeout=60
    ).returncode


def command(index: Path, step: str, reports: int = 0) -> list[str]:
    """Return the command of a build that dies; see `build_and_die`."""
    return [sys.executable, "-m", "tests.ingest.killed_build", str(index), step, str(reports)]


class _Fatal:
    def __init__(self, step: str, reports: int, *, stops: bool) -> None:
        self._stops = stops
        self._fatal = step
        self._left = reports
        self._step = ""

    def start(self, step: str, total: int) -> None:
        self._step = step
        self._look()

    def advance(self, parts: int) -> None:
        self._left -= self._step == self._fatal
        self._look()

    def _look(self) -> None:
        if self._step != self._fatal or self._left:
            return
        if not self._stops:
            os._exit(9)
        self._left = -1
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    dying = _Fatal(sys.argv[2], int(sys.argv[3]), stops=sys.argv[4:] == ["stop"])
    build_index(CHANGED, sys.argv[1], model="hashed", progress=dying)
