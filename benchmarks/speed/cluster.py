"""Measures servers that share a store: answers of two against one, and what ten ask PostgreSQL.

    python -m benchmarks.speed.cluster --index INDEX --store postgresql://owner@host/empty

The database is an empty one, and is not emptied afterwards. For the rates, each server has a core
to itself, which the clients that ask it share, so that a second core adds a second machine. For the
feed, servers are simulated: each has a copy, a pool and a follower of its own, in one process.
Exit code 1: the bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.speed import questions, services
from benchmarks.speed.clients import Clients, LoadJob
from benchmarks.speed.cpu_time import cpu_ns, with_children
from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.shared.follower import SharedFollower
from semsearch.ingest.shared.local_copy import database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres.migrating import migrate

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

BAR = 1.8
"""Answers of two servers against those of one."""
CLIENTS = 8
"""That ask one server at once."""
QUESTIONS = 3000
"""Distinct ones for each server in each round; an answer that is cached measures nothing."""
EDITS = 20
LIMIT_S = 60.0
"""Seconds that an edit may take to arrive everywhere."""
_PINNED = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])}); os.execv(sys.argv[2], sys.argv[2:])"


def main() -> int:
    """Measure, print JSON, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, required=True, help="which is copied into the store")
    parser.add_argument("--store", required=True, help="address of an empty database")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--servers", type=int, default=10, help="that are simulated")
    given = parser.parse_args()
    database = database_of(given.store)
    migrate(database)
    copy_into_store(IndexLayout(given.index), database, Silent())
    with tempfile.TemporaryDirectory() as folder:
        found = measure_feed(Path(folder), given.store, given.servers, given.seconds)
        found |= measure_rates(Path(folder), given.store, given.seconds, given.rounds)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return int(found["two_against_one"] < BAR)


def measure_rates(folder: Path, store: str, seconds: float, rounds: int) -> dict[str, float]:
    """Return answers a second of one server, and of two that are asked at once.

    Those for a second of processor time show what two servers cost each other, also on a machine
    that has other things to do.

    Args:
        folder: for their copies.
        store: address of a store with a glossary.
        seconds: of each measurement; one server and two are asked in turn.
        rounds: of which the median counts.

    Raises:
        ServiceFailed: a server does not start.
        InvalidSetting: the machine has one core only.
    """
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        raise services.ServiceFailed("two cores are needed, this process may use one")
    rates: dict[int, list[float]] = {1: [], 2: []}
    by_cpu: dict[int, list[float]] = {1: [], 2: []}
    texts = cycle(questions.crossed(questions.own()))
    with ExitStack() as stack:
        asked = [
            stack.enter_context(_asked(folder / f"rate-{core}", store, core)) for core in cores
        ]
        threads = stack.enter_context(ThreadPoolExecutor(len(cores)))
        for _ in range(rounds):
            for count, measured in rates.items():
                jobs = [
                    (clients, _job(service.port, list(islice(texts, QUESTIONS)), seconds))
                    for clients, service in asked[:count]
                ]
                pids = [
                    pid
                    for clients, service in asked[:count]
                    for parent in (clients.process.pid, service.process.pid)
                    for pid in with_children(parent)
                ]
                before = cpu_ns(*pids)
                tallies = list(threads.map(lambda one: one[0].run(one[1]), jobs))
                used_s = (cpu_ns(*pids) - before) / 1e9
                measured.append(sum(tally.rate for tally in tallies))
                by_cpu[count].append(sum(len(tally.good_ms) for tally in tallies) / used_s)
    one, two = (statistics.median(measured) for measured in rates.values())
    one_by_cpu, two_by_cpu = (statistics.median(measured) for measured in by_cpu.values())
    return {
        "one_server_per_s": one,
        "two_servers_per_s": two,
        "two_against_one": statistics.median(b / a for a, b in zip(*rates.values(), strict=True)),
        "one_server_per_cpu_s": one_by_cpu,
        "two_servers_per_cpu_s": two_by_cpu,
        "two_against_one_by_cpu": 2 * two_by_cpu / one_by_cpu,
    }


@contextmanager
def _asked(folder: Path, store: str, core: int) -> Iterator[tuple[Clients, services.Service]]:
    """Serve a copy of a store on a core, and yield clients on the same core, and the service."""
    join_store(IndexLayout(folder), store, Silent())
    port = services.free_port()
    pinned = [sys.executable, "-c", _PINNED, str(core)]
    command = [*pinned, *services.serve(folder, port), "--workers", "1"]
    with (
        services.running(command, port, services.search("bread")) as service,
        Clients() as clients,
    ):
        os.sched_setaffinity(clients.process.pid, {core})
        yield clients, service


def _job(port: int, asked: Sequence[str], seconds: float) -> LoadJob:
    paths = [services.search(question) for question in asked]
    return LoadJob(port=port, paths=paths, clients=CLIENTS, seconds=seconds)


def measure_feed(folder: Path, store: str, servers: int, idle_s: float) -> dict[str, float]:
    """Return what servers ask PostgreSQL, and when each has what one of them edited.

    Args:
        folder: for their copies.
        store: address of a store with a glossary.
        servers: how many are simulated.
        idle_s: seconds in which nothing is edited.
    """
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra

    layouts = [IndexLayout(folder / f"feed-{number}") for number in range(servers)]
    with ExitStack() as stack:
        for layout in layouts:
            join_store(layout, store, Silent())
            database = stack.enter_context(closing(SharedDatabase(store)))
            stack.enter_context(closing(SharedFollower(layout, database))).start()
        database = database_of(store)
        time.sleep(2)
        before, began, began_cpu = _transactions(database), time.monotonic(), time.process_time()
        time.sleep(idle_s)
        took_s = time.monotonic() - began
        idle = (_transactions(database) - before) / took_s
        idle_cpu = (time.process_time() - began_cpu) / took_s
        before, began = _transactions(database), time.monotonic()
        delays = _edits(layouts)
        edited = (_transactions(database) - before) / EDITS
        with opened(database) as shared:
            (connections,) = shared.connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'semsearch' "
                "AND datname = current_database()"
            ).fetchone()
    return {
        "servers": float(servers),
        "idle_transactions_per_s": idle,
        "idle_cpu_share_of_all_followers": idle_cpu,
        "transactions_per_edit": edited,
        "edits_per_s": EDITS / (time.monotonic() - began),
        "connections": float(connections),
        "delay_median_ms": statistics.median(delays),
        "delay_most_ms": max(delays),
    }


def _transactions(database: SharedDatabase) -> int:
    """Return how many transactions a database has seen."""
    with opened(database) as shared:
        row = shared.connection.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database "
            "WHERE datname = current_database()"
        ).fetchone()
    return int(row[0])


def _edits(layouts: Sequence[IndexLayout]) -> list[float]:
    """Edit at the first server, and return the milliseconds until each other one had the edit."""
    delays: list[float] = []
    with Editor(layouts[0].root) as editor:
        for number in range(EDITS):
            draft = Draft(term=f"Feed {number}", definition=f"A made-up thing, number {number}.")
            revision = editor.add("bench", draft).revision
            acknowledged = time.perf_counter()
            waiting = list(layouts[1:])
            while waiting and time.perf_counter() < acknowledged + LIMIT_S:
                for layout in list(waiting):
                    with closing(EntryReader(layout.store)) as reader:
                        if reader.revision[1] >= revision:
                            delays.append((time.perf_counter() - acknowledged) * 1000)
                            waiting.remove(layout)
                time.sleep(0.005)
    return delays


if __name__ == "__main__":
    raise SystemExit(main())
