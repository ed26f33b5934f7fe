"""Writers are killed at moments of chance, and nothing that was acknowledged may be lost.

    python -m benchmarks.torture.kill --cycles 1000 --seed 1

After each kill the index must open, and hold every acknowledged edit and no other; the one edit
that was under way is there wholly or not at all. What questions see must be what the store holds.
Exit code 1: a promise was broken, which is printed with the seed.
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
from semsearch.storage.layout import IndexLayout
from tests.conftest import ENTRIES

LONGEST_S = 0.5
"""A writer lives at most so long after its first word."""

PROJECT = Path(__file__).parents[2]
State = dict[str, str]


class PromiseBroken(AssertionError):
    """An index is not what it must be after a kill."""


@dataclass(slots=True)
class Oracle:
    """What an index must hold: definitions by id."""

    held: State
    acknowledged: int = 0
    pending: dict[str, str | None] = field(default_factory=dict)
    """What the edit under way leads to."""

    def hear(self, line: str) -> None:
        """Take what a writer said."""
        said = json.loads(line)
        if "about" in said:
            self.pending = said["about"]
        else:
            self.held = _after(self.held, self.pending)
            self.acknowledged += 1
            self.pending = {}

    def judge(self, found: State) -> None:
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
            oracle.judge(held(index))
        except Exception as error:
            raise PromiseBroken(f"cycle {cycle} of seed {seed}: {error}") from error
    return oracle


def _edit_and_die(index: Path, oracle: Oracle, seed: int, after_s: float) -> None:
    """Let a writer edit for some time, kill it, and hear all that it said."""
    command = [sys.executable, "-m", "benchmarks.torture.writer", str(index), str(seed)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        timer = threading.Timer(after_s, writer.kill)
        for line in writer.stdout:
            if not timer.is_alive() and not timer.finished.is_set():
                timer.start()
            if line.endswith("\n"):
                oracle.hear(line)
    timer.join()
    if writer.returncode != -9:
        raise PromiseBroken(f"a writer ended by itself with {writer.returncode}")


def held(index: Path) -> State:
    """Return what the store holds, which must be what questions see."""
    with closing(EntryReader(IndexLayout(index).store)) as store:
        stored = list(store.entries())
    with Glossary.open(index) as glossary:
        shown = glossary.definitions()[0]
    if _state(shown) != _state(stored) or len(shown) != len(stored):
        raise PromiseBroken("questions see something else than the store holds")
    return _state(stored)


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
