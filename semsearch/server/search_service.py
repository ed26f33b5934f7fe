"""Asking over HTTP: questions answered together, and those that repeat answered from memory."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool

from semsearch.core.settings import Settings
from semsearch.search.answer import SearchRequest
from semsearch.search.glossary import Glossary
from semsearch.server.batching import TOGETHER, Client, Workers
from semsearch.server.serialize import to_json

THREADS = max(2, (os.cpu_count() or 1) // 2)
"""While one thread has the interpreter, others encode. More would only share the same cores."""

ANSWER_OVERHEAD = 500
"""Bytes of memory that an answer takes besides its content."""

Timings = dict[str, float | str]
"""What took how long, in milliseconds, and which cache answered; shown as `Server-Timing`."""


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """An answer as JSON, and how it came about."""

    content: bytes
    timings: Timings


class SearchService:
    """Answers questions over one index.

    Args:
        glossary: the open index.
        settings: how much may wait, for how long, and how much is remembered.
    """

    def __init__(self, glossary: Glossary, settings: Settings) -> None:
        self._glossary = glossary
        self.workers: Workers[SearchRequest, TimedAnswer] = Workers(
            THREADS, self._answer, waiting=settings.queue, patience=settings.patience
        )
        # Read and written by the event loop only. An answer belongs to what the index held when it was asked for.
        self._answers: LRUCache[tuple[str, SearchRequest], bytes] = LRUCache(
            settings.cache * 1_000_000, lambda content: len(content) + ANSWER_OVERHEAD
        )

    async def ask(self, asked: SearchRequest, client: Client) -> TimedAnswer:
        """Answer a question that has been checked.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            Overloaded: too many questions wait.
        """
        tag = await self.follow()
        known = self._answers.get((tag, asked))
        if known is not None:
            return TimedAnswer(known, {"cache": "answer"})
        self._glossary.check(asked)
        began = perf_counter()
        reply = await self.workers.ask(asked, client)
        self._remember(tag, asked, reply.content)
        took = (perf_counter() - began) * 1000
        worked = sum(ms for ms in reply.timings.values() if isinstance(ms, float))
        return TimedAnswer(reply.content, {"queue": max(took - worked, 0.0), **reply.timings})

    async def ask_all(self, asked: Sequence[SearchRequest], client: Client) -> list[bytes]:
        """Return the JSON of each answer to a batch, which is asked in parts: others are answered in between.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            Overloaded: too many requests wait; the rest of the batch is not asked.
        """
        tag = await self.follow()
        for one in asked:
            self._glossary.check(one)
        known = ((one, self._answers.get((tag, one))) for one in asked)
        found = {one: content for one, content in known if content is not None}
        new = [one for one in dict.fromkeys(asked) if one not in found]
        parts = deque(new[i : i + TOGETHER] for i in range(0, len(new), TOGETHER))

        async def ask_parts() -> None:
            while parts:
                part = parts.popleft()
                try:
                    work = partial(self._answers_to, part)
                    replies = await self.workers.run(work, client, size=len(part))
                except BaseException:
                    parts.clear()
                    raise
                for one, reply in zip(part, replies, strict=True):
                    self._remember(tag, one, reply.content)
                    found[one] = reply.content

        await asyncio.gather(*(ask_parts() for _ in range(THREADS)))
        return [found[one] for one in asked]

    async def follow(self) -> str:
        """Show what the index holds now, and return its tag."""
        if self._glossary.is_behind:
            await run_in_threadpool(self._glossary.follow, wait=False)
        return self._glossary.tag

    def _remember(self, tag: str, asked: SearchRequest, content: bytes) -> None:
        if len(content) + ANSWER_OVERHEAD <= self._answers.maxsize:
            self._answers[tag, asked] = content

    def _answers_to(self, asked: Sequence[SearchRequest]) -> list[TimedAnswer]:
        return list(self._answer(asked))

    def _answer(self, asked: Sequence[SearchRequest]) -> Iterator[TimedAnswer]:
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
            yield TimedAnswer(content, timings)
            encoded = now
