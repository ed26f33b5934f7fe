"""How many cores a process may use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from semsearch.core import cores


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Describe a machine with sixteen cores, eight of them for this process."""
    monkeypatch.setattr(cores, "CGROUP", tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    return tmp_path


def test_affinity_counts_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other systems than Linux only state the cores of the machine, or nothing."""
    assert cores.cores() == 8
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cores.cores() == 16
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores.cores() == 1


@pytest.mark.parametrize(
    ("quota", "count"),
    [("200000 100000", 2), ("50000 100000", 1), ("250000 100000", 2), ("max 100000", 8), ("", 8)],
)
def test_the_quota_of_a_container_counts(machine: Path, quota: str, count: int) -> None:
    """Rounded down, at least one; `max` is none."""
    (machine / "cpu.max").write_text(quota + "\n")
    assert cores.cores() == count


def test_a_limit_is_a_file_of_the_container(machine: Path) -> None:
    """Without the file there is no limit."""
    assert cores.container_limit("memory.max") == ""
    (machine / "memory.max").write_text("1024\n")
    assert cores.container_limit("memory.max") == "1024"
