"""Makes each system call of an edit and of a publish fail (ENOSPC, EIO), one at a time.

    python -m benchmarks.torture.disk

A writer edits and publishes. The n-th call of a kind fails (strace), or only so many pages are left
(a small tmpfs, as root). A refusal must say "no room" (507) or "unwritable" (503). Questions are
answered from the former state. Only acknowledged edits are there; the one exception is an edit
whose last write failed. With a good disk the next edit and publish work. Every n is tried until the
writer ends before it. Exit code 1: one of these failed.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.torture import images
from benchmarks.torture.bits import run
from benchmarks.torture.kill import PROJECT, Oracle, PromiseBroken, held
from semsearch.core.errors import StoredIndexError
from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.search.glossary import Glossary
from semsearch.server.http.store_errors import problem_type_of
from semsearch.storage.files.layout import IndexLayout
from tests.small_glossary import ENTRIES

CHANGED = "bakery:crumb"
NO_ROOM, UNWRITABLE = 507, 503


@dataclass(frozen=True, slots=True)
class Fault:
    """A system call, the error that it returns, and whether all later calls return it too."""

    call: str
    error: str
    lasts: bool = False

    def under(self, n: int, log: Path) -> list[str]:
        """Return the command under which the n-th call fails; `log` then tells of it."""
        inject = f"inject={self.call}:error={self.error}:when={n}{'+' if self.lasts else ''}"
        options = ["-f", "-qq", "--seccomp-bpf", "-e", f"trace={self.call}", "-e", inject]
        return ["strace", *options, "-o", str(log)]


FAULTS = (
    Fault("fsync", "EIO"),
    Fault("fdatasync", "EIO"),
    Fault("pwrite64", "ENOSPC", lasts=True),
    Fault("write", "ENOSPC", lasts=True),
    Fault("pwrite64", "EIO"),
    Fault("write", "EIO"),
)
FEW = {
    FAULTS[0]: (1, 4, 12),
    FAULTS[2]: (1, 3, 12),
    FAULTS[3]: (1, 6),
    FAULTS[4]: (5,),
    FAULTS[5]: (9,),
}
"""The calls that fail in the short form."""


def torture(whole: Path, fault: Fault, calls: Sequence[int] | None = None) -> Counter[int]:
    """Fail calls of a writer, by default each.

    Return how often it was refused with which status.

    Raises:
        PromiseBroken: the index is not what it must be, or an answer.
    """
    refusals: Counter[int] = Counter()
    with tempfile.TemporaryDirectory(prefix="semsearch-torture-") as folder:
        index, log = Path(folder) / "index", Path(folder) / "log"
        for n in calls or count(1):
            shutil.rmtree(index, ignore_errors=True)
            shutil.copytree(whole, index)
            try:
                refusals += _watch(index, fault.under(n, log), lambda: None)
            except PromiseBroken as error:
                raise PromiseBroken(f"{fault.error} of {fault.call} {n}: {error}") from error
            if "(INJECTED)" not in log.read_text():
                break
    return refusals


def fill(whole: Path, pages: Sequence[int] | None = None) -> Counter[int]:
    """Leave a writer so many pages, by default ever more until it needs no more.

    Return how often it was refused.

    Raises:
        PromiseBroken: the index is not what it must be, or an answer.
    """
    total: Counter[int] = Counter()
    for left in pages or count(0):
        with tempfile.TemporaryDirectory(prefix="semsearch-torture-") as folder:
            try:
                refusals = _fill(whole, Path(folder) / "small", left)
            except PromiseBroken as error:
                raise PromiseBroken(f"{left} pages left: {error}") from error
        if not refusals:
            break
        total += refusals
    return total


def _fill(whole: Path, at: Path, left: int) -> Counter[int]:
    """Run a writer on a disk with so many pages left, and then on one with room."""
    with images.memory(at) as small:
        index = Path(shutil.copytree(whole, small / "index"))
        ballast = small / "ballast"
        room = os.statvfs(small)
        ballast.write_bytes(bytes((room.f_bavail - left) * room.f_frsize))
        return _watch(index, [], ballast.unlink)


def _watch(index: Path, under: Sequence[str], mend: Callable[[], None]) -> Counter[int]:
    """Run a writer on a bad disk, check each refusal, and run it on a good one afterwards."""
    oracle = Oracle({entry.id: entry.definition for entry in ENTRIES})
    refusals: Counter[int] = Counter()
    with Glossary.open(index) as glossary, _writing(index, under) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        for line in writer.stdout:
            said = json.loads(line)
            if "refused" in said:
                refusals[said["refused"]] += 1
                _judge(oracle, said["refused"], index, glossary)
                writer.stdin.write("\n")
                writer.stdin.flush()
            else:
                oracle.record(line)
    if writer.returncode:
        raise PromiseBroken(f"the writer ended with {writer.returncode}")
    oracle.check(held(index))
    mend()
    _work_well(index)
    return refusals


def _judge(oracle: Oracle, status: int, index: Path, glossary: Glossary) -> None:
    """Check an index whose writer was just refused."""
    if status not in (NO_ROOM, UNWRITABLE):
        raise PromiseBroken(f"an edit was refused with {status}")
    before = oracle.held
    oracle.check(held(index))
    if status == NO_ROOM and oracle.held != before:
        raise PromiseBroken("something was changed, though there was no room")
    answer = glossary.ask("crumb")
    if answer.hits[0].entry.definition != oracle.held[CHANGED]:
        raise PromiseBroken(f"a question sees {answer.hits[0].entry.definition!r}")


def _work_well(index: Path) -> None:
    with Editor(index, who="torture") as editor:
        editor.change(CHANGED, definition="All is well.")
    publish_edits(IndexLayout(index), Silent())
    if held(index)[CHANGED] != "All is well.":
        raise PromiseBroken("an edit with a good disk was not taken")


@contextmanager
def _writing(index: Path, under: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    command = [*under, sys.executable, "-B", "-m", "benchmarks.torture.disk", "--work", str(index)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True) as writer:
        try:
            yield writer
        except BaseException:
            writer.kill()
            raise


def work(index: Path) -> None:
    """Edit and publish; what is refused is told, and answered by a line before the next edit."""
    logging.disable()  # what cannot be written anywhere, the log has no room for either
    with Editor(index, who="torture") as editor:
        lines = [f'{{"term": "t{n}", "definition": "Number {n} of some."}}' for n in range(3)]
        imported: dict[str, str | None] = {
            f"torture:t{n}": f"Number {n} of some." for n in range(3)
        }
        draft = Draft("Added", "What was not there.")
        _do({CHANGED: "one"}, lambda: editor.change(CHANGED, definition="one"))
        _do({"torture:added": draft.definition}, lambda: editor.add("torture", draft))
        _do(imported, lambda: editor.take("\n".join(lines), "torture", strict=True))
        _do({}, lambda: publish_edits(IndexLayout(index), Silent()))
        _do({"harbour:hull": None}, lambda: editor.delete("harbour:hull"))
        _do({CHANGED: "two"}, lambda: editor.change(CHANGED, definition="two"))
    _do({}, lambda: publish_edits(IndexLayout(index), Silent()))


def _do(about: dict[str, str | None], edit: Callable[[], object]) -> None:
    _say({"about": about})
    try:
        edit()
    except StoredIndexError as error:
        _say({"refused": problem_type_of(error).status})
        sys.stdin.readline()
    else:
        _say({"done": True})


def _say(what: dict[str, object]) -> None:
    """Write a line by a system call that never fails here."""
    os.writev(1, [json.dumps(what).encode() + b"\n"])


def missing() -> str:
    """Return why system calls cannot be made to fail here; empty where they can."""
    if shutil.which("strace") is None:
        return "there is no strace"
    command = ["strace", "-qq", "-o", os.devnull, sys.executable, "-c", ""]
    tried = subprocess.run(command, check=False, capture_output=True)
    return "strace may not follow a process" if tried.returncode else ""


def _all(index: Path) -> str:
    said = []
    for fault in FAULTS if not missing() else ():
        found = torture(index, fault)
        said.append(f"{fault.error} of {fault.call} {_counted(found)}")
    full = "" if images.missing() else f"; a small disk {_counted(fill(index))}"
    return (missing() or "refused with " + ", ".join(said)) + full


def _counted(refusals: Counter[int]) -> str:
    return " and ".join(f"{status} x {n}" for status, n in sorted(refusals.items())) or "never"


def main() -> int:
    """Read the arguments, and fail."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--work", type=Path, help="only edit and publish this index")
    given = parser.parse_args()
    if given.work:
        work(given.work)
        return 0
    return run("disk", _all)


if __name__ == "__main__":
    sys.exit(main())
