"""Where a fault happens: at the beginning or the end of a step that a progress is told of."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Sequence

from benchmarks.torture.kill import PromiseBroken

FAULTS = ("kill", "error", "delay")
PLACES = ("begin", "end")


class Recording:
    """A progress that keeps the names of the steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def start(self, step: str, total: int) -> None:
        """Keep it."""
        self.steps.append(step)

    def advance(self, parts: int) -> None:
        """Nothing is kept of how far a step is."""


class At:
    """A progress at which something is done.

    Where a step begins, or at the last that is told of it.
    """

    def __init__(self, step: str, place: str, do: Callable[[], None]) -> None:
        self._where = (step, place)
        self._do = do
        self._step, self._left = "", 0

    def start(self, step: str, total: int) -> None:
        """Do it here if this is where."""
        self._step, self._left = step, total
        self._look("begin")

    def advance(self, parts: int) -> None:
        """Do it here if the step is over and that is where."""
        self._left -= parts
        if self._left <= 0:
            self._look("end")

    def _look(self, place: str) -> None:
        if (self._step, place) == self._where:
            self._do()


def die() -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    """Fail as a disk does.

    Raises:
        OSError: always.
    """
    raise OSError(errno.EIO, os.strerror(errno.EIO), "a disk")


def check_known(what: str, found: Sequence[str], tried: Sequence[str]) -> None:
    """Compare the steps that there are with those that faults are tried at.

    Raises:
        PromiseBroken: they differ.
    """
    if tuple(found) != tuple(tried):
        raise PromiseBroken(f"{what} has the steps {list(found)}, tried are {list(tried)}")
