"""Clients that edit until somebody acknowledges, what they were told, and readers beside them.

Every edit has an `Idempotency-Key` and is sent again, to any server, until one acknowledges it. So
in the end each is in the store exactly once, whatever happened meanwhile.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2

from benchmarks.torture.cluster.servers import QUESTION, RIGHT, ClusterServer
from benchmarks.torture.kill import PromiseBroken

GLOSSARY = "cluster"
MOST_ENTRIES = 12
"""Entries of a client, beyond which it deletes rather than adds."""
REQUEST_S = 15.0
"""Seconds that a client waits for an answer, before it asks another server."""
RETRY_S = 0.1
PAUSE_S = 0.05
"""Seconds between two edits of a client; the machine has other things to do."""
EDIT_S = 180.0
"""Seconds after which an edit that nobody acknowledged is a broken promise."""
_TRY_AGAIN = {401, 429, 502, 503, 504}
"""What a server may answer that cannot execute an edit now; 401 while it has no copy of the key."""


@dataclass(slots=True)
class AcknowledgedState:
    """What the store must hold of one client, as it was told."""

    held: dict[str, str] = field(default_factory=dict)
    """Definitions by id."""
    tags: dict[str, str] = field(default_factory=dict)
    """`ETag` of the last edit of each id."""
    edits: Counter[str] = field(default_factory=Counter)
    """How often each id was edited."""

    def record(self, id_: str, definition: str | None, tag: str) -> None:
        """Take an edit that was acknowledged."""
        self.edits[id_] += 1
        self.tags[id_] = tag
        if definition is None:
            del self.held[id_]
        else:
            self.held[id_] = definition


def compare(
    present: Mapping[str, str], counted: Mapping[str, int], states: Iterable[AcknowledgedState]
) -> None:
    """Compare what a store holds with what clients were told; none of their edits is under way.

    Args:
        present: definitions of their entries by id.
        counted: how often the store says that each id was edited.
        states: of all clients.

    Raises:
        PromiseBroken: an edit is lost, was applied twice, or nobody made it.
    """
    held: dict[str, str] = {}
    edits: dict[str, int] = {}
    for state in states:
        held |= state.held
        edits |= state.edits
    if present != held:
        raise PromiseBroken(
            f"acknowledged and not there: {sorted(held.items() - present.items())[:3]}, there and not "
            f"acknowledged: {sorted(present.items() - held.items())[:3]}"
        )
    if counted != edits:
        raise PromiseBroken(
            f"edits by id in the store: {sorted(counted.items() - edits.items())[:3]}, "
            f"acknowledged: {sorted(edits.items() - counted.items())[:3]}"
        )


class ClusterClient:
    """Edits entries of its own, one after the other."""

    def __init__(self, name: str, servers: Sequence[ClusterServer], key: str) -> None:
        """Take the servers that are asked, and the access key."""
        self.state = AcknowledgedState()
        self.last: tuple[str, str | None] | None = None
        """Id and definition of the last edit; no definition if it was deleted."""
        self._name = name
        self._servers = servers
        self._draw = random.Random(name)  # noqa: S311 - no secret
        self._number = 0
        self._http = httpx2.Client(
            headers={"Authorization": f"Bearer {key}"}, timeout=REQUEST_S, trust_env=False
        )

    def add(self) -> None:
        """Add an entry."""
        term, text = f"Thing {self._name} {self._number + 1}", self._text()
        body = {"glossary": GLOSSARY, "term": term, "definition": text}
        self._record(self._until_acknowledged("POST", "/v1/entries", body), text)

    def change(self) -> None:
        """Change an entry; its `ETag` is that of the last acknowledged edit."""
        id_, text = self._any(), self._text()
        body = {"definition": text}
        self._record(
            self._until_acknowledged("PATCH", f"/v1/entries/{id_}", body, self.state.tags[id_]),
            text,
        )

    def delete(self) -> None:
        """Delete an entry."""
        id_ = self._any()
        self._until_acknowledged("DELETE", f"/v1/entries/{id_}", None, self.state.tags[id_])
        self.state.record(id_, None, "")
        self.last = id_, None

    def edit(self) -> None:
        """Add, change or delete, by chance."""
        if not self.state.held:
            self.add()
        elif len(self.state.held) >= MOST_ENTRIES:
            self._draw.choice([self.change, self.delete])()
        else:
            self._draw.choice([self.add, self.change, self.change, self.delete])()

    def close(self) -> None:
        """End its connections."""
        self._http.close()

    def _any(self) -> str:
        return self._draw.choice(sorted(self.state.held))

    def _text(self) -> str:
        self._number += 1
        return f"Number {self._number} of {self._name}."

    def _record(self, answer: httpx2.Response, text: str) -> None:
        id_ = answer.json()["id"]
        self.state.record(id_, text, answer.headers["ETag"])
        self.last = id_, text

    def _until_acknowledged(
        self, method: str, path: str, body: dict[str, str] | None, tag: str = ""
    ) -> httpx2.Response:
        """Send an edit until a server acknowledges it, and return the answer."""
        self._number += 1
        headers = {"Idempotency-Key": f"{self._name}-{self._number}"}
        if tag:
            headers["If-Match"] = tag
        until = time.monotonic() + EDIT_S
        told = "no server can be reached"
        while time.monotonic() < until:
            url = self._draw.choice(self._servers).url
            with suppress(httpx2.HTTPError):
                answer = self._http.request(method, url + path, json=body, headers=headers)
                if answer.is_success:
                    return answer
                told = f"{answer.status_code} {answer.text}"
                if answer.status_code not in _TRY_AGAIN:
                    raise PromiseBroken(f"{method} {path} of {headers} was answered with {told}")
            time.sleep(RETRY_S)
        raise PromiseBroken(f"{method} {path} was not acknowledged in {EDIT_S:.0f} s: {told}")


class ClusterClients:
    """Clients in threads of their own, which can be made to pause."""

    def __init__(self, count: int, servers: Sequence[ClusterServer], key: str) -> None:
        """Start them."""
        self.clients = [ClusterClient(f"c{number}", servers, key) for number in range(count)]
        self._stop = threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._idle = threading.Semaphore(0)
        self._broken: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(client,), daemon=True)
            for client in self.clients
        ]
        for thread in self._threads:
            thread.start()

    @property
    def acknowledged(self) -> int:
        """How many edits were acknowledged to all of them."""
        return sum(client.state.edits.total() for client in self.clients)

    def pause(self) -> None:
        """Let each finish its edit, and wait for that.

        Raises:
            PromiseBroken: one was answered wrongly, or not at all.
        """
        self._go.clear()
        for _ in self.clients:
            while not self._idle.acquire(timeout=0.2):
                self.check()
        self.check()

    def go_on(self) -> None:
        """Let them edit again."""
        self._go.set()

    def check(self) -> None:
        """Raise what went wrong in a thread."""
        if self._broken:
            raise PromiseBroken(str(self._broken[0])) from self._broken[0]

    def stop(self) -> None:
        """End them."""
        self._stop.set()
        self._go.set()
        for thread in self._threads:
            thread.join(REQUEST_S + 5)
        for client in self.clients:
            client.close()

    def _run(self, client: ClusterClient) -> None:
        try:
            while not self._stop.is_set():
                if not self._go.is_set():
                    self._idle.release()
                    self._go.wait()
                    continue
                client.edit()
                time.sleep(PAUSE_S)
        except BaseException as error:  # the main thread raises it
            self._broken.append(error)


class ClusterReaders:
    """Ask each server the same question again and again; an answer must be the right one."""

    def __init__(self, servers: Sequence[ClusterServer]) -> None:
        """Start a thread for each server."""
        self.answers: Counter[str] = Counter()
        """By server."""
        self._stop = threading.Event()
        self._broken: list[str] = []
        self._threads = [
            threading.Thread(target=self._run, args=(server,), daemon=True) for server in servers
        ]
        for thread in self._threads:
            thread.start()

    def check(self) -> None:
        """Raise if an answer was wrong.

        Raises:
            PromiseBroken: it was.
        """
        if self._broken:
            raise PromiseBroken(self._broken[0])

    def stop(self) -> None:
        """End them."""
        self._stop.set()
        for thread in self._threads:
            thread.join(REQUEST_S + 5)

    def _run(self, server: ClusterServer) -> None:
        with httpx2.Client(timeout=REQUEST_S, trust_env=False) as http:
            while not self._stop.wait(0.2):
                try:
                    answer = http.get(f"{server.url}/v1/search", params={"q": QUESTION})
                except (httpx2.HTTPError, httpx2.InvalidURL):
                    continue  # it was killed
                hits = answer.json().get("hits") if answer.status_code == 200 else None
                if not hits or hits[0]["id"] != RIGHT:
                    self._broken.append(
                        f"{server.name} answered a question with {answer.status_code} "
                        f"{answer.text[:500]}"
                    )
                self.answers[server.name] += 1
