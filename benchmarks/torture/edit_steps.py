"""An edit is killed, fails or is delayed at every step that it tells of.

    python -m benchmarks.torture.edit_steps --times 3

Each is a request with a key. Afterwards the index must hold the edit if it was committed, and
nothing of it otherwise; the same request sent again is carried out or was answered before, never
both; and the next edit works. What is asked or edited during a delay sees what was there before, or
waits. Exit code 1: a promise was broken, or an edit has a step that is not in `STEPS`.
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
from benchmarks.torture.faults import FAULTS, PLACES, At, Recording, check_known, die, fail
from benchmarks.torture.kill import PROJECT, PromiseBroken, held
from semsearch.core.errors import AnsweredBefore, IndexUnwritable
from semsearch.core.progress import Progress, Silent
from semsearch.ingest import Editor, IdempotentRequest
from semsearch.search.glossary import Glossary

STEPS = ("locking", "opening", "embedding", "writing", "remembering", "committing")
CHANGED, OTHER = "bakery:crumb", "bakery:leaven"
LAST = ("committing", "end")
"""Where an edit has been committed, and nobody has been told."""

DELAY_S = 0.05


def torture(index: Path, times: int, places: Sequence[str] = PLACES) -> int:
    """Try every fault at every step, in some of its `PLACES`, and return how many were tried.

    Raises:
        PromiseBroken: the index is not what it must be, or a step is unknown.
    """
    recording = Recording()
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
    """Change an entry by a request that has the words as its key too."""
    with Editor(index, who="torture", progress=progress) as editor:
        _request(editor, words)


def _request(editor: Editor, words: str) -> None:
    once = IdempotentRequest(words, words.encode(), lambda _: words.encode())
    editor.as_author("torture", once).change(CHANGED, definition=words)


def _edit_well(index: Path, words: str) -> None:
    """Make an edit that meets no fault."""
    edit(index, words, Silent())
    _expect(index, words)


def _kill(index: Path, step: str, place: str, words: str) -> None:
    before = held(index)[CHANGED]
    command = [sys.executable, "-m", "benchmarks.torture.edit_steps", "--die", step, place, words]
    died = subprocess.run([*command, str(index)], cwd=PROJECT, check=False)
    if died.returncode != -signal.SIGKILL:
        raise PromiseBroken(f"an edit that is killed there ended with {died.returncode}")
    is_there = (step, place) == LAST
    _expect(index, words if is_there else before)
    with Editor(index, who="torture") as editor:
        _repeat(editor, words, is_there=is_there)
    _expect(index, words)


def _fail(index: Path, step: str, place: str, words: str) -> None:
    before = held(index)[CHANGED]
    with Editor(index, who="torture", progress=At(step, place, fail)) as editor:
        for _ in range(
            2
        ):  # after the disk has failed nothing is written, so the second one changes nothing
            try:
                _request(editor, words)
            except IndexUnwritable:
                continue
            raise PromiseBroken("an error of the disk was passed over")
    is_there = (step, place) == LAST
    _expect(index, words if is_there else before)
    with Editor(index, who="torture") as editor:
        _repeat(editor, words, is_there=is_there)
    _expect(index, words)


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
    """Ask and edit while an edit takes its time."""
    before = held(index)[CHANGED]
    seen: list[str] = []
    meanwhile = threading.Thread(target=_edit_other, args=(index, words))

    def wait() -> None:
        meanwhile.start()
        with Glossary.open(index) as glossary:
            seen.append(glossary.entry(CHANGED).definition)
        meanwhile.join(DELAY_S)

    edit(index, words, At(step, place, wait))
    if not seen:
        raise PromiseBroken("the step was never reached")
    meanwhile.join()
    _expect(index, words)
    if seen != [words if (step, place) == LAST else before]:
        raise PromiseBroken(f"who asked meanwhile saw {seen}")
    if (found := held(index)[OTHER]) != words:
        raise PromiseBroken(f"the edit meanwhile is lost: {found!r} instead of {words!r}")


def _edit_other(index: Path, words: str) -> None:
    with Editor(index, who="torture") as editor:
        editor.change(OTHER, definition=words)


def _expect(index: Path, words: str) -> None:
    """Look whether the index opens, shows what its store holds, and holds this."""
    if (found := held(index)[CHANGED]) != words:
        raise PromiseBroken(f"there is {found!r} instead of {words!r}")


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
        edit(Path(index), words, At(step, place, die))
        return 0
    return run(
        "edit_steps",
        lambda index: (
            f"{torture(index, given.times)} faults at {len(STEPS)} steps, nothing lost and nothing done twice"
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
