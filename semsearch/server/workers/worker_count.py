"""How many processes `serve --workers auto` starts, and how many threads answer in each."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from semsearch.core.cores import container_limit, cores

HAS_SEVERAL = hasattr(signal, "pthread_sigmask")
"""Whether the system can hold signals back while processes start; Windows cannot, and serves by
one."""

PROCESS_BYTES = 128 << 20
"""Memory that one more process may need, twice what was measured for 20 and 594 entries
(`python -m benchmarks.speed.worker_memory INDEX`)."""

MEMINFO = Path("/proc/meminfo")


def automatic() -> int:
    """Return one process for each core, fewer where the memory is scarce; at least one.

    One where several are not supported.
    """
    if not HAS_SEVERAL:
        return 1
    return max(1, min(cores(), memory() // PROCESS_BYTES))


def threads(workers: int | Literal["auto"]) -> int:
    """Return how many threads answer questions in one of so many processes.

    While one of several holds the interpreter, others encode. Where each process has a core of its
    own, a second thread would only halve the batches: four texts take a third less time to embed
    together than two by two, and no thread waits for the interpreter of another.
    """
    usable = cores()
    share = usable // (automatic() if workers == "auto" else workers)
    return max(1, min(share, max(2, usable // 2)))


def memory() -> int:
    """Return the bytes that are free for new processes; a large number where that is not known."""
    free = [sys.maxsize]
    with suppress(OSError):
        for line in MEMINFO.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                free.append(int(line.split()[1]) << 10)
    most, used = container_limit("memory.max"), container_limit("memory.current")
    if most.isdigit() and used.isdigit():
        free.append(max(0, int(most) - int(used)))
    return min(free)
