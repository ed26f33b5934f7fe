"""Faults at the beginning or the end of a step, caused through the progress that reports it."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Sequence

from benchmarks.torture.kill import PromiseBroken

FAULTS = ("kill", "error", "delay")
PLACES = ("begin", "end")


class StepRecorder:
    """Progress that records the names of the steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def start(self, step: str, total: int) -> None:
        """Record the step."""
        self.steps.append(step)

    def advance(self, parts: int) -> None:
        """Ignore how far a step is."""


class FaultAtStep:
    """Progress that calls a function when a given step begins or ends."""

    def __init__(self, step: str, place: str, do: Callable[[], None]) -> None:
        self._where = (step, place)
        self._do = do
        self._step, self._left = "", 0

    def start(self, step: str, total: int) -> None:
        """Call the function if this step begins."""
        self._step, self._left = step, total
        self._act_if_here("begin")

    def advance(self, parts: int) -> None:
        """Call the function if this step ends."""
        self._left -= parts
        if self._left <= 0:
            self._act_if_here("end")

    def _act_if_here(self, place: str) -> None:
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
    """Compare the steps that were reported with those that faults are injected at.

    Raises:
        PromiseBroken: they differ.
    """
    if tuple(found) != tuple(tried):
        raise PromiseBroken(f"{what} has the steps {list(found)}, tried are {list(tried)}")
