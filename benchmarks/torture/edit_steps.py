"""Injects a fault (kill, error, delay) at every step of an edit.

    python -m benchmarks.torture.edit_steps --times 3

Each edit is a request with an idempotency key. Afterwards the index holds the edit if it was
committed, and nothing of it otherwise. The same request, sent again, is carried out at most once in
all. The next edit works. During a delay questions see the former state, and other edits wait. Exit
code 1: one of these failed, or an edit has a step that is not in `STEPS`.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
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
from benchmarks.torture.kill import PROJECT, PromiseBroken, check_entry, held
from semsearch.core.errors import AnsweredBefore, IndexUnwritable
from semsearch.core.progress import Progress, Silent
from semsearch.ingest import Editor, IdempotentRequest
from semsearch.search.glossary import Glossary

STEPS = ("locking", "opening", "embedding", "writing", "remembering", "committing")
CHANGED, OTHER = "bakery:crumb", "bakery:leaven"
LAST = ("committing", "end")
"""The point where an edit is committed but not yet acknowledged."""

DELAY_S = 0.05


def torture(index: Path, times: int, places: Sequence[str] = PLACES) -> int:
    """Try every fault at every step, in some of its `PLACES`, and return how many were tried.

    Raises:
        PromiseBroken: the index is not what it must be, or a step is unknown.
    """
    recording = StepRecorder()
    edit(index, "first", recording)
    check_known("an edit", recording.steps, STEPS)
    tries = {"kill": _kill, "error": _fail, "delay": _delay}
    tried = 0
    for time in range(times):
        for step in STEPS:
            for place in places:
                for fault in FAULTS:
                    try:
                        _edit_well(index, f"{fault} at {place} of {step}, {time}")
                        tries[fault](index, step, place, f"{fault}-{step}-{place}-{time}")
                    except PromiseBroken as error:
                        raise PromiseBroken(f"{fault} at {place} of {step!r}: {error}") from error
                    tried += 1
    return tried


def edit(index: Path, words: str, progress: Progress) -> None:
    """Change an entry by a request whose key is the text."""
    with Editor(index, who="torture", progress=progress) as editor:
        _request(editor, words)


def _request(editor: Editor, words: str) -> None:
    once = IdempotentRequest(words, words.encode(), lambda _: words.encode())
    editor.as_author("torture", once).change(CHANGED, definition=words)


def _edit_well(index: Path, words: str) -> None:
    """Make an edit without a fault."""
    edit(index, words, Silent())
    check_entry(index, CHANGED, words)


def _kill(index: Path, step: str, place: str, words: str) -> None:
    before = held(index)[CHANGED]
    command = [sys.executable, "-m", "benchmarks.torture.edit_steps", "--die", step, place, words]
    died = subprocess.run([*command, str(index)], cwd=PROJECT, check=False)
    if died.returncode != -signal.SIGKILL:
        raise PromiseBroken(f"an edit that is killed there ended with {died.returncode}")
    _check_after(index, words, words if (step, place) == LAST else before)


def _fail(index: Path, step: str, place: str, words: str) -> None:
    before = held(index)[CHANGED]
    with Editor(index, who="torture", progress=FaultAtStep(step, place, fail)) as editor:
        for _ in range(
            2
        ):  # after the disk has failed nothing is written, so the second one changes nothing
            try:
                _request(editor, words)
            except IndexUnwritable:
                continue
            raise PromiseBroken("an error of the disk was passed over")
    _check_after(index, words, words if (step, place) == LAST else before)


def _check_after(index: Path, words: str, expected: str) -> None:
    """Check the text after a fault, and that the same request is then carried out at most once."""
    check_entry(index, CHANGED, expected)
    with Editor(index, who="torture") as editor:
        _repeat(editor, words, is_there=expected == words)
    check_entry(index, CHANGED, words)


def _repeat(editor: Editor, words: str, *, is_there: bool) -> None:
    """Send a request again that was carried out or not."""
    try:
        _request(editor, words)
    except AnsweredBefore as error:
        if not is_there:
            raise PromiseBroken("a request is remembered that was not carried out") from error
    else:
        if is_there:
            raise PromiseBroken("a request was carried out twice")


def _delay(index: Path, step: str, place: str, words: str) -> None:
    """Ask and edit while an edit is delayed."""
    before = held(index)[CHANGED]
    seen: list[str] = []
    meanwhile = threading.Thread(target=_edit_other, args=(index, words))

    def wait() -> None:
        meanwhile.start()
        with Glossary.open(index) as glossary:
            seen.append(glossary.entry(CHANGED).definition)
        meanwhile.join(DELAY_S)

    edit(index, words, FaultAtStep(step, place, wait))
    if not seen:
        raise PromiseBroken("the step was never reached")
    meanwhile.join()
    check_entry(index, CHANGED, words)
    if seen != [words if (step, place) == LAST else before]:
        raise PromiseBroken(f"who asked meanwhile saw {seen}")
    check_entry(index, OTHER, words)


def _edit_other(index: Path, words: str) -> None:
    with Editor(index, who="torture") as editor:
        editor.change(OTHER, definition=words)


def main() -> int:
    """Read the arguments, and fail at each step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument(
        "--die", nargs=4, metavar=("STEP", "PLACE", "WORDS", "INDEX"), help="only edit"
    )
    given = parser.parse_args()
    if given.die:
        step, place, words, index = given.die
        edit(Path(index), words, FaultAtStep(step, place, die))
        return 0
    return run(
        "edit_steps",
        lambda index: (
            f"{torture(index, given.times)} faults at {len(STEPS)} steps, nothing lost and nothing done twice"
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
