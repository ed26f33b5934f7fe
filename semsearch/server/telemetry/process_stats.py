"""Memory and processor time of processes, from /proc (proc(5)). Other systems tell nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessStats:
    """Of one process: memory in bytes, with and without the part of others, and CPU seconds."""

    resident: int
    proportional: int | None
    cpu_s: float


def is_alive(pid: int) -> bool:
    """Whether a process of this user runs."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    with suppress(OSError, IndexError):  # one that was killed stays until it is waited for
        return _fields(pid)[0] not in {"Z", "X"}
    return True


def stats_of(pid: int) -> ProcessStats | None:
    """Return the figures of a process; None if it has ended or the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        pages = int((_PROC / str(pid) / "statm").read_text("ascii").split()[1])
        fields = _fields(pid)
        ticks = int(fields[11]) + int(fields[12])
        return ProcessStats(
            pages * os.sysconf("SC_PAGE_SIZE"),
            _proportional(pid),
            ticks / os.sysconf("SC_CLK_TCK"),
        )
    return None


def _fields(pid: int) -> list[str]:
    """Return the fields of `stat` after the name in brackets, which may have spaces."""
    return (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()


def _proportional(pid: int) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return None
