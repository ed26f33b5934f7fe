"""Measure the memory of a service by its number of processes.

    python -m benchmarks.speed.worker_memory INDEX [--questions 200]

Each service is asked until every process has answered. Resident memory counts what processes share
once.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.speed.services import free_port, running, search, serve

COUNTS = (1, 2, 3)


def main() -> int:
    """Measure and print a line for each number of processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--questions", type=int, default=200, help="asked of each service")
    given = parser.parse_args()
    before = 0.0
    for count in COUNTS:
        port = free_port()
        command = [*serve(given.index, port), "--workers", str(count)]
        with running(command, port, search("what is asked first?")) as service:
            for number in range(given.questions):
                service.get("/v1/search", q=f"what is asked with the number {number}?")
                service.close()  # another connection may reach another process
            megabytes = service.resident_mb()
        more = f", {megabytes - before:.0f} more" if before else ""
        print(f"{count} processes: {megabytes:.0f} MB{more}, first answer {service.start_s:.2f} s")
        before = megabytes
    return 0


if __name__ == "__main__":
    sys.exit(main())
