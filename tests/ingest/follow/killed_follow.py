"""Follow in processes that are killed, one after the other, at any of their writes.

    python -m tests.ingest.follow.killed_follow SOURCE MIRROR SEED

Prints how many were killed; the last one ends by itself. A write is an SQL statement, or a call of
the system that opens a file for writing, renames or removes one.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
from functools import partial
from pathlib import Path
from typing import Any

from semsearch.core.progress import Silent
from semsearch.ingest.follow.run import follow_service
from tests.ingest.follow.test_run import LocalService

KILLS = 12
_WRITING = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "shutil.rmtree"}


class _Countdown:
    """Kills the process at its n-th write; never if n is 0."""

    left = 0

    @classmethod
    def tick(cls) -> None:
        cls.left -= 1
        if cls.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class _Counted(sqlite3.Connection):
    """A connection that counts its statements."""

    def execute(self, *arguments: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as there
        _Countdown.tick()
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as there
        _Countdown.tick()
        return super().executemany(*arguments)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    opens = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event in _WRITING or opens:
        _Countdown.tick()


def _follow(source: Path, mirror: Path) -> None:
    with LocalService(source) as service:
        follow_service(
            mirror, service, once=True, page=15, progress=Silent(), tell=lambda text: None
        )


def main(source: Path, mirror: Path, seed: int) -> int:
    """Follow until one is not killed, and return the number of those that were."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    sys.addaudithook(_hear)
    sqlite3.connect = partial(sqlite3.connect, factory=_Counted)  # type: ignore[assignment]
    for kills in range(KILLS + 1):
        # later and later, so that all steps have their turn
        _Countdown.left = 0 if kills == KILLS else chance.randrange(1, 20 + 80 * kills)
        child = os.fork()
        if not child:
            _follow(source, mirror)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            return kills
        if not os.WIFSIGNALED(status):
            sys.exit(f"it failed with {status} after {kills} kills")
    sys.exit("it never ended")


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))  # noqa: T201
