"""Threads that do the work of requests, so that the event loop never does.

Questions that wait are taken together (adaptive batching): the encoder runs once for all of them, and
each is answered as soon as it is done. A lone question is taken at once; batches grow by themselves
when questions come faster than they are answered. What waits is bounded in number and in time, so that
a service with too much to do refuses some of it quickly and answers the rest in time: what would wait too long
by the pace of the last tasks is refused when it comes, rather than when its time is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from time import perf_counter
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")
_Question = TypeVar("_Question")
_Reply = TypeVar("_Reply")

TOGETHER = 16
"""Most questions taken at once; larger batches encode no faster and make the first one wait."""

LAST = 8
"""The pace is that of about so many times of taking tasks."""

ADMITTED = 0.5
"""Share of the patience that a task may be expected to wait: what is expected is wrong by half now and then, and
who is given up has waited for nothing."""


class Overloaded(Exception):
    """There is more to do than can be done in time; nothing was begun."""


@dataclass(slots=True)
class Client:
    """Whoever waits for an answer."""

    has_left: bool = False


@dataclass(slots=True)
class _Task:
    """Something to be done, and who waits for it."""

    future: asyncio.Future[Any]
    client: Client
    work: Callable[[], Any] | None = None
    """What to do; None for a question."""
    question: Any = None
    size: int = 1
    """As much work as so many questions."""
    since: float = field(default_factory=perf_counter)


class Workers(Generic[_Question, _Reply]):
    """A few threads, started when they are needed, for one event loop at a time.

    Going to a thread and back takes 0.15 ms here, 0.25 with asyncio's executor and 0.33 with anyio's
    threads, measured after work that emptied the caches, as a question's is.

    Args:
        most: how many threads; further work waits its turn.
        answer: answers questions taken together. It yields a reply to each, in their order, as soon as
            it is made, and raises nothing that is the fault of one of them.
        waiting: how many tasks may wait besides one for each thread.
        patience: seconds that a task may wait: one that does wait longer is given up, and one that would wait half
            as long by the pace of the last ones is refused when it comes.
    """

    def __init__(
        self,
        most: int,
        answer: Callable[[Sequence[_Question]], Iterable[_Reply]],
        *,
        waiting: int,
        patience: float,
    ) -> None:
        self._most = most
        self._answer = answer
        self._waiting = waiting
        self._patience = patience
        self._tasks: deque[_Task] = deque()
        # One for each task; a thread that finds its task taken along with another goes on waiting.
        self._calls: SimpleQueue[bool] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._open = 0
        self._pace = 0.0
        """Seconds from one answer to the next while all threads are busy. Written by any of them: to lose a time
        now and then does no harm."""

    async def run(
        self, work: Callable[[], _T], client: Client | None = None, *, size: int = 1
    ) -> _T:
        """Return what `work` returns in a thread, or raise what it raises.

        Args:
            work: what to do.
            client: who waits for it.
            size: to how many questions it comes.

        Raises:
            Overloaded: too many tasks wait, or this one waited too long.
        """
        found: _T = await self._done(work=work, client=client, size=size)
        return found

    async def ask(self, question: _Question, client: Client | None = None) -> _Reply:
        """Return the reply to a question, which may be answered together with others.

        Raises:
            Overloaded: too many tasks wait, or this one waited too long.
        """
        found: _Reply = await self._done(question=question, client=client)
        return found

    def is_full(self) -> bool:
        """Whether one more task would be refused."""
        is_long = self._open >= self._most + self._waiting
        return is_long or len(self._tasks) * self._pace > self._patience * ADMITTED

    async def _done(self, *, client: Client | None, **what: Any) -> Any:  # noqa: ANN401
        if self.is_full():
            raise Overloaded
        future = asyncio.get_running_loop().create_future()
        self._open += 1
        if not self._threads or len(self._threads) < min(self._open, self._most):
            thread = threading.Thread(target=self._serve, name="semsearch-worker", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._tasks.append(_Task(future, client or Client(), **what))
        self._calls.put(True)
        try:
            return await future
        finally:
            self._open -= 1

    def close(self) -> None:
        """End the threads when they have done what they were given. Blocks; asking starts anew."""
        for _ in self._threads:
            self._calls.put(False)
        while self._threads:
            self._threads.pop().join()

    def _serve(self) -> None:
        while self._calls.get():
            taken = self._take()
            if not taken:
                continue
            began = perf_counter()
            if taken[0].work is not None:
                _do(taken[0])
            else:
                self._do_together(taken)
            self._note_pace((perf_counter() - began) / sum(task.size for task in taken))
            del taken  # or an idle thread would keep the answers

    def _note_pace(self, seconds: float) -> None:
        """Note what a question took one of the threads."""
        self._pace += (seconds / max(1, len(self._threads)) - self._pace) / LAST

    def _take(self) -> list[_Task]:
        """Return the next task or, when it is a question, a fair share of those that wait."""
        share = min(TOGETHER, math.ceil(len(self._tasks) / len(self._threads or "?")))
        taken: list[_Task] = []
        while len(taken) < max(1, share):
            try:
                task = self._tasks.popleft()
            except IndexError:
                break
            if task.work is not None and taken:
                self._tasks.appendleft(task)  # its own call is still to come
                break
            if not self._is_given_up(task):
                taken.append(task)
                if task.work is not None:
                    break
        return taken

    def _is_given_up(self, task: _Task) -> bool:
        if task.future.cancelled() or task.client.has_left:
            _tell(task, None, Overloaded())
            return True
        if perf_counter() - task.since > self._patience:
            _tell(task, None, Overloaded())
            return True
        return False

    def _do_together(self, tasks: Sequence[_Task]) -> None:
        """Answer questions; a fault fails those that have no reply yet."""
        answered = 0
        try:
            replies = self._answer([task.question for task in tasks])
            for task, reply in zip(tasks, replies, strict=True):
                answered += 1
                _tell(task, reply, None)
        except BaseException as error:  # it is raised where the replies are awaited
            for task in tasks[answered:]:
                _tell(task, None, error)


def _do(task: _Task) -> None:
    """Do one piece of work, and tell the event loop; nobody may be waiting any more."""
    assert task.work is not None  # noqa: S101 - as told apart by `_serve`
    result: object = None
    fault: BaseException | None = None
    try:
        result = task.work()
    except StopIteration as error:  # a future does not take it
        fault = RuntimeError(repr(error))
    except BaseException as error:  # it is raised where the work is awaited
        fault = error
    _tell(task, result, fault)


def _tell(task: _Task, result: object, fault: BaseException | None) -> None:
    with contextlib.suppress(RuntimeError):  # the event loop is closed
        task.future.get_loop().call_soon_threadsafe(_settle, task.future, result, fault)


def _settle(future: asyncio.Future[Any], result: object, fault: BaseException | None) -> None:
    if future.cancelled():
        return
    if fault is None:
        future.set_result(result)
    else:
        future.set_exception(fault)
