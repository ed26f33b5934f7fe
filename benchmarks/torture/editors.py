"""Threads and processes edit the same entries at once, each with the revision that it read.

    python -m benchmarks.torture.editors --edits 10000

Each adds one to a number in a definition. An acknowledged edit that another one overwrote would be
missing from the sum. Exit code 1: one is missing.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.torture.bits import run
from benchmarks.torture.kill import PROJECT, PromiseBroken
from semsearch.core.errors import EntryConflict, IndexBusy
from semsearch.ingest import Editor
from semsearch.search.glossary import Glossary

THREADS = 8
PROCESSES = 2
COUNTERS = ("bakery:crumb", "bakery:leaven")


def torture(index: Path, edits: int) -> int:
    """Let all writers edit until each has made its share.

    Return how many edits were refused as too late.

    Raises:
        PromiseBroken: an edit was lost, or one is there that nobody made.
    """
    share = -(-edits // (THREADS + PROCESSES))
    with Editor(index, who="nobody") as editor:
        for id_ in COUNTERS:
            editor.change(id_, definition="0")
        begun = {id_: len(editor.history(id_)) for id_ in COUNTERS}
        others = [_start(index, share, seed) for seed in range(PROCESSES)]
        with ThreadPoolExecutor(THREADS) as threads:
            working = [
                threads.submit(count, editor.as_author(f"thread {n}"), share, n)
                for n in range(THREADS)
            ]
        late = sum(worked.result() for worked in working)
        for other in others:
            said, _ = other.communicate()
            if other.returncode:
                raise PromiseBroken(f"a process that edits ended with {other.returncode}")
            late += int(said)
    check(index, begun, share * (THREADS + PROCESSES))
    return late


def _start(index: Path, share: int, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.torture.editors", "--work", str(index)]
    command += ["--edits", str(share), "--seed", str(seed)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def count(editor: Editor, edits: int, seed: int) -> int:
    """Add one to a counter so many times, and return the number of conflicts."""
    chance = random.Random(seed)  # noqa: S311 - a draw, no secret
    late = 0
    while edits:
        id_ = chance.choice(COUNTERS)
        try:
            found = editor.entry(id_)
            number = int(found.entry.definition) + 1
            editor.change(id_, definition=str(number), expected=found.revision)
        except EntryConflict:
            late += 1
        except IndexBusy:  # said before anything is done
            continue
        else:
            edits -= 1
    return late


def check(index: Path, begun: dict[str, int], acknowledged: int) -> None:
    """Compare counters, histories and answers with the acknowledged edits.

    Args:
        index: where they are.
        begun: how many versions each had before.
        acknowledged: edits.

    Raises:
        PromiseBroken: they differ.
    """
    with Editor(index) as editor, Glossary.open(index) as glossary:
        numbers = {id_: int(editor.entry(id_).entry.definition) for id_ in COUNTERS}
        if sum(numbers.values()) != acknowledged:
            raise PromiseBroken(f"{acknowledged} edits were acknowledged, {numbers} are there")
        for id_, number in numbers.items():
            versions = [v.entry.definition for v in editor.history(id_)[begun[id_] :] if v.entry]
            if versions != [str(n) for n in range(1, number + 1)]:
                raise PromiseBroken(f"the history of {id_} is not one edit after the other")
            if glossary.entry(id_).definition != str(number):
                raise PromiseBroken(f"questions do not see the last edit of {id_}")


def main() -> int:
    """Read the arguments, and edit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, help="only edit this index, as one of several")
    given = parser.parse_args()
    if given.work:
        with Editor(given.work, who=f"process {given.seed}") as editor:
            print(count(editor, given.edits, given.seed))
        return 0
    return run(
        "editors",
        lambda index: (
            f"{given.edits} edits by {THREADS} threads and {PROCESSES} processes, none lost; "
            f"{torture(index, given.edits)} came too late and were refused"
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
