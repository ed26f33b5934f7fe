"""Eight clients edit the same entries over HTTP at once, each with `If-Match`.

    python -m benchmarks.torture.clients --edits 10000

Each client adds one to a number in a definition, and asks for the entry as soon as the edit is
acknowledged. No edit may be lost, the question must see it or a later one, and revisions must rise
in the order of acknowledgement. A mirror follows all changes and must equal the store at the end.
Exit code 1: one of these failed.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from benchmarks.torture.bits import run
from benchmarks.torture.kill import PromiseBroken
from benchmarks.torture.mirror import Mirror
from benchmarks.torture.service import editing_key, serving
from semsearch.ingest import Editor

CLIENTS = 8
TRIES = 60
"""Times that a busy service may ask a reader to come again."""
COUNTERS = {"bakery:crumb": "crumb", "bakery:leaven": "leaven", "bakery:dutch-oven": "dutch oven"}
"""Entries that are edited, and a question for each."""

_NUMBER = re.compile(r"^Counted up to (\d+)\.$")


@dataclass(frozen=True, slots=True)
class AcknowledgedEdit:
    """An edit that was acknowledged.

    The number it wrote, and the newest revision that was acknowledged when it was sent.
    """

    id: str
    number: int
    revision: int
    known: int


@dataclass(slots=True)
class Known:
    """The newest revision that was acknowledged to any client."""

    revision: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def record(self, revision: int) -> None:
        """Take one that was acknowledged."""
        with self._turn:
            self.revision = max(self.revision, revision)


class CountingClient:
    """One of several clients that edit."""

    def __init__(self, http: httpx2.Client, known: Known, seed: int) -> None:
        self._http = http
        self._known = known
        self._chance = random.Random(seed)  # noqa: S311 - a draw, no secret
        self.late = 0

    def edit(self, edits: int) -> list[AcknowledgedEdit]:
        """Add one to some number so many times.

        Raises:
            PromiseBroken: an answer is wrong.
        """
        made: list[AcknowledgedEdit] = []
        while len(made) < edits:
            id_ = self._chance.choice(list(COUNTERS))
            found = self._get(f"/v1/entries/{id_}")
            number = count_of(found.json()["definition"]) + 1
            known = self._known.revision
            response = self._http.patch(
                f"/v1/entries/{id_}",
                json={"definition": f"Counted up to {number}."},
                headers={"If-Match": found.headers["ETag"]},
            )
            if response.status_code == 200:
                made.append(AcknowledgedEdit(id_, number, response.json()["revision"], known))
                self._known.record(made[-1].revision)
                self._ask(id_, number)
            elif response.status_code == 412:
                self.late += 1
            elif response.status_code != 503:
                raise PromiseBroken(f"an edit was answered with {response.status_code}")
        return made

    def _get(self, path: str, params: dict[str, str] | None = None) -> httpx2.Response:
        """Read, as often as a busy service asks for another try."""
        for _ in range(TRIES):
            answer = self._http.get(path, params=params)
            if answer.status_code == 200:
                return answer
            if answer.status_code != 503:
                break
            time.sleep(float(answer.headers["Retry-After"]))
        raise PromiseBroken(f"{path} was answered with {answer.status_code}")

    def _ask(self, id_: str, number: int) -> None:
        answer = self._get("/v1/search", params={"q": COUNTERS[id_]})
        hits = answer.json().get("hits", ())
        seen = [count_of(hit["definition"]) for hit in hits if hit["id"] == id_]
        if not seen or seen[0] < number:
            raise PromiseBroken(f"edit {number} of {id_} was acknowledged, a question sees {seen}")


def count_of(definition: str) -> int:
    """Return the number in a definition.

    Raises:
        PromiseBroken: there is none.
    """
    said = _NUMBER.match(definition)
    if said is None:
        raise PromiseBroken(f"nobody wrote {definition!r}")
    return int(said[1])


def torture(index: Path, edits: int) -> int:
    """Let all clients edit until each has made its share.

    Return how many edits were refused as too late.

    Raises:
        PromiseBroken: an edit was lost, or not seen, or told wrongly, or revisions are out of
            order.
    """
    with Editor(index, who="nobody") as editor:
        for id_ in COUNTERS:
            editor.change(id_, definition="Counted up to 0.")
    headers = {"Authorization": f"Bearer {editing_key(index)}"}
    share, known = -(-edits // CLIENTS), Known()
    with (
        serving(index) as (_, url),
        httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=30) as http,
        ThreadPoolExecutor(CLIENTS) as threads,
    ):
        clients = [CountingClient(http, known, seed) for seed in range(CLIENTS)]
        mirror = Mirror(http)
        with mirror.following():
            working = [threads.submit(client.edit, share) for client in clients]
            made = [worked.result() for worked in working]
        mirror.check(index)
    check(index, made)
    return sum(client.late for client in clients)


def check(index: Path, made: Sequence[Sequence[AcknowledgedEdit]]) -> None:
    """Compare the edits that each client was told of with each other and with what is stored.

    Raises:
        PromiseBroken: one is lost or written over, or revisions are out of order.
    """
    numbers: dict[str, list[int]] = defaultdict(list)
    together = sorted((edit for edits in made for edit in edits), key=lambda edit: edit.revision)
    if len({edit.revision for edit in together}) != len(together):
        raise PromiseBroken("two edits were given the same revision")
    for edit in together:
        if edit.revision <= edit.known:
            raise PromiseBroken(f"{edit} was sent when a later revision was acknowledged")
        numbers[edit.id].append(edit.number)
    with Editor(index) as editor:
        for id_, counted in numbers.items():
            if counted != list(range(1, len(counted) + 1)):
                raise PromiseBroken(f"an edit of {id_} was written over: {counted[-5:]}")
            if (last := count_of(editor.entry(id_).entry.definition)) != len(counted):
                raise PromiseBroken(f"{len(counted)} edits of {id_} were acknowledged, {last} made")


def main() -> int:
    """Read the arguments, and edit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--edits", type=int, default=10_000)
    given = parser.parse_args()
    return run(
        "clients",
        lambda index: (
            f"{given.edits} edits by {CLIENTS} clients, none lost, each seen at once; "
            f"{torture(index, given.edits)} came too late and were refused"
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
