"""Answers questions over HTTP in batches, and repeated ones from a cache."""

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
from semsearch.server.batching import MAX_BATCH, Client, Workers
from semsearch.server.serialize import to_json

THREADS = max(2, (os.cpu_count() or 1) // 2)
"""While one thread holds the interpreter lock, others encode. More would share the same cores."""

ANSWER_OVERHEAD = 500
"""Bytes of memory that a cached answer takes beside its content."""

Timings = dict[str, float | str]
"""Durations in milliseconds, and which cache answered, for the header `Server-Timing`."""


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """An answer as JSON, with its timings."""

    content: bytes
    timings: Timings


class SearchService:
    """Answers questions over one index.

    Args:
        glossary: the open index.
        settings: bounds of the queue, of waiting and of the cache.
    """

    def __init__(self, glossary: Glossary, settings: Settings) -> None:
        self._glossary = glossary
        self.workers: Workers[SearchRequest, TimedAnswer] = Workers(
            THREADS, self._answer, waiting=settings.queue, patience=settings.patience
        )
        # Only the event loop reads and writes it. The key has the tag of the index.
        self._answers: LRUCache[tuple[str, SearchRequest], bytes] = LRUCache(
            settings.cache * 1_000_000, lambda content: len(content) + ANSWER_OVERHEAD
        )

    async def ask(self, search: SearchRequest, client: Client) -> TimedAnswer:
        """Answer a question that has been checked.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            Overloaded: too many questions wait.
        """
        tag = await self.refresh()
        cached = self._answers.get((tag, search))
        if cached is not None:
            return TimedAnswer(cached, {"cache": "answer"})
        self._glossary.check(search)
        began = perf_counter()
        reply = await self.workers.ask(search, client)
        self._cache(tag, search, reply.content)
        took = (perf_counter() - began) * 1000
        worked = sum(ms for ms in reply.timings.values() if isinstance(ms, float))
        return TimedAnswer(reply.content, {"queue": max(took - worked, 0.0), **reply.timings})

    async def ask_all(self, searches: Sequence[SearchRequest], client: Client) -> list[bytes]:
        """Return the JSON of each answer to a batch.

        The batch is answered in parts, so that other questions are answered in between.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            Overloaded: too many requests wait; the rest of the batch is not asked.
        """
        tag = await self.refresh()
        for search in searches:
            self._glossary.check(search)
        cached = ((search, self._answers.get((tag, search))) for search in searches)
        found = {search: content for search, content in cached if content is not None}
        new = [search for search in dict.fromkeys(searches) if search not in found]
        parts = deque(new[i : i + MAX_BATCH] for i in range(0, len(new), MAX_BATCH))

        async def ask_parts() -> None:
            while parts:
                part = parts.popleft()
                try:
                    work = partial(self._answers_to, part)
                    replies = await self.workers.run(work, client, size=len(part))
                except BaseException:
                    parts.clear()
                    raise
                for search, reply in zip(part, replies, strict=True):
                    self._cache(tag, search, reply.content)
                    found[search] = reply.content

        await asyncio.gather(*(ask_parts() for _ in range(THREADS)))
        return [found[search] for search in searches]

    async def refresh(self) -> str:
        """Show the latest revision of the index, and return its tag."""
        if self._glossary.is_behind:
            await run_in_threadpool(self._glossary.follow, wait=False)
        return self._glossary.tag

    def _cache(self, tag: str, search: SearchRequest, content: bytes) -> None:
        if len(content) + ANSWER_OVERHEAD <= self._answers.maxsize:
            self._answers[tag, search] = content

    def _answers_to(self, searches: Sequence[SearchRequest]) -> list[TimedAnswer]:
        return list(self._answer(searches))

    def _answer(self, searches: Sequence[SearchRequest]) -> Iterator[TimedAnswer]:
        began = perf_counter()
        embedded = self._glossary.prepare(searches)
        encoded = perf_counter()
        for query in embedded:
            content = to_json(query.answer())
            now = perf_counter()
            timings: Timings = {
                "encode": (encoded - began) * 1000,
                "search": (now - encoded) * 1000,
            }
            if query.is_remembered:
                timings["cache"] = "vector"
            yield TimedAnswer(content, timings)
            encoded = now
