"""Upgrade an index in a process that is killed at a step.

python -m tests.ingest.killed_upgrade INDEX STEP begin|end
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.torture.faults import FaultAtStep, die
from semsearch.ingest.upgrade import upgrade
from tests.conftest import PROJECT


def upgrade_and_die(index: Path, step: str, place: str) -> int:
    """Upgrade in another process that dies, and return its exit code."""
    command = [sys.executable, "-m", "tests.ingest.killed_upgrade", str(index), step, place]
    return subprocess.run(command, cwd=PROJECT, check=False, timeout=60).returncode


if __name__ == "__main__":
    upgrade(sys.argv[1], progress=FaultAtStep(sys.argv[2], sys.argv[3], die))
