"""Measures mirrors: the first copy, the delay of an edit, and the processor time of asking.

    python -m benchmarks.speed.following --index INDEX

A copy of an index is served; a mirror of it is copied, followed and served beside it on this
machine. Each edit is timed from its acknowledgement until the service of the mirror answers it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.speed.cpu_time import cpu_ns, with_children
from benchmarks.speed.services import HOST, Service, free_port, running
from semsearch.core.own_command import own_command
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.files.layout import IndexLayout

EDITS = 20
POLLS_S = 30.0
LOOK_S = 0.005
LIMIT_S = 60.0
"""Seconds that an edit may take to arrive."""


def main() -> int:
    """Measure, print JSON, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True, help="of which a copy is served")
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(parser.parse_args().index, Path(folder))
    sys.stdout.write(json.dumps(measured, indent=2) + "\n")
    return 0


def measure(index: Path, folder: Path) -> dict[str, float]:
    """Return what a mirror of an index costs, and how late it is.

    Args:
        index: of which a copy is served and edited.
        folder: an empty one, for the copy and the mirror.
    """
    source, mirror = Path(shutil.copytree(index, folder / "source")), folder / "mirror"
    _, secret = KeyStore(IndexLayout(source).keys).create(
        name="bench", scope=KeyScope.EDIT, now=utc_now()
    )
    environment = {**os.environ, "SEMSEARCH_SOURCE_KEY": secret.text}
    with _served(source) as there:
        url = f"http://{HOST}:{there.port}"
        began = time.perf_counter()
        subprocess.run(
            own_command("follow", url, "--index", str(mirror), "--once"),
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        copied_s = time.perf_counter() - began
        with (
            _served(mirror) as here,
            subprocess.Popen(
                own_command("follow", url, "--index", str(mirror)),
                env=environment,
                stdout=subprocess.DEVNULL,
            ) as follower,
        ):
            try:
                delays = [_delay(there, here, secret.text, number) for number in range(EDITS)]
                time.sleep(5)
                pids = with_children(there.process.pid)
                before = cpu_ns(follower.pid), cpu_ns(*pids)
                time.sleep(POLLS_S)
                after = cpu_ns(follower.pid), cpu_ns(*pids)
            finally:
                follower.terminate()
    return {
        "entries": float(len(_ids(source))),
        "copy_mb": sum(f.stat().st_size for f in mirror.rglob("*") if f.is_file()) / 1e6,
        "first_copy_s": copied_s,
        "delay_median_s": statistics.median(delays),
        "delay_most_s": max(delays),
        "poll_mirror_ms": (after[0] - before[0]) / 1e6 / POLLS_S,
        "poll_source_ms": (after[1] - before[1]) / 1e6 / POLLS_S,
    }


def _ids(index: Path) -> list[str]:
    from semsearch.ingest import Editor  # noqa: PLC0415 - loads numpy, which services do themselves

    with Editor(index) as editor:
        return [change.id for change in editor.changes_since(0) if change.entry is not None]


@contextmanager
def _served(index: Path) -> Iterator[Service]:
    port = free_port()
    command = own_command(
        "serve",
        "--index",
        str(index),
        "--port",
        str(port),
        "--workers",
        "1",
        "--log-level",
        "error",
    )
    with running(command, port, "/v1/glossaries") as service:
        yield service


def _delay(there: Service, here: Service, key: str, number: int) -> float:
    """Return the seconds from the acknowledgement of an edit until the mirror answers it."""
    name = f"Measured thing {number}"
    connection = http.client.HTTPConnection(HOST, there.port, timeout=30)
    body = {"glossary": "measured", "term": name, "definition": f"It is number {number} of them."}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/entries", json.dumps(body), headers)
    response = connection.getresponse()
    id_ = json.loads(response.read())["id"]
    acknowledged = time.perf_counter()
    connection.close()
    while time.perf_counter() - acknowledged < LIMIT_S:
        hits = here.get("/v1/search", q=name)["hits"]
        if hits and hits[0]["id"] == id_:
            # edits come at any time between two looks of the mirror
            delay = time.perf_counter() - acknowledged
            time.sleep(0.37)
            return delay
        time.sleep(LOOK_S)
    raise TimeoutError(f"{id_} did not arrive within {LIMIT_S:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
