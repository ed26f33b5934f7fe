"""Measures a shared store in PostgreSQL: bytes an entry, and what copies, edits and looks take.

    python -m benchmarks.speed.shared_store --index INDEX --store postgresql://owner@host/empty

The database is an empty one, and is not emptied afterwards. Two index folders are made that are
copies of it; one is edited, the other one is told of the changes as that of a server.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.shared.follower import SharedFollower
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres.migrating import migrate

EDITS = 40
LOOKS = 40
TABLES = ("entry", "history", "embedding", "file_part")


def main() -> int:
    """Measure, print JSON, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True, help="which is copied into the store")
    parser.add_argument("--store", required=True, help="address of an empty database")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(given.index, given.store, Path(folder))
    sys.stdout.write(json.dumps(measured, indent=2) + "\n")
    return 0


def measure(index: Path, url: str, folder: Path) -> dict[str, float]:
    """Return what a shared store costs.

    Args:
        index: which is copied into it.
        url: of an empty database.
        folder: an empty one, for copies of the index and of the store.
    """
    own, one, other = (IndexLayout(folder / name) for name in ("own", "one", "other"))
    shutil.copytree(index, own.root)
    database = database_of(url)
    migrate(database)
    began = time.perf_counter()
    moved = copy_into_store(own, database, Silent())
    copied_s = time.perf_counter() - began
    entries = moved.rows["entries"][0]
    with opened(database) as store:
        sizes = {
            f"{table}_bytes_per_entry": store.connection.execute(
                f"SELECT pg_total_relation_size('{table}')"
            ).fetchone()[0]
            / entries
            for table in TABLES
        }
    began = time.perf_counter()
    join_store(one, url, Silent())
    joined_s = time.perf_counter() - began
    join_store(other, url, Silent())
    alone = _edits(own, None)
    with closing(SharedFollower(other, database)) as follower:
        follower.start()
        time.sleep(2)
        delays: list[float] = []
        shared = _edits(one, other, delays)
    began_ns = time.process_time_ns()
    for _ in range(LOOKS):
        catch_up(one, database, Silent())
    look_ms = (time.process_time_ns() - began_ns) / 1e6 / LOOKS
    database.close()
    return {
        "entries": float(entries),
        "copy_into_store_s": copied_s,
        **sizes,
        "new_server_s": joined_s,
        "edit_alone_median_ms": statistics.median(alone),
        "edit_shared_median_ms": statistics.median(shared),
        "delay_median_ms": statistics.median(delays),
        "delay_most_ms": max(delays),
        "look_cpu_ms": look_ms,
    }


def _edits(
    layout: IndexLayout, other: IndexLayout | None, delays: list[float] | None = None
) -> list[float]:
    """Add entries, and return the milliseconds that each took until it was acknowledged.

    Args:
        layout: of the edited index.
        other: of a copy that is to have each change.
        delays: gets the milliseconds until it has.
    """
    took = []
    with Editor(layout.root) as editor:
        for number in range(EDITS):
            draft = Draft(term=f"Bench {number}", definition=f"A made-up thing, number {number}.")
            began = time.perf_counter()
            revision = editor.add("bench", draft).revision
            acknowledged = time.perf_counter()
            took.append((acknowledged - began) * 1000)
            if other is not None and delays is not None:
                with closing(EntryReader(other.store)) as reader:
                    while reader.revision[1] < revision:
                        time.sleep(0.002)
                delays.append((time.perf_counter() - acknowledged) * 1000)
    return took


if __name__ == "__main__":
    raise SystemExit(main())
