"""The short form of `benchmarks.torture.edit_steps`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.torture import edit_steps
from benchmarks.torture.faults import FaultAtStep, check_known
from benchmarks.torture.kill import PromiseBroken, held
from semsearch.core.progress import Silent


@pytest.mark.timeout(300)
def test_an_edit_may_fail_at_any_step(hashed_index: Path, tmp_path: Path) -> None:
    """Killed, with an error of the disk and delayed, at the end of each."""
    shutil.copytree(hashed_index, tmp_path / "index")
    tried = edit_steps.torture(tmp_path / "index", 1, ("end",))
    assert tried == len(edit_steps.STEPS) * 3


def test_a_step_of_an_edit_that_nothing_is_tried_at_is_noticed() -> None:
    """One more, one less."""
    for found in ([*edit_steps.STEPS, "resting"], list(edit_steps.STEPS[1:])):
        with pytest.raises(PromiseBroken, match="an edit has the steps"):
            check_known("an edit", found, edit_steps.STEPS)


def test_what_is_raised_before_the_commit_undoes_an_edit(
    hashed_index: Path, tmp_path: Path
) -> None:
    """A progress that cannot go on, an error of no disk.

    The same editor goes on, and the request is not remembered.
    """
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))

    def stop() -> None:
        raise InterruptedError("enough")

    with pytest.raises(Exception, match="enough"):
        edit_steps.edit(index, "undone", FaultAtStep("committing", "begin", stop))
    assert held(index)[edit_steps.CHANGED] == "The inside of a loaf, between the crusts."
    edit_steps.edit(index, "undone", Silent())
    assert held(index)[edit_steps.CHANGED] == "undone"
