"""A publish is killed, fails or is delayed at every step that it tells of.

    python -m tests.torture.steps --times 3

An edit is made before each fault, and another one during each delay. Afterwards the index must open, show what its store holds, and
be published whole. Exit code 1: a promise was broken, or publishing has a step that is not in `STEPS`.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from semsearch.editing import Editor
from semsearch.editing.publish import pending, publish_edits
from semsearch.errors import StoredIndexError
from semsearch.progress import Silent
from semsearch.storage.layout import IndexLayout
from tests.torture.bits import run
from tests.torture.kill import PROJECT, PromiseBroken, held

STEPS = (
    "preparing",
    "vectors",
    "tokens",
    "entries",
    "links and mentions",
    "words",
    "measuring",
    "checksums",
    "publishing",
)
FAULTS = ("kill", "error", "delay")
PLACES = ("begin", "end")
CHANGED = "bakery:crumb"
DELAY_S = 0.05


class Recording:
    """A progress that keeps the names of the steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def start(self, step: str, total: int) -> None:
        """Keep it."""
        self.steps.append(step)

    def advance(self, parts: int) -> None:
        """Nothing is kept of how far a step is."""


class Faulty:
    """A progress at which a publish fails: where a step begins, or at the last that is told of it."""

    def __init__(self, index: Path, step: str, place: str, fault: str) -> None:
        self._index = index
        self._fatal, self._place, self._fault = step, place, fault
        self._step, self._left = "", 0
        self.editing: threading.Thread | None = None

    def start(self, step: str, total: int) -> None:
        """Fail here if this is where."""
        self._step, self._left = step, total
        self._look("begin")

    def advance(self, parts: int) -> None:
        """Fail here if the step is over and that is where."""
        self._left -= parts
        if self._left <= 0:
            self._look("end")

    def _look(self, place: str) -> None:
        if (self._step, place) != (self._fatal, self._place):
            return
        if self._fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._fault == "error":
            raise OSError(errno.EIO, os.strerror(errno.EIO), "a disk")
        # the lock is held in the last step, so that this edit may have to wait for its end
        self.editing = threading.Thread(target=_edit, args=(self._index, "meanwhile"))
        self.editing.start()
        self.editing.join(DELAY_S)


def torture(index: Path, times: int, places: Sequence[str] = PLACES) -> int:
    """Try every fault at every step, in some of its `PLACES`, and return how many were tried.

    Raises:
        PromiseBroken: the index is not what it must be, or a step is unknown.
    """
    _edit(index, "first")
    recording = Recording()
    publish_edits(IndexLayout(index), recording)
    check_known(recording.steps)
    tried = 0
    for _ in range(times):
        for step in STEPS:
            for place in places:
                for fault in FAULTS:
                    try:
                        _try(index, step, place, fault)
                    except PromiseBroken as error:
                        raise PromiseBroken(f"{fault} at {place} of {step!r}: {error}") from error
                    tried += 1
    return tried


def check_known(steps: list[str]) -> None:
    """Compare the steps of a publish with those that faults are tried at.

    Raises:
        PromiseBroken: they differ.
    """
    if tuple(steps) != STEPS:
        raise PromiseBroken(f"publishing has the steps {steps}, tried are {STEPS}")


def _try(index: Path, step: str, place: str, fault: str) -> None:
    """Edit, let a publish meet a fault, and look at what is left."""
    layout = IndexLayout(index)
    words = f"{fault} at {place} of {step}, {pending(layout).revision}"
    _edit(index, words)
    if fault == "delay":
        faulty = Faulty(index, step, place, fault)
        publish_edits(layout, faulty)
        if faulty.editing is None:
            raise PromiseBroken("the step was never reached")
        faulty.editing.join()
        words = "meanwhile"
    elif fault == "error":
        _fail(index, step, place)
    else:
        command = [sys.executable, "-m", "tests.torture.steps", "--die", step, place, str(index)]
        died = subprocess.run(command, cwd=PROJECT, check=False)
        if died.returncode != -signal.SIGKILL:
            raise PromiseBroken(f"a publish that is killed there ended with {died.returncode}")
    _expect(index, words)
    publish_edits(layout, Silent())
    if left := pending(layout).changes:
        raise PromiseBroken(f"{left} changes are left after publishing again")
    _expect(index, words)


def _fail(index: Path, step: str, place: str) -> None:
    with suppress(StoredIndexError):
        publish_edits(IndexLayout(index), Faulty(index, step, place, "error"))
        raise PromiseBroken("an error of the disk was passed over")


def _edit(index: Path, words: str) -> None:
    with Editor(index, who="torture") as editor:
        editor.change(CHANGED, definition=words)


def _expect(index: Path, words: str) -> None:
    """Look whether the index opens, shows what its store holds, and holds the last edit."""
    if (found := held(index)[CHANGED]) != words:
        raise PromiseBroken(f"the last edit is lost: {found!r} instead of {words!r}")


def main() -> int:
    """Read the arguments, and fail at each step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--die", nargs=3, metavar=("STEP", "PLACE", "INDEX"), help="only publish")
    given = parser.parse_args()
    if given.die:
        step, place, index = given.die
        publish_edits(IndexLayout(Path(index)), Faulty(Path(index), step, place, "kill"))
        return 0
    return run(
        "steps",
        lambda index: (
            f"{torture(index, given.times)} faults at {len(STEPS)} steps, and nothing lost"
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
