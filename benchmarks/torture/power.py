"""Cuts the power during edits and publishes; no acknowledged edit may be lost.

    python -m benchmarks.torture.power --cuts 200 --seed 1
    python -m benchmarks.torture.power --cuts 200 --seed 1 --without-fsync

A writer works on an ext4 in a file and is stopped at random moments. The file is copied then: it
has what was synced, and not what the system meant to write later. The copy must mount, open, hold
every acknowledged edit and no other, and accept a new one. With `--without-fsync` calls of fsync do
nothing (strace), and at least nine of ten copies must be found damaged; else this trial could not
detect a lost edit. Needs root; says so otherwise. Exit code 1: one of these failed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

from benchmarks.torture import images
from benchmarks.torture.kill import PROJECT, Oracle, PromiseBroken, held
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from tests.small_glossary import ENTRIES

BETWEEN_S = (0.05, 0.4)
FIRST_EDIT_WITHIN_S = 30.0
MUST_FAIL = 0.9
"""Least share of damaged copies when nothing is synced."""

WITHOUT_FSYNC = (
    *("strace", "-D", "-f", "-qq", "-o", os.devnull, "--seccomp-bpf"),
    *("-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:retval=0"),
)


class Writing:
    """A writer that is stopped and continued, and the lines it has printed so far."""

    def __init__(self, index: Path, seed: int, under: Sequence[str]) -> None:
        command = [*under, sys.executable, "-m", "benchmarks.torture.writer", str(index), str(seed)]
        self.process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self._said = self.process.stdout.fileno()
        os.set_blocking(self._said, False)
        self._rest = b""

    def stop(self) -> None:
        """Let it do nothing more; a call of the system that it is in is finished first."""
        self.process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            raise PromiseBroken(f"the writer ended by itself with status {status}")

    def go_on(self) -> None:
        """Let it work again."""
        self.process.send_signal(signal.SIGCONT)

    def forward_to(self, oracle: Oracle) -> None:
        """Pass on all that it has said."""
        try:
            while more := os.read(self._said, 1 << 16):
                self._rest += more
        except BlockingIOError:
            pass
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            oracle.record(line.decode())


@contextmanager
def _writing(index: Path, seed: int, under: Sequence[str]) -> Iterator[Writing]:
    writing = Writing(index, seed, under)
    with writing.process:
        try:
            yield writing
        finally:
            writing.process.kill()


def torture(cuts: int, seed: int, *, is_synced: bool = True) -> tuple[int, list[str]]:
    """Simulate power cuts and check the store after each.

    Return how many edits were acknowledged and what was found wanting.

    Raises:
        PromiseBroken: the writer ended.
    """
    chance = random.Random(seed)  # noqa: S311 - a draw, no secret
    wanting: list[str] = []
    with tempfile.TemporaryDirectory(prefix="semsearch-torture-") as name:
        folder = Path(name)
        image = images.make(folder / "disk")
        with images.mounted(image, folder / "there") as disk:
            build_index(ENTRIES, disk / "index", model="hashed")
        oracle = Oracle({entry.id: entry.definition for entry in ENTRIES})
        under = () if is_synced else WITHOUT_FSYNC
        with (
            images.mounted(image, folder / "there") as disk,
            _writing(disk / "index", chance.randrange(1 << 30), under) as writing,
        ):
            _wait_for_edit(writing, oracle)
            for cut in range(cuts):
                time.sleep(chance.uniform(*BETWEEN_S))
                writing.stop()
                writing.forward_to(oracle)
                images.copy(image, folder / "copy")
                if found := _judge(folder, oracle):
                    wanting.append(f"cut {cut} of seed {seed}: {found}")
                writing.go_on()
    return oracle.acknowledged, wanting


def _wait_for_edit(writing: Writing, oracle: Oracle) -> None:
    until = time.monotonic() + FIRST_EDIT_WITHIN_S
    while not oracle.acknowledged:
        if time.monotonic() > until:
            raise PromiseBroken("the writer acknowledged nothing")
        time.sleep(0.01)
        writing.forward_to(oracle)


def _judge(folder: Path, oracle: Oracle) -> str:
    """Return what is wrong with the copy of a disk.

    Empty if it holds what it must and takes an edit.
    """
    try:
        with images.mounted(folder / "copy", folder / "after") as disk:
            index = disk / "index"
            deepcopy(oracle).check(held(index))
            with Editor(index) as editor:
                editor.change(ENTRIES[0].id, definition="There is light again.")
            if held(index)[ENTRIES[0].id] != "There is light again.":
                return "an edit after the cut was not taken"
    except Exception as error:  # whatever it is, the copy cannot be used
        return f"{type(error).__name__}: {error}"
    return ""


def main() -> int:
    """Read the arguments, and cut."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument(
        "--without-fsync",
        action="store_true",
        help="without fsync: at least nine of ten copies must be found damaged",
    )
    given = parser.parse_args()
    reason = images.missing()
    if given.without_fsync and not reason and shutil.which("strace") is None:
        reason = "there is no strace"
    if reason:
        print(f"power: not tried, {reason}")
        return 0
    try:
        acknowledged, wanting = torture(given.cuts, given.seed, is_synced=not given.without_fsync)
    except PromiseBroken as error:
        print(f"power: {error}", file=sys.stderr)
        return 1
    how = "without fsync" if given.without_fsync else "as it is"
    print(
        f"power, {how}: {given.cuts} cuts (seed {given.seed}) during {acknowledged} acknowledged edits, "
        f"{len(wanting)} copies found wanting"
    )
    for found in wanting[:3]:
        print(f"  {found}")
    is_kept = len(wanting) >= MUST_FAIL * given.cuts if given.without_fsync else not wanting
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
