"""A mirror.

A copy of the entries that follows `GET /v1/changes`, a few at a time, as one on another machine
would.
"""

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

PAGE = 2
"""Changes asked for at a time, so that every answer ends in the midst of them."""


class Mirror:
    """What a mirror has."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http
        self._heard = 0
        self.entries: dict[str, Any] = {}
        """As JSON, by id."""

    def follow(self) -> int:
        """Take what has changed since, and return how many changes that were.

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
                self.entries[change["id"]] = change["entry"]
            taken += len(lines)
        return taken

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

    def judge(self, index: Path) -> None:
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
