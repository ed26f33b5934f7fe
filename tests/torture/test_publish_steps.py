"""The short form of `benchmarks.torture.publish_steps`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.torture import publish_steps
from benchmarks.torture.faults import check_known
from benchmarks.torture.kill import PromiseBroken


@pytest.mark.timeout(300)
def test_a_publish_may_fail_at_any_step(hashed_index: Path, tmp_path: Path) -> None:
    """Killed, with an error and with an edit meanwhile, at the end of each."""
    shutil.copytree(hashed_index, tmp_path / "index")
    assert publish_steps.torture(tmp_path / "index", 1, ("end",)) == len(publish_steps.STEPS) * 3


def test_a_step_that_nothing_is_tried_at_is_noticed() -> None:
    """One more, one less."""
    for found in ([*publish_steps.STEPS, "resting"], list(publish_steps.STEPS[1:])):
        with pytest.raises(PromiseBroken, match="publishing has the steps"):
            check_known("publishing", found, publish_steps.STEPS)
