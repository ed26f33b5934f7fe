"""CPU time of processes for benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.speed.cpu_time import cpu_ns, with_children


@pytest.mark.process
@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="Linux only")
def test_work_of_a_child_counts() -> None:
    """A service of several processes answers in its children."""
    code = "sum(range(3_000_000)); print(flush=True); input()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe) as child:
        assert child.stdout
        child.stdout.readline()
        pids = with_children(os.getpid())
        assert pids[0] == os.getpid()
        assert child.pid in pids
        assert 1_000_000 < cpu_ns(child.pid) < cpu_ns(*pids)
        child.communicate(b"\n")
