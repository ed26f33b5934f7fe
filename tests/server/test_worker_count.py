"""How many processes are started where nobody says so."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

import pytest

from semsearch.core import cores
from semsearch.server.workers import worker_count

GB = 1 << 30


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Describe a machine of eight cores and 4 GB, without a container."""
    monkeypatch.setattr(cores, "CGROUP", tmp_path)
    monkeypatch.setattr(worker_count, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    (tmp_path / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable: {4 * GB >> 10} kB\n")
    return tmp_path


def test_one_for_each_core() -> None:
    """Those that this process may use, not those of the machine."""
    assert worker_count.automatic() == 8


def test_the_quota_of_a_container_counts(machine: Path) -> None:
    """No process without a core."""
    (machine / "cpu.max").write_text("200000 100000\n")
    assert worker_count.automatic() == 2


def test_as_many_as_the_memory_holds(machine: Path) -> None:
    """What the machine has free, and what the container may still take."""
    (machine / "meminfo").write_text(f"MemAvailable: {3 * worker_count.PROCESS_BYTES >> 10} kB\n")
    assert worker_count.automatic() == 3
    (machine / "memory.max").write_text(str(GB))
    (machine / "memory.current").write_text(str(GB - 2 * worker_count.PROCESS_BYTES))
    assert worker_count.automatic() == 2
    (machine / "memory.current").write_text(str(2 * GB))
    assert worker_count.automatic() == 1


def test_where_memory_is_not_stated_cores_decide(machine: Path) -> None:
    """Other systems have no such files."""
    (machine / "meminfo").unlink()
    (machine / "memory.max").write_text("max")
    assert worker_count.memory() == sys.maxsize
    assert worker_count.automatic() == 8


@pytest.mark.parametrize(
    ("workers", "expected"), [("auto", 1), (8, 1), (64, 1), (4, 2), (2, 4), (1, 4)]
)
def test_threads_share_the_cores_of_all_processes(
    workers: int | Literal["auto"], expected: int
) -> None:
    """One where each process has a core; never more than half of the cores."""
    assert worker_count.threads(workers) == expected


@pytest.mark.parametrize(("usable", "expected"), [(1, 1), (2, 2), (3, 2), (6, 3)])
def test_a_single_process_has_two_threads_where_it_can(
    monkeypatch: pytest.MonkeyPatch, usable: int, expected: int
) -> None:
    """While one holds the interpreter, the other encodes."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(usable)), raising=False)
    assert worker_count.threads(1) == expected
