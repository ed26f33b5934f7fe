"""Services for browsers.

Real processes on this machine, over indexes of entries made for the pages.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import Entry, Source
from semsearch.ingest.build import build_index
from tests.server.conftest import ENTRIES

_LONG = (
    "A galley is the room of a ship where meals are cooked. " + "It sways with every wave. " * 760
)
ODD = (
    Entry("kitchen:long", "Galley", _LONG[:19_900], "kitchen", source=Source("kitchen.md", 90)),
    Entry(
        "kitchen:word",
        "Donaudampfschifffahrtsgesellschaftskapitaenskajuetenkuechengeraet" * 3,
        "W" * 400,
        "kitchen",
    ),
    Entry("kitchen:rtl", "מצקת", "כף עמוקה עם ידית ארוכה להגשת מרק.", "kitchen", language="he"),
    Entry(
        "kitchen:embedding",
        "Embedding",
        "A list of numbers for a text. A ladle and a spoon have lists that are near.",
        "kitchen",
    ),
    *(
        Entry(f"kitchen:spoon-{n}", f"Spoon {n}", f"A spoon of size {n} for soup.", "kitchen")
        for n in range(70)
    ),
)


def build(folder: Path) -> Path:
    """Build an index of ordinary and odd entries, without a model."""
    build_index([*ENTRIES, *ODD], folder, model="hashed")
    return folder


@dataclass(frozen=True, slots=True)
class Running:
    """A service: its address, with a slash at the end, and the process that answers."""

    address: str
    pid: int


@contextmanager
def serving(index: Path, *options: str) -> Iterator[str]:
    """Yield the address of a service in a process of its own, with a slash at the end."""
    with started(index, *options) as running:
        yield running.address


@contextmanager
def started(index: Path, *options: str) -> Iterator[Running]:
    """Yield a service in a process of its own.

    Raises:
        RuntimeError: it did not start; the message has what it said.
    """
    command: Sequence[str] = [sys.executable, "-m", "semsearch", "serve", "--index", str(index)]
    process = subprocess.Popen(
        [*command, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        if not found:
            raise RuntimeError(f"the service did not start: {said}")
        yield Running(found[0] + "/", process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=30)
