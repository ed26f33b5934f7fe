"""Asking over HTTP: questions answered together, and those that repeat answered from memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from cachetools import LRUCache

from semsearch.api.workers import Client, Workers
from semsearch.config import Settings
from semsearch.glossary import Asked, Glossary
from semsearch.writing import to_json

THREADS = max(2, (os.cpu_count() or 1) // 2)
"""While one thread has the interpreter, others encode. More would only share the same cores."""

ANSWER_OVERHEAD = 500
"""Bytes of memory that an answer takes besides its content."""

Timings = dict[str, float | str]
"""What took how long, in milliseconds, and which cache answered; shown as `Server-Timing`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as JSON, and how it came about."""

    content: bytes
    timings: Timings


class Asking:
    """Answers questions over one index.

    Args:
        glossary: the open index.
        settings: how much may wait, for how long, and how much is remembered.
    """

    def __init__(self, glossary: Glossary, settings: Settings) -> None:
        self._glossary = glossary
        self.workers: Workers[Asked, Reply] = Workers(
            THREADS, self._answer, waiting=settings.queue, patience=settings.patience
        )
        # Read and written by the event loop only. Keys hold no tag: an index never changes while it is open.
        self._answers: LRUCache[Asked, bytes] = LRUCache(
            settings.cache * 1_000_000, lambda content: len(content) + ANSWER_OVERHEAD
        )

    async def ask(self, asked: Asked, client: Client) -> Reply:
        """Answer a question that has been checked.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            Overloaded: too many questions wait.
        """
        known = self._answers.get(asked)
        if known is not None:
            return Reply(known, {"cache": "answer"})
        self._glossary.check(asked)
        reply = await self.workers.ask(asked, client)
        if len(reply.content) + ANSWER_OVERHEAD <= self._answers.maxsize:
            self._answers[asked] = reply.content
        return reply

    def _answer(self, asked: Sequence[Asked]) -> Iterator[Reply]:
        began = perf_counter()
        prepared = self._glossary.prepare(asked)
        encoded = perf_counter()
        for one in prepared:
            content = to_json(one.answer())
            now = perf_counter()
            timings: Timings = {
                "encode": (encoded - began) * 1000,
                "search": (now - encoded) * 1000,
            }
            if one.is_remembered:
                timings["cache"] = "vector"
            yield Reply(content, timings)
            encoded = now
