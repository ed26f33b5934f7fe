"""Answers questions over HTTP in batches, and repeated ones from a cache."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TypeVar

from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool

from semsearch.core.cores import cores
from semsearch.core.settings import Settings
from semsearch.search.answer import SearchRequest
from semsearch.search.glossary import Glossary
from semsearch.server.http.problem_types import TOO_LARGE
from semsearch.server.http.problems import Refused
from semsearch.server.queueing.batch_line import Batch, BatchLine
from semsearch.server.queueing.batching import Client, Workers, work_only
from semsearch.server.queueing.waiting_line import Overloaded, WaitingLine
from semsearch.server.revision_waiters import RevisionWaiters
from semsearch.server.serialize import to_json
from semsearch.server.workers import worker_count

THREADS = max(2, cores() // 2)
"""Threads for pages and for heavy work: at least two, so that a slow page does not block the
others."""

SHORT_CHARS = 100
"""Embedding so many letters takes about as long as the rest of an answer, and counts as much."""

_LETTERS = re.compile(r"[A-Za-z\s]+")
_CHARS_A_TOKEN = 4
"""Letters in one token of English. Any other character, such as a sign, a digit or one of Chinese,
may be a token by itself."""
_MOST_WEIGHT = 1_024
"""Encoders read no more than 256 tokens."""

PART_COST = 8
"""Cost of a part of a batch: 25 ms of a thread, for which another batch waits."""

BATCH_S = 30.0
"""Seconds in which a batch is answered or refused. The largest takes 2 s of an idle service."""

MAX_ANSWERS_BYTES = 8_000_000
"""Most bytes of the answers to a batch in sum. 350 bytes asked for 135 MB of long definitions."""

ANSWER_OVERHEAD = 500
"""Bytes of memory that a cached answer takes beside its content."""


Timings = dict[str, float | str]
"""Durations in milliseconds, and which cache answered, for the header `Server-Timing`."""


_T = TypeVar("_T")


def cost_of(search: SearchRequest) -> int:
    """Return the cost of answering a question, in short questions, by its estimated tokens."""
    question = search.question
    others = len(_LETTERS.sub("", question))
    weight = len(question) + (_CHARS_A_TOKEN - 1) * others
    return 1 + min(weight, _MOST_WEIGHT) // SHORT_CHARS


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """An answer as JSON, with its timings.

    `is_passing` says that it was found by words and names only, and is cached nowhere.
    """

    content: bytes
    timings: Timings
    is_passing: bool = False

    @property
    def is_cached(self) -> bool:
        """Whether the cache answered at once."""
        return "queue" not in self.timings


class SearchService:
    """Answers questions over one index.

    Args:
        glossary: the open index.
        settings: the number of processes, and bounds of the queue, of waiting and of the cache.
        observe: is called on the event loop with the timings of each answer.
    """

    def __init__(
        self,
        glossary: Glossary,
        settings: Settings,
        observe: Callable[[Timings], None] = lambda timings: None,
    ) -> None:
        self._glossary = glossary
        self._observe = observe
        self.page_workers = work_only(
            THREADS, WaitingLine(THREADS, settings.queue, settings.patience)
        )
        """Threads for pages and other work beside questions. Their line is another one: pages are
        done sooner, and a pace of both would admit too many questions."""
        threads = worker_count.threads(settings.workers)
        self.question_line = WaitingLine(threads, settings.queue, settings.patience)
        self._question_workers: Workers[SearchRequest, TimedAnswer] = Workers(
            threads, self._answer, self.question_line
        )
        self.heavy_line = WaitingLine(1, settings.queue, settings.patience, party_share=1)
        """Requests that take many pieces of work. A party may hold as much as is free: half of the
        line, if it is alone."""
        self._batches = BatchLine(self.heavy_line, BATCH_S)
        self._turn = asyncio.Semaphore(1)
        self._waiting_for_turn = 0
        self.revision_waiters = RevisionWaiters(lambda: self._glossary.revision, self.refresh)
        """Requests that name a revision which is not shown yet."""
        self._refresh: asyncio.Task[None] | None = None
        """Has not begun to look at the index."""
        self._refreshing = asyncio.Lock()
        # Only the event loop reads and writes it. The key has the tag of the index.
        self._answers: LRUCache[tuple[str, SearchRequest], bytes] = LRUCache(
            settings.cache * 1_000_000, lambda content: len(content) + ANSWER_OVERHEAD
        )

    async def ask(self, search: SearchRequest, client: Client) -> TimedAnswer:
        """Answer a question that has been checked, after `refresh`.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            Overloaded: too many questions wait.
        """
        tag = self._glossary.tag
        with suppress(KeyError):
            found = TimedAnswer(self._answers[tag, search], {"cache": "answer"})
            self._observe(found.timings)
            return found
        self._glossary.check(search)
        began = perf_counter()
        reply = await self._question_workers.ask(search, client, cost=cost_of(search))
        self._cache(tag, search, reply)
        took = (perf_counter() - began) * 1000
        worked = sum(ms for ms in reply.timings.values() if isinstance(ms, float))
        answer = replace(reply, timings={"queue": max(took - worked, 0.0), **reply.timings})
        self._observe(answer.timings)
        return answer

    async def ask_all(self, searches: Sequence[SearchRequest], client: Client) -> list[bytes]:
        """Return the JSON of each answer to a batch, after `refresh`.

        Raises:
            GlossaryNotFound, Refused, Overloaded: see `answering`.
        """
        async with self.answering(searches, client) as (answers, _):
            return answers

    @asynccontextmanager
    async def answering(
        self, searches: Sequence[SearchRequest], client: Client, further: int = 0
    ) -> AsyncIterator[tuple[list[bytes], Batch]]:
        """Yield the JSON of each answer to a batch, and its place, which is held until the end.

        A batch is answered in small parts by one thread at a time. Between two parts come those of
        other batches, and the other threads answer single questions.

        Args:
            searches: the questions.
            client: who asks.
            further: pieces of work after the answers, for `run_heavy` in this place. The limit of
                time holds for them too.

        Raises:
            GlossaryNotFound: the index has no such glossary.
            Refused: the answers have more than `MAX_ANSWERS_BYTES`; the rest is not asked.
            Overloaded: it would take too long beside others, it took more than `BATCH_S`, or the
                client has left; the rest is not asked.
        """
        tag = self._glossary.tag
        for search in searches:
            self._glossary.check(search)
        cached = ((search, self._answers.get((tag, search))) for search in searches)
        found = {search: content for search, content in cached if content is not None}
        new = [search for search in dict.fromkeys(searches) if search not in found]
        for _ in found:
            self._observe({"cache": "answer"})
        parts = list(_parts(new))
        counts = Counter(searches)
        size = sum(len(content) * counts[search] for search, content in found.items())
        _check_size(size)
        try:
            with self._batches.entered(client.party, len(parts) + further) as batch:
                async with asyncio.timeout(BATCH_S):
                    for part in parts:
                        work, cost = partial(self._answers_to, part), sum(map(cost_of, part))
                        replies = await self.run_heavy(work, client, cost, batch=batch)
                        for search, reply in zip(part, replies, strict=True):
                            self._cache(tag, search, reply)
                            self._observe(reply.timings)
                            found[search] = reply.content
                            size += len(reply.content) * counts[search]
                        _check_size(size)
                    yield [found[search] for search in searches], batch
        except TimeoutError:
            raise Overloaded from None

    async def run_heavy(
        self, work: Callable[[], _T], client: Client, cost: int = 1, *, batch: Batch | None = None
    ) -> _T:
        """Return what a piece of work of a heavy request returns.

        One thread at most works for heavy requests. Their pieces take turns.

        Args:
            work: the function to call.
            client: the client that waits for it.
            cost: of the work, in short questions.
            batch: of which it is a part, which is counted down.

        Raises:
            Overloaded: the client has left.
        """
        began = perf_counter()
        self._waiting_for_turn += 1
        ahead = self._waiting_for_turn
        try:
            async with self._turn:
                result = await self.page_workers.run(work, client, cost=cost, is_next=True)
        finally:
            self._waiting_for_turn -= 1
        self.heavy_line.note(perf_counter() - began, ahead)
        if batch is not None:
            batch.left -= 1
        return result

    @property
    def cached(self) -> int:
        """How many answers the cache has."""
        return len(self._answers)

    @property
    def cached_bytes(self) -> int:
        """The size of the answers in the cache."""
        return int(self._answers.currsize)

    def close(self) -> None:
        """End the threads when their work is done. Blocks; later work starts new threads."""
        self.page_workers.close()
        self._question_workers.close()

    async def refresh(self) -> None:
        """Show the latest revision of the index.

        All that come before a thread begins to look share what it finds, so that they do not wait
        for each other, where no line counts them.
        """
        if not self._glossary.is_behind:
            return
        if self._refresh is None:
            self._refresh = asyncio.create_task(self._refresh_next())
        await asyncio.shield(self._refresh)

    async def _refresh_next(self) -> None:
        async with self._refreshing:
            self._refresh = None  # whoever comes from now on needs a later look
            await run_in_threadpool(self._glossary.refresh, wait=False)

    def _cache(self, tag: str, search: SearchRequest, reply: TimedAnswer) -> None:
        size = len(reply.content) + ANSWER_OVERHEAD
        if size <= self._answers.maxsize and not reply.is_passing:
            self._answers[tag, search] = reply.content

    def _answers_to(self, searches: Sequence[SearchRequest]) -> list[TimedAnswer]:
        return list(self._answer(searches))

    def _answer(self, searches: Sequence[SearchRequest]) -> Iterator[TimedAnswer]:
        began = perf_counter()
        embedded = self._glossary.prepare(searches, refresh=False)
        encoded = perf_counter()
        for query in embedded:
            ranking = query.rank()
            retrieved = perf_counter()
            answer = ranking.answer()
            content = to_json(answer)
            now = perf_counter()
            timings: Timings = {
                "encode": (encoded - began) * 1000,
                "retrieve": (retrieved - encoded) * 1000,
                "answer": (now - retrieved) * 1000,
            }
            if query.is_remembered:
                timings["cache"] = "vector"
            yield TimedAnswer(content, timings, answer.is_passing)
            encoded = now


def _check_size(size: int) -> None:
    if size > MAX_ANSWERS_BYTES:
        raise Refused(
            TOO_LARGE,
            f"the answers have more than {MAX_ANSWERS_BYTES:,} bytes in sum; ask fewer questions at a "
            "time, or for fewer hits",
        )


def _parts(searches: Sequence[SearchRequest]) -> Iterator[list[SearchRequest]]:
    """Split a batch into parts of at most `PART_COST`, or of one question."""
    part: list[SearchRequest] = []
    cost = 0
    for search in searches:
        if part and cost + cost_of(search) > PART_COST:
            yield part
            part, cost = [], 0
        part.append(search)
        cost += cost_of(search)
    if part:
        yield part
