"""CPU time of processes, to the nanosecond (Linux)."""

from __future__ import annotations

from pathlib import Path


def cpu_ns(*pids: int) -> int:
    """Return the CPU time of processes and their threads in nanoseconds.

    It is the first number of `schedstat` (proc(5)).
    """
    threads = (thread for pid in pids for thread in Path(f"/proc/{pid}/task").iterdir())
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)


def with_children(pid: int) -> tuple[int, ...]:
    """Return a process and those that it has started, such as the workers of a service."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (pid, *map(int, children))
