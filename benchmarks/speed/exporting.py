"""Measures time and memory of exports by format.

The memory is the peak on top of the entries themselves. The entries are the first 100,000 synsets
of WordNet, with their relations. Each format is made by a process of its own, which only counts the
bytes. The process unpickles the entries one by one; one that had imported them would have free
memory left over, which would hide the cost.

    python -m benchmarks.speed.exporting --dictionaries build/dicts
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import pickle
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed import memory
from benchmarks.speed.bars import Bar, finish
from semsearch.core.entries import Entry
from semsearch.exporters import TARGETS, ExportContext, GlossaryExport, target_named
from semsearch.importers import read_corpus

ENTRIES = 100_000
SECONDS, MEGABYTES = 30, 300
"""Bars of a format."""


def main() -> None:
    """Measure every format, and end with 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dictionaries", type=Path, default=Path("build/dicts"))
    parser.add_argument("--output", type=Path, default=Path("build/exporting.json"))
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        entries = Path(folder) / "entries"
        with entries.open("wb") as file:
            for entry in read_corpus([given.dictionaries / "wordnet"]).entries[:ENTRIES]:
                pickle.dump(entry, file)
        measured = {name: _measure(name, entries) for name in TARGETS}
    sys.exit(finish({"entries": ENTRIES, "formats": measured}, _bars(measured), given.output))


def _measure(name: str, file: Path) -> dict[str, float]:
    """Measure one format in a process that has the entries and nothing else."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        found = process.submit(_export, name, file).result()
    print(f"{name}: {found}")
    return found


def _entries(file: Path) -> list[Entry]:
    with file.open("rb") as opened:
        return [pickle.load(opened) for _ in range(ENTRIES)]  # noqa: S301 - written above


def _export(name: str, file: Path) -> dict[str, float]:
    entries = _entries(file)
    made = GlossaryExport(target_named(name), ExportContext("wordnet", lambda: iter(entries)))
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from now on (proc(5))
    (before,) = memory.of([os.getpid()])
    start = time.process_time()
    size = sum(map(len, made.content()))
    written = time.process_time()
    losses = sum(1 for _ in made.losses())
    told = time.process_time()
    (after,) = memory.of([os.getpid()])
    return {
        "seconds": round(written - start, 2),
        "seconds_to_tell_losses": round(told - written, 2),
        "entries_with_losses": losses,
        "megabytes": round(size / 2**20, 1),
        "peak_megabytes": round((after.peak - before.now) / 2**20, 1),
    }


def _bars(measured: dict[str, dict[str, float]]) -> list[Bar]:
    slowest = max(measured, key=lambda name: measured[name]["seconds"])
    largest = max(measured, key=lambda name: measured[name]["peak_megabytes"])
    return [
        Bar(
            name=f"slowest format, {slowest}",
            reached=measured[slowest]["seconds"],
            asked=SECONDS,
            unit="s",
        ),
        Bar(
            name=f"memory beside the entries, {largest}",
            reached=measured[largest]["peak_megabytes"],
            asked=MEGABYTES,
            unit="MB",
        ),
    ]


if __name__ == "__main__":
    main()
