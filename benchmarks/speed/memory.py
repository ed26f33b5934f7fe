"""Memory of a service, all its processes together, as Linux states it (proc_pid_smaps(5)).

Pss is not used: it divides a library among all processes of the machine that map it, so the figure
would depend on other programs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of one process, in bytes.

    `peak` is its maximum. `anonymous` is its own memory, and its share of the memory common with
    the process that it was forked from. `files` is the memory of each mapped file.
    """

    now: int
    peak: int
    anonymous: int
    files: Counter[str] = field(default_factory=Counter)


def group(leader: int) -> list[int]:
    """Return the processes whose group a process leads."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            # the second field is a name in brackets, which may hold blanks (proc_pid_stat(5))
            _, _, number, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(number) == leader:
                found.append(int(folder.name))
    return found


def of(pids: list[int]) -> Iterator[Memory]:
    """Yield the memory of those processes that have not ended."""
    for pid in pids:
        with suppress(OSError, KeyError):  # KeyError: it has ended and nobody has waited for it
            yield _of(Path(f"/proc/{pid}"))


def resident(processes: list[Memory]) -> int:
    """Return the bytes that processes have together.

    What several have of one file is taken to be the same part of it, and counts once.
    """
    files: Counter[str] = Counter()
    for one in processes:
        files |= one.files  # the larger of the two
    return sum(one.anonymous for one in processes) + files.total()


def peak(processes: list[Memory]) -> int:
    """Return the most that they have had: as if each had had it now."""
    return resident(processes) + sum(one.peak - one.now for one in processes)


def _of(process: Path) -> Memory:
    stated = dict(line.split(":", 1) for line in _lines(process / "status"))
    now, most = (int(stated[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    rollup = dict(line.split(":", 1) for line in _lines(process / "smaps_rollup")[1:])
    anonymous = int(rollup["Pss_Anon"].split()[0]) * 1024
    files, file = Counter[str](), ""
    mapped = 0
    for line in _lines(process / "smaps"):
        name, *values = line.split()
        if not name.endswith(":"):  # a range of addresses: another mapping begins
            file = " ".join(values[2:])  # device, inode and path
        elif name == "Rss:":
            mapped = int(values[0]) * 1024
        elif name == "Anonymous:":
            files[file] += mapped - int(values[0]) * 1024
    return Memory(now, max(most, now), anonymous, files)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines()
