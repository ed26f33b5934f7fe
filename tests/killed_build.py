"""Build an index and die without a word at the n-th report of progress: `test_building` runs this.

    python -m tests.killed_build INDEX N

Exit code 9 when it died, 0 when the build had fewer reports than that.
"""

from __future__ import annotations

import os
import sys

from semsearch.building import build_index
from tests.conftest import ENTRIES, entry

CHANGED = (*ENTRIES[1:], entry("Scoring", "Cutting the dough before it is baked."))
"""The corpus after an edit: one entry gone, one new."""


class _Fatal:
    def __init__(self, at: int) -> None:
        self._left = at

    def start(self, step: str, total: int) -> None:
        self._count()

    def advance(self, parts: int) -> None:
        self._count()

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            os._exit(9)


if __name__ == "__main__":
    build_index(CHANGED, sys.argv[1], model="hashed", progress=_Fatal(int(sys.argv[2])))
