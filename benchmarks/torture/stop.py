"""Stops a server (SIGTERM) while entries are added over HTTP.

    python -m benchmarks.torture.stop --stops 100 --seed 1

The store must have every acknowledged entry and no entry that was not sent, and the server must end
with code 0. Exit code 1: one of these failed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx2

from benchmarks.torture.bits import run
from benchmarks.torture.kill import PromiseBroken
from benchmarks.torture.service import editing_key, serving
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout

CLIENTS = 4
LONGEST_S = 0.5
"""Longest time from the first request to the stop of the server."""
STOPPED_WITHIN_S = 30


def torture(index: Path, stops: int, seed: int) -> int:
    """Start and stop servers of an index, and return how many edits they acknowledged.

    Raises:
        PromiseBroken: an acknowledged edit is gone, one is there that nobody made, or a server
            failed.
    """
    chance = random.Random(seed)  # noqa: S311 - a draw, no secret
    key = editing_key(index)
    total = 0
    for stop in range(stops):
        asked, acknowledged = _stop(index, key, stop, chance.uniform(0.05, LONGEST_S))
        check(index, stop, asked, acknowledged)
        total += len(acknowledged)
    return total


def _stop(index: Path, key: str, stop: int, after_s: float) -> tuple[set[str], set[str]]:
    """Add entries until the server is stopped.

    Return which were sent and which acknowledged.
    """
    with ThreadPoolExecutor(CLIENTS) as clients, serving(index) as (server, url):
        adding = [clients.submit(_add, url, key, f"s{stop}c{n}") for n in range(CLIENTS)]
        time.sleep(after_s)
        server.send_signal(signal.SIGTERM)
        code = server.wait(STOPPED_WITHIN_S)
    if code:
        raise PromiseBroken(f"a server that was told to stop ended with {code}")
    results = [added.result() for added in adding]
    return set().union(*(r[0] for r in results)), set().union(*(r[1] for r in results))


def _add(url: str, key: str, prefix: str) -> tuple[set[str], set[str]]:
    """Add entries one after the other until the server does not answer."""
    sent: set[str] = set()
    acknowledged: set[str] = set()
    headers = {"Authorization": f"Bearer {key}"}
    with httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=20) as http:
        while True:
            term = f"{prefix}n{len(sent)}"
            sent.add(term)
            body = {"glossary": "torture", "term": term, "definition": f"Meaning of {term}."}
            try:
                response = http.post("/v1/entries", json=body)
            except httpx2.TransportError:
                return sent, acknowledged
            if response.status_code == 201:
                acknowledged.add(term)
            elif response.status_code != 503:
                raise PromiseBroken(f"{response.status_code} {json.dumps(response.json())}")


def check(index: Path, stop: int, sent: set[str], acknowledged: set[str]) -> None:
    """Compare the entries of one server with what its clients were told.

    Raises:
        PromiseBroken: they differ.
    """
    with closing(EntryReader(IndexLayout(index).store)) as store:
        there = {e.term for e in store.entries() if e.term.startswith(f"s{stop}c")}
    if lost := sorted(acknowledged - there):
        raise PromiseBroken(f"stop {stop}: acknowledged and lost: {lost[:5]}")
    if phantoms := sorted(there - sent):
        raise PromiseBroken(f"stop {stop}: never sent and there: {phantoms[:5]}")


def main() -> int:
    """Read the arguments, and stop."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--stops", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    given = parser.parse_args()
    return run(
        "stop",
        lambda index: (
            f"{torture(index, given.stops, given.seed)} edits acknowledged by {given.stops} servers "
            f"that were stopped (seed {given.seed}), none lost"
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
