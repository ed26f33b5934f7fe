"""The short form of `benchmarks.torture.soak`, and that it notices what grows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.torture import soak
from benchmarks.torture.kill import PromiseBroken
from benchmarks.torture.soak import ProcessState


def test_a_service_is_soaked(hashed_index: Path, tmp_path: Path) -> None:
    """Two lives of some seconds under questions, edits, publishes and slow clients."""
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    said = soak.soak(index, seconds=24, lives=2, publish_s=3, is_warm=False)
    assert "questions answered" in said
    assert said.count("MB/h") == 2


def _samples(memory: float, handles: float) -> list[ProcessState]:
    return [
        ProcessState(float(n), 100 + memory * n, 80 + round(handles * n), 7, 60) for n in range(400)
    ]


def test_what_grows_is_noticed() -> None:
    """A slope is by the hour; the last quarter is compared with the second."""
    soak.check_flat(_samples(0, 0), "a life")
    assert soak.slope(_samples(0.1, 0), "memory") == pytest.approx(360)
    with pytest.raises(PromiseBroken, match=r"a life: memory grew from 115\.0 to 134\.9"):
        soak.check_flat(_samples(0.1, 0), "a life")
    with pytest.raises(PromiseBroken, match="a life: handles grew"):
        soak.check_flat(_samples(0, 0.1), "a life")
