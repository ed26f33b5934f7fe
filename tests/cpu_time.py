"""Bounds on CPU time in tests of hostile input, wide enough for a slow and busy machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SLACK = 6
"""How many times as long it may take. Two busy cores took up to twice as long as an idle one, and a
cost that grows with the square of such inputs takes a hundred times as long."""


@contextmanager
def cpu_time_at_most(seconds: float) -> Iterator[None]:
    """Fail if what runs inside takes far more CPU than `seconds`, those of an idle machine."""
    start = time.process_time()
    yield
    taken = time.process_time() - start
    assert taken < SLACK * seconds, f"{taken:.1f} s of CPU, {seconds} expected"
