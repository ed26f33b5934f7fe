"""The short form of `benchmarks.torture.rate`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.torture import rate
from benchmarks.torture.kill import PromiseBroken
from benchmarks.torture.rate import Change, TimedQuestion


@pytest.mark.timeout(300)
def test_questions_at_a_rate_see_what_is_there(hashed_index: Path, tmp_path: Path) -> None:
    """Ten publications under fifty questions a second; how long those took is for the long form."""
    shutil.copytree(hashed_index, tmp_path / "index")
    times = rate.torture(tmp_path / "index", 10)
    assert times.questions > 10 * rate.ROUND_S * rate.RATE / 2


def test_an_old_and_a_new_answer_are_noticed() -> None:
    """Change 1 is acknowledged at 2, change 2 begun at 3 and acknowledged at 4."""
    changes = [Change(1, 1.0, 2.0), Change(2, 3.0, 4.0)]
    for sent, answered, shown in ((0.5, 0.6, 0), (1.5, 1.6, 0), (1.5, 1.6, 1), (2.5, 3.5, 2)):
        rate.check(TimedQuestion(0.0, sent, answered, shown), changes)
    rate.check(TimedQuestion(0.0, 2.5, 2.6, None), changes)
    for sent, answered, shown in ((2.5, 2.6, 0), (2.5, 2.6, 2), (4.5, 4.6, 1), (4.5, 4.6, 3)):
        with pytest.raises(PromiseBroken, match=f"an answer shows change {shown}"):
            rate.check(TimedQuestion(0.0, sent, answered, shown), changes)
