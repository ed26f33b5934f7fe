"""How many cores this process may use: an affinity mask or a container may allow fewer."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
"""Limits of a container: version 2 of Linux' control groups (cgroups(7))."""


def cores() -> int:
    """Return how many cores this process may use, by its affinity and its container's quota."""
    tells = sys.platform == "linux" and hasattr(os, "sched_getaffinity")
    usable = len(os.sched_getaffinity(0)) if tells else os.cpu_count() or 1
    quota, _, period = container_limit("cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit():
        usable = min(usable, max(1, int(quota) // int(period)))
    return usable


def container_limit(name: str) -> str:
    """Return the content of a file in `CGROUP`, or an empty text if it cannot be read."""
    with suppress(OSError):
        return (CGROUP / name).read_text("ascii").strip()
    return ""
