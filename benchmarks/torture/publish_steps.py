"""Injects a fault (kill, error, delay) at every step of a publish.

    python -m benchmarks.torture.publish_steps --times 3

An edit is made before each fault, and another one during each delay. Afterwards the index must
open, show what its store holds, and be published completely. Exit code 1: one of these failed, or a
publish has a step that is not in `STEPS`.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.torture.bits import run
from benchmarks.torture.faults import (
    FAULTS,
    PLACES,
    FaultAtStep,
    StepRecorder,
    check_known,
    die,
    fail,
)
from benchmarks.torture.kill import PROJECT, PromiseBroken, check_entry
from semsearch.core.errors import StoredIndexError
from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.publish import pending, publish_edits
from semsearch.storage.files.layout import IndexLayout

STEPS = (
    "preparing",
    "vectors",
    "phrases",
    "tokens",
    "entries",
    "links and mentions",
    "words",
    "map",
    "measuring",
    "checksums",
    "publishing",
)
CHANGED = "bakery:crumb"
DELAY_S = 0.05


def torture(index: Path, times: int, places: Sequence[str] = PLACES) -> int:
    """Try every fault at every step, in some of its `PLACES`, and return how many were tried.

    Raises:
        PromiseBroken: the index is not what it must be, or a step is unknown.
    """
    with Editor(index, who="torture") as editor:  # without a phrase their step has nothing to do
        editor.change(CHANGED, details={"asked_as": ("what is soft in a loaf",)})
    recording = StepRecorder()
    publish_edits(IndexLayout(index), recording)
    check_known("publishing", recording.steps, STEPS)
    tried = 0
    for _ in range(times):
        for step in STEPS:
            for place in places:
                for fault in FAULTS:
                    try:
                        _try(index, step, place, fault)
                    except PromiseBroken as error:
                        raise PromiseBroken(f"{fault} at {place} of {step!r}: {error}") from error
                    tried += 1
    return tried


def _try(index: Path, step: str, place: str, fault: str) -> None:
    """Edit, let a publish meet a fault, and check the index."""
    layout = IndexLayout(index)
    words = f"{fault} at {place} of {step}, {pending(layout).revision}"
    _edit(index, words)
    if fault == "delay":
        words = "meanwhile"
        editing = threading.Thread(target=_edit, args=(index, words))
        # the lock is held in the last step, so that this edit may have to wait for its end
        publish_edits(layout, FaultAtStep(step, place, lambda: _begin(editing)))
        if editing.ident is None:
            raise PromiseBroken("the step was never reached")
        editing.join()
    elif fault == "error":
        _fail(index, step, place)
    else:
        command = [
            sys.executable,
            "-m",
            "benchmarks.torture.publish_steps",
            "--die",
            step,
            place,
            str(index),
        ]
        died = subprocess.run(command, cwd=PROJECT, check=False)
        if died.returncode != -signal.SIGKILL:
            raise PromiseBroken(f"a publish that is killed there ended with {died.returncode}")
    check_entry(index, CHANGED, words)
    publish_edits(layout, Silent())
    if left := pending(layout).changes:
        raise PromiseBroken(f"{left} changes are left after publishing again")
    check_entry(index, CHANGED, words)


def _fail(index: Path, step: str, place: str) -> None:
    with suppress(StoredIndexError):
        publish_edits(IndexLayout(index), FaultAtStep(step, place, fail))
        raise PromiseBroken("an error of the disk was passed over")


def _begin(editing: threading.Thread) -> None:
    editing.start()
    editing.join(DELAY_S)


def _edit(index: Path, words: str) -> None:
    with Editor(index, who="torture") as editor:
        editor.change(CHANGED, definition=words)


def main() -> int:
    """Read the arguments, and fail at each step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--die", nargs=3, metavar=("STEP", "PLACE", "INDEX"), help="only publish")
    given = parser.parse_args()
    if given.die:
        step, place, index = given.die
        publish_edits(IndexLayout(Path(index)), FaultAtStep(step, place, die))
        return 0
    return run(
        "publish_steps",
        lambda index: (
            f"{torture(index, given.times)} faults at {len(STEPS)} steps, and nothing lost"
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
