"""Processes that wait for their turn: one line of JSON in, one line of JSON out.

Programs that are compared run in processes of their own, so that none waits for the interpreter of
another. They run in short turns, so that other work on the machine affects all alike.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from semsearch.core.closeable import Closeable


class TurnFailed(Exception):
    """A process ended without an answer; its message stands above, on standard error."""


class Turns(Closeable):
    """A process of one of our modules that answers each line. It ends with the `with` block."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._module = module
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process; it holds nothing that has to be saved."""
        self.process.kill()
        self.process.communicate()

    def take(self, job: object) -> Any:  # noqa: ANN401 - any JSON
        """Send a job and wait for what comes of it.

        Raises:
            TurnFailed: the process has ended.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(job) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the line below is then empty, too
        line = self.process.stdout.readline()
        if not line:
            raise TurnFailed(f"{self._module} ended with exit code {self.process.wait()}")
        return json.loads(line)


def serve(work: Callable[[Any], object]) -> None:
    """Answer each line of standard input, until there is none: the other end of `Turns`."""
    for line in sys.stdin:
        _say(json.dumps(work(json.loads(line))) + "\n")


def _say(text: str) -> None:
    """Write a line to standard output completely.

    `print` lost what was beyond the 64 kB of a pipe now and then, after an event loop had run.
    """
    stdout = sys.stdout.fileno()
    os.set_blocking(stdout, True)
    rest = memoryview(text.encode())
    while rest:
        rest = rest[os.write(stdout, rest) :]
