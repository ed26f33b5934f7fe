"""A copy of the entries that follows `GET /v1/changes`, as one on another machine would."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.torture.kill import PromiseBroken
from semsearch.ingest import Editor
from semsearch.server.serialize import to_json
from semsearch.storage.purges import digest_of

PAGE = 2
"""Changes in one request; so few that requests end in the middle of edits."""


class Mirror:
    """The entries and the position of a mirror."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http
        self._heard = 0
        self.entries: dict[str, Any] = {}
        """As JSON, by id."""

    def follow(self) -> int:
        """Apply the changes since the last call, and return their number.

        Raises:
            PromiseBroken: revisions do not rise.
        """
        taken = 0
        while lines := self._ask():
            for line in lines:
                change = json.loads(line)
                if change["revision"] <= self._heard:
                    raise PromiseBroken(f"{change['revision']} was told behind {self._heard}")
                self._heard = change["revision"]
                if "purged" in change:
                    self._erase(change["purged"])
                else:
                    self.entries[change["id"]] = change["entry"]
            taken += len(lines)
        return taken

    def _erase(self, digest: str) -> None:
        for id_ in [id_ for id_ in self.entries if digest_of(id_) == digest]:
            del self.entries[id_]

    def _ask(self) -> list[str]:
        asked = {"since": self._heard, "limit": PAGE}
        return self._http.get("/v1/changes", params=asked).text.splitlines()

    @contextmanager
    def following(self) -> Iterator[None]:
        """Follow in a thread meanwhile, and what is left at the end.

        Raises:
            PromiseBroken: see `follow`.
        """
        is_over = threading.Event()
        broken: list[PromiseBroken] = []

        def follow() -> None:
            try:
                while not is_over.wait(0.01):
                    self.follow()
            except PromiseBroken as error:
                broken.append(error)

        thread = threading.Thread(target=follow)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
        if broken:
            raise broken[0]
        self.follow()

    def check(self, index: Path) -> None:
        """Compare with what is stored.

        Raises:
            PromiseBroken: an entry is missing, another one, or should be gone.
        """
        have = {id_: entry for id_, entry in self.entries.items() if entry is not None}
        with Editor(index) as editor:
            told = (json.loads(to_json(change)) for change in editor.changes_since(0))
            there = {one["id"]: one["entry"] for one in told if one["entry"] is not None}
        for id_ in sorted(have.keys() | there.keys()):
            if have.get(id_) != there.get(id_):
                raise PromiseBroken(f"a mirror has {have.get(id_)} as {id_}, not {there.get(id_)}")
