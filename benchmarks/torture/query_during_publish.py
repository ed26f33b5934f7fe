"""Asks questions from several threads while an entry is edited and edits are published.

    python -m benchmarks.torture.query_during_publish --publishes 100

The definition of one entry says how often it was changed. An answer must show a state between that
of its question and that of its answer: not older than the last change acknowledged before the
question, not newer than the last change begun before the answer. Exit code 1: an answer does not.
"""

from __future__ import annotations

import argparse
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.torture.bits import run
from benchmarks.torture.kill import PromiseBroken
from semsearch.core.answers import Answer
from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.publish import publish_edits
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout

ASKERS = 4
EDITS = 5
"""Edits between two generations."""

CHANGED = "bakery:crumb"
QUESTION = "crumb"
_COUNT = re.compile(r"after (\d+) changes")


@dataclass(slots=True)
class Moment:
    """Numbers of changes begun and acknowledged so far; written by one thread."""

    begun: int = 0
    acknowledged: int = 0
    is_over: bool = False


def torture(index: Path, publishes: int) -> int:
    """Edit and publish while questions are asked, and return how many were.

    Raises:
        PromiseBroken: an answer shows what was not there.
    """
    moment = Moment()
    _change(index, moment)
    with (
        Glossary.open(index) as glossary,
        ThreadPoolExecutor(ASKERS) as askers,
    ):
        asking = [askers.submit(_ask, glossary, moment) for _ in range(ASKERS)]
        try:
            for _ in range(publishes):
                for _ in range(EDITS):
                    _change(index, moment)
                if not publish_edits(IndexLayout(index), Silent()):
                    raise PromiseBroken("nothing was published, though edits wait")
        finally:
            moment.is_over = True
        return sum(asked.result() for asked in asking)


def _change(index: Path, moment: Moment) -> None:
    moment.begun += 1
    with Editor(index, who="torture") as editor:
        editor.change(CHANGED, definition=f"The inside of a loaf, after {moment.begun} changes.")
    moment.acknowledged = moment.begun


def _ask(glossary: Glossary, moment: Moment) -> int:
    """Ask until all is over, and return how often."""
    asked = 0
    while not moment.is_over:
        oldest = moment.acknowledged
        answer = glossary.ask(QUESTION)
        check(answer, oldest, moment.begun)
        asked += 1
    return asked


def check(answer: Answer, oldest: int, newest: int) -> None:
    """Look whether an answer shows a state of these numbers of changes.

    Raises:
        PromiseBroken: it shows another one.
    """
    said = _COUNT.search(answer.hits[0].entry.definition) if answer.hits else None
    if said is None:
        raise PromiseBroken(f"{CHANGED} was not found first by its name: {answer.hits[:1]}")
    if not oldest <= int(said[1]) <= newest:
        raise PromiseBroken(
            f"an answer shows change {said[1]}; {oldest} was acknowledged before it was asked for, "
            f"and {newest} begun when it was given ({threading.current_thread().name})"
        )


def main() -> int:
    """Read the arguments, and ask."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--publishes", type=int, default=100)
    given = parser.parse_args()

    def ask(index: Path) -> str:
        asked = torture(index, given.publishes)
        return f"{asked} answers during {given.publishes} publishes, each of a state that was there"

    return run("asking", ask)


if __name__ == "__main__":
    sys.exit(main())
