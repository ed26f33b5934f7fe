"""Asks a service fifty questions a second while edits are published.

    python -m benchmarks.torture.rate --publishes 100

A question is sent whether or not the last ones have been answered. Another process edits an entry
and publishes; then it only edits, equally often; at last it does nothing. Every question must be
answered, and show a state between the sending of the question and its answer. Times run from the
moment at which a question was due. Exit code 1: one of these failed, or one in a hundred questions
took more than twice as long with publishing as with edits alone.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import subprocess
import sys
import time
from bisect import bisect
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlencode, urlsplit

import numpy as np

from benchmarks.torture.bits import run
from benchmarks.torture.kill import PROJECT, PromiseBroken
from benchmarks.torture.service import serving
from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.publish import publish_edits
from semsearch.storage.files.layout import IndexLayout

RATE = 50
ASKERS = 32
ROUND_S = 0.5
"""Time from one edit, and its publish, to the next."""

WARMING_S = 1.0
AT_MOST = 2.0
"""Largest ratio of the 99th percentiles of answer times with publishing and with edits alone."""

PUBLISH, EDIT, REST = "publish", "edit", "rest"

CHANGED = "bakery:crumb"
QUESTIONS = ("crumb", "what makes dough rise", "the inside of a loaf", "inner loaf")
_COUNT = re.compile(r"after (\d+) changes")


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the entry, by the clock of the machine."""

    number: int
    begun: float
    acknowledged: float


@dataclass(frozen=True, slots=True)
class TimedQuestion:
    """An answered question, and the change that its answer shows, if it shows the entry."""

    due: float
    sent: float
    answered: float
    shown: int | None


@dataclass(frozen=True, slots=True)
class Times:
    """Times of answers, in milliseconds."""

    questions: int
    p50: float
    p99: float

    @classmethod
    def of(cls, asked: Sequence[TimedQuestion]) -> Times:
        """Return those of some questions."""
        took = [(one.answered - one.due) * 1000 for one in asked]
        return cls(len(took), *(float(np.percentile(took, share)) for share in (50, 99)))


def torture(index: Path, rounds: int, doing: str = PUBLISH) -> Times:
    """Ask while an entry is edited in so many rounds, with or without publishing, or not edited.

    Raises:
        PromiseBroken: a question was not answered, or its answer shows what was not there.
    """
    with Editor(index, who="torture") as editor:
        editor.change(CHANGED, definition="The inside of a loaf, after 0 changes.")
    with serving(index) as (_, url), _editing(index, rounds, doing) as editing:
        asked = list(_ask(url, editing))
        said, _ = editing.communicate()
    if editing.returncode:
        raise PromiseBroken(f"who edits ended with {editing.returncode}")
    changes = [Change(**json.loads(line)) for line in said.splitlines()]
    if len(changes) != (0 if doing == REST else rounds):
        raise PromiseBroken(f"{len(changes)} changes were made in {rounds} rounds")
    for one in asked:
        check(one, changes)
    begun = asked[0].due + WARMING_S
    return Times.of([one for one in asked if one.due >= begun])


def check(asked: TimedQuestion, changes: Sequence[Change]) -> None:
    """Check that an answer shows a state that existed; the changes are numbered from 1.

    Raises:
        PromiseBroken: it shows another one.
    """
    if asked.shown is None:
        return
    oldest = bisect([change.acknowledged for change in changes], asked.sent)
    newest = bisect([change.begun for change in changes], asked.answered)
    if not oldest <= asked.shown <= newest:
        raise PromiseBroken(
            f"an answer shows change {asked.shown}; {oldest} was acknowledged before it was asked for, "
            f"and {newest} begun when it was given"
        )


