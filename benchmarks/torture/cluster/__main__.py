"""Kills a replicated PostgreSQL, servers and publishers, and cuts networks, while clients edit.

    python -m benchmarks.torture.cluster --kills 50 --partitions 20 --partition-s 60

Three nodes of PostgreSQL and three servers run on machines of a private network, which needs root
and Linux. After each fault no acknowledged edit may be lost or applied twice, and every server must
give right answers in time. Exit code 1: one of these failed; the message has the seed. Exit code 2:
it cannot be tried on this machine.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable

from benchmarks.torture.cluster.network import PrivateNetwork, is_inside, missing, run_inside
from benchmarks.torture.cluster.scenario import KILLS, PARTITIONS, Recovery, TorturedCluster
from benchmarks.torture.kill import PromiseBroken


def main() -> int:
    """Read the arguments, enter a private network, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50, help="of each kind")
    parser.add_argument("--partitions", type=int, default=20, help="of all kinds in turn")
    parser.add_argument("--partition-s", type=float, default=60.0, help="seconds of each")
    parser.add_argument(
        "--within-s", type=float, default=10.0, help="seconds in which answers must be right"
    )
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    given = parser.parse_args()
    if not is_inside():
        if why := missing():
            print(f"cluster: {why}", file=sys.stderr)
            return 2
        return run_inside(["-m", "benchmarks.torture.cluster", *sys.argv[1:]])
    print(f"seed {given.seed}", flush=True)
    try:
        cluster = TorturedCluster(PrivateNetwork(), random.Random(given.seed))  # noqa: S311
    except PromiseBroken as error:
        print(f"cluster did not start: {error}", file=sys.stderr)
        return 2
    try:
        torture(cluster, given.kills, given.partitions, given.partition_s)
    except PromiseBroken as error:
        print(f"cluster, seed {given.seed}: {error}\n{cluster.logs()}", file=sys.stderr)
        return 1
    finally:
        print("\n".join(table(cluster.recoveries)))
        cluster.stop()
    print(
        f"{given.kills} kills of each kind, {given.partitions} partitions of {given.partition_s:g} s "
        f"(seed {given.seed}): {cluster.clients.acknowledged} acknowledged edits, none lost or applied "
        f"twice; {cluster.readers.answers.total()} answers meanwhile, all right"
    )
    late = [one for one in cluster.recoveries if one.is_of_answers and one.took_s > given.within_s]
    for one in late:
        print(
            f"cluster: right answers {one.took_s:.1f} s after the {one.fault}, instead of "
            f"{given.within_s:g}",
            file=sys.stderr,
        )
    return int(bool(late))


def torture(cluster: TorturedCluster, kills: int, partitions: int, seconds: float) -> None:
    """Do all faults, one after the other.

    Args:
        cluster: which is whole.
        kills: of each kind.
        partitions: of all kinds in turn.
        seconds: of each partition.

    Raises:
        PromiseBroken: an edit was lost or applied twice, or answers are wrong.
    """
    faults = [(f"kill {kind}", kill) for _ in range(kills) for kind, kill in KILLS.items()]
    kinds = list(PARTITIONS.items())
    for number in range(partitions):
        kind, part = kinds[number % len(kinds)]
        faults.append((f"part {kind}", lambda c, part=part: part(c, seconds)))  # type: ignore[misc]
    for number, (name, fault) in enumerate(faults, 1):
        began = time.monotonic()
        fault(cluster)
        cluster.wait_until_whole()
        cluster.check()
        print(
            f"{number}/{len(faults)} {name}: {time.monotonic() - began:.1f} s, "
            f"{cluster.clients.acknowledged} edits",
            flush=True,
        )
    cluster.clients.pause()
    cluster.check_copies()


def table(recoveries: Iterable[Recovery]) -> list[str]:
    """Return the times to recovery by kind of fault, as lines."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for one in recoveries:
        times[one.fault].append(one.took_s)
    return [
        "| until all servers are right again | times | median s | worst s |",
        "|---|---|---|---|",
    ] + [
        f"| {fault} | {len(took)} | {statistics.median(took):.1f} | {max(took):.1f} |"
        for fault, took in times.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
