"""Measures the time of a question in two versions of semsearch, side by side in one run.

    python -m benchmarks.speed.versions OLD OLD_INDEX NEW NEW_INDEX QUESTIONS

OLD and NEW are checkouts, each with an index that it has built itself; QUESTIONS is a file of
judged questions. Both versions answer all questions in turns, each in a process of its own. A turn
gives the median time of `ask`, encoding included. Prints the medians over the turns, and the median
of the ratios of the turns.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

TURNS = 12


def serve(index: str, questions: str) -> None:
    """Ask all questions for each line of standard input, and print the median milliseconds."""
    import semsearch  # noqa: PLC0415 - of the checkout that PYTHONPATH names

    asked = [json.loads(line)["query"] for line in Path(questions).read_text().splitlines()]
    with semsearch.open(index) as glossary:
        for question in asked:
            glossary.ask(question)
        for _ in sys.stdin:
            times = []
            for question in asked:
                started = time.perf_counter()
                glossary.ask(question)
                times.append(time.perf_counter() - started)
            print(1000 * statistics.median(times), flush=True)


class Checkout:
    """One checkout, waiting for its turns."""

    def __init__(self, checkout: str, index: str, questions: str) -> None:
        paths = [str(Path(path).resolve()) for path in (index, questions)]
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "serve", *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(Path(checkout).resolve())},
        )

    def turn(self) -> float:
        """Return the median milliseconds of a question."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)


def main() -> None:
    """Print what both cost."""
    old_checkout, old_index, new_checkout, new_index, questions = sys.argv[1:]
    old = Checkout(old_checkout, old_index, questions)
    new = Checkout(new_checkout, new_index, questions)
    turns = [(old.turn(), new.turn()) for _ in range(TURNS)]
    old.close()
    new.close()
    before, after = (statistics.median(side) for side in zip(*turns, strict=True))
    ratio = statistics.median(b / a for a, b in turns)
    print(f"old {before:.2f} ms, new {after:.2f} ms, ratio of the turns {ratio:.2f}")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(*sys.argv[2:])
    else:
        main()