@contextmanager
def _editing(index: Path, rounds: int, doing: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.torture.rate", "--edit", str(index)]
    command += ["--publishes", str(rounds), "--doing", doing]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as editing:
        try:
            yield editing
        finally:
            editing.kill()


def _ask(url: str, editing: subprocess.Popen[str]) -> Iterator[TimedQuestion]:
    """Ask at the rate until nobody edits any more, and yield all that was answered."""
    began = time.monotonic()
    with closing(Connections(url)) as connections, ThreadPoolExecutor(ASKERS) as askers:
        asking: list[Future[TimedQuestion]] = []
        while editing.poll() is None:
            number = len(asking)
            question = QUESTIONS[number % len(QUESTIONS)]
            asking.append(askers.submit(connections.ask, question, began + number / RATE))
            time.sleep(max(began + len(asking) / RATE - time.monotonic(), 0))
        for future in asking:
            yield future.result()


class Connections:
    """Kept-alive connections, as many as the largest number of open questions."""

    def __init__(self, url: str) -> None:
        self._netloc = urlsplit(url).netloc
        self._idle: SimpleQueue[http.client.HTTPConnection] = SimpleQueue()

    def ask(self, question: str, due: float) -> TimedQuestion:
        """Ask a question that was due at some moment.

        Raises:
            PromiseBroken: it is not answered.
        """
        sent = time.monotonic()
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = http.client.HTTPConnection(self._netloc, timeout=30)
        connection.request("GET", f"/v1/search?{urlencode({'q': question})}")
        response = connection.getresponse()
        body = response.read()
        answered = time.monotonic()
        self._idle.put(connection)
        if response.status != 200:
            raise PromiseBroken(f"a question was answered with {response.status}: {body[:200]!r}")
        return TimedQuestion(due, sent, answered, _shown(json.loads(body)["hits"]))

    def close(self) -> None:
        """Close all that nothing is under way on."""
        while not self._idle.empty():
            self._idle.get().close()


def _shown(hits: Sequence[dict[str, str]]) -> int | None:
    """Return the change that hits show, None where the entry is not among them."""
    for hit in hits:
        if hit["id"] == CHANGED:
            said = _COUNT.search(hit["definition"])
            if said is None:
                raise PromiseBroken(f"nobody wrote {hit['definition']!r}")
            return int(said[1])
    return None


def edit(index: Path, rounds: int, doing: str) -> None:
    """Change the entry in each round, print the time, and publish if asked to."""
    began = time.monotonic()
    with Editor(index, who="torture") as editor:
        for number in range(1, rounds + 1):
            if doing != REST:
                begun = time.monotonic()
                editor.change(CHANGED, definition=f"The inside of a loaf, after {number} changes.")
                change = Change(number, begun, acknowledged=time.monotonic())
                print(json.dumps(asdict(change)), flush=True)
            if doing == PUBLISH and not publish_edits(IndexLayout(index), Silent()):
                raise PromiseBroken("nothing was published, though an edit waits")
            time.sleep(max(began + number * ROUND_S - time.monotonic(), 0))


def _compare(index: Path, publishes: int) -> str:
    with_them = torture(index, publishes)
    without = torture(index, publishes, EDIT)
    quiet = torture(index, publishes, REST)
    said = (
        f"{publishes} publications under {RATE} questions a second: {with_them.questions} answers, each of a "
        f"state that was there; p50 {with_them.p50:.1f} ms, p99 {with_them.p99:.1f} ms; "
        f"with the edits alone {without.p50:.1f} and {without.p99:.1f} ms, without {quiet.p50:.1f} and {quiet.p99:.1f} ms"
    )
    if with_them.p99 > AT_MOST * without.p99:
        raise PromiseBroken(f"questions take too long: {said}")
    return said


def main() -> int:
    """Read the arguments, and ask."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--publishes", type=int, default=100)
    parser.add_argument("--edit", type=Path, help="only edit and publish this index")
    parser.add_argument("--doing", choices=(PUBLISH, EDIT, REST), default=PUBLISH)
    given = parser.parse_args()
    if given.edit:
        edit(given.edit, given.publishes, given.doing)
        return 0
    return run("rate", lambda index: _compare(index, given.publishes))


if __name__ == "__main__":
    sys.exit(main())
