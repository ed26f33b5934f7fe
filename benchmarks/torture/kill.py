"""Kills writers at random moments; no acknowledged edit may be lost.

    python -m benchmarks.torture.kill --cycles 1000 --seed 1

After each kill the index must open, and hold every acknowledged edit and no other. The edit that
was running is there completely or not at all. Answers must show what the store holds. Exit code 1:
one of these failed; the message has the seed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.core.entries import Entry
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from tests.small_glossary import ENTRIES

LONGEST_S = 0.5
"""Longest life of a writer after its first line."""

PROJECT = Path(__file__).parents[2]
State = dict[str, str]


class PromiseBroken(AssertionError):
    """The index is not in a state that is allowed after a fault."""


@dataclass(slots=True)
class Oracle:
    """The expected content of an index: definitions by id."""

    held: State
    acknowledged: int = 0
    pending: dict[str, str | None] = field(default_factory=dict)
    """The state after the edit that is running."""

    def record(self, line: str) -> None:
        """Take what a writer said."""
        said = json.loads(line)
        if "about" in said:
            self.pending = said["about"]
        else:
            self.held = _after(self.held, self.pending)
            self.acknowledged += 1
            self.pending = {}

    def check(self, found: State) -> None:
        """Compare with what an index holds, and go on from there.

        Raises:
            PromiseBroken: neither the state before the edit under way nor the one after it.
        """
        if found not in (self.held, _after(self.held, self.pending)):
            lost = sorted(self.held.keys() - found.keys() - self.pending.keys())
            phantoms = sorted(found.keys() - self.held.keys() - self.pending.keys())
            raise PromiseBroken(
                f"lost {lost[:5]}, phantoms {phantoms[:5]}, under way {self.pending}"
            )
        self.held, self.pending = found, {}


def _after(state: State, change: Mapping[str, str | None]) -> State:
    merged: dict[str, str | None] = {**state, **change}
    return {id_: text for id_, text in merged.items() if text is not None}


def torture(index: Path, cycles: int, seed: int) -> Oracle:
    """Start and kill writers of an index; see the module.

    Raises:
        PromiseBroken: the index is not what it must be.
    """
    chance = random.Random(seed)  # noqa: S311 - a draw, no secret
    oracle = Oracle(_state(list(ENTRIES)))
    for cycle in range(cycles):
        _edit_and_die(index, oracle, chance.randrange(1 << 30), chance.uniform(0, LONGEST_S))
        try:
            oracle.check(held(index))
        except Exception as error:
            raise PromiseBroken(f"cycle {cycle} of seed {seed}: {error}") from error
    return oracle


def _edit_and_die(index: Path, oracle: Oracle, seed: int, after_s: float) -> None:
    """Let a writer edit for some time, kill it, and read all that it printed."""
    command = [sys.executable, "-m", "benchmarks.torture.writer", str(index), str(seed)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        timer = threading.Timer(after_s, writer.kill)
        for line in writer.stdout:
            if not timer.is_alive() and not timer.finished.is_set():
                timer.start()
            if line.endswith("\n"):
                oracle.record(line)
    timer.join()
    if writer.returncode != -9:
        raise PromiseBroken(f"a writer ended by itself with {writer.returncode}")


def held(index: Path) -> State:
    """Return the content of the store, after checking that answers show the same."""
    with closing(EntryReader(IndexLayout(index).store)) as store:
        stored = list(store.entries())
    with Glossary.open(index) as glossary:
        shown = glossary.definitions()[0]
    if _state(shown) != _state(stored) or len(shown) != len(stored):
        raise PromiseBroken("questions see something else than the store holds")
    return _state(stored)


def check_entry(index: Path, id_: str, words: str) -> None:
    """Check that the index opens, shows what its store holds, and holds this text of an entry.

    Raises:
        PromiseBroken: it does not.
    """
    if (found := held(index)[id_]) != words:
        raise PromiseBroken(f"{id_} is {found!r} instead of {words!r}")


def _state(entries: list[Entry]) -> State:
    return {entry.id: entry.definition for entry in entries}


def main() -> int:
    """Read the arguments, and kill."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="semsearch-torture-") as folder:
        index = Path(folder) / "index"
        build_index(ENTRIES, index, model="hashed")
        try:
            oracle = torture(index, given.cycles, given.seed)
        except PromiseBroken as error:
            print(f"kill: {error}", file=sys.stderr)
            return 1
    print(
        f"{given.cycles} kills (seed {given.seed}): {oracle.acknowledged} acknowledged edits, none lost, "
        f"{len(oracle.held)} entries at the end"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
