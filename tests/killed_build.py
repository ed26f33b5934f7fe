"""Build an index and die without a word during a step: `test_building` runs this.

    python -m tests.killed_build INDEX STEP N

It dies when STEP begins, or at its N-th report of progress. Exit code 9 when it died, 0 when there was
nothing to die of.
"""

from __future__ import annotations

import os
import sys

from semsearch.building import build_index
from tests.conftest import ENTRIES, entry

CHANGED = (*ENTRIES[1:], entry("Scoring", "Cutting the dough before it is baked."))
"""The corpus after an edit: one entry gone, one new."""


class _Fatal:
    def __init__(self, step: str, reports: int) -> None:
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
        if self._step == self._fatal and self._left == 0:
            os._exit(9)


if __name__ == "__main__":
    dying = _Fatal(sys.argv[2], int(sys.argv[3]))
    build_index(CHANGED, sys.argv[1], model="hashed", progress=dying)
