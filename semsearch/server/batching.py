"""Worker threads with adaptive batching, so that the event loop never works.

Waiting questions form a batch: the encoder runs once for all of them, and each is answered as soon
as it is ready. A single question does not wait for others; batches grow only when questions arrive
faster than they are answered. The queue is bounded in length and in waiting time. An overloaded
service thus refuses some requests at once and answers the others in time. The pace of the last
tasks predicts the waiting time.
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

MAX_BATCH = 16
"""Most questions in a batch. Larger ones encode no faster and make the first question wait."""

PACE_BATCHES = 8
"""The pace is an exponential average over about this many batches."""

ADMISSION_SHARE = 0.5
"""Share of the patience that a new task may be expected to wait. The prediction is sometimes wrong
by half, and a task that is dropped later has waited for nothing."""


class Overloaded(Exception):
    """The task would wait too long. Nothing was begun."""


@dataclass(slots=True)
class Client:
    """The client that waits for an answer."""

    has_left: bool = False


@dataclass(slots=True)
class _Task:
    """A task in the queue, and the client that waits for it."""

    future: asyncio.Future[Any]
    client: Client
    work: Callable[[], Any] | None = None
    """The function to call; None for a question."""
    question: Any = None
    size: int = 1
    """The work, in questions."""
    since: float = field(default_factory=perf_counter)


class Workers(Generic[_Question, _Reply]):
    """A pool of threads for one event loop at a time; each starts when it is needed.

    Going to a thread and back takes 0.15 ms, against 0.25 with asyncio's executor and 0.33 with
    anyio's threads. This was measured after work that emptied the processor caches, as a question
    does.

    Args:
        max_threads: most threads. Further tasks wait.
        answer: answers a batch of questions. It yields the replies in order, each as soon as it is
            ready, and raises no error that one question caused.
        waiting: how many tasks may wait beside one for each thread.
        patience: seconds that a task may wait. A task that waited longer is dropped. A new task is
            refused if the pace predicts that it waits half as long.
    """

    def __init__(
        self,
        max_threads: int,
        answer: Callable[[Sequence[_Question]], Iterable[_Reply]],
        *,
        waiting: int,
        patience: float,
    ) -> None:
        self._max_threads = max_threads
        self._answer = answer
        self._waiting = waiting
        self._patience = patience
        self._tasks: deque[_Task] = deque()
        # One call for each task. A thread whose task is in another batch already goes on waiting.
        self._calls: SimpleQueue[bool] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._open = 0
        self._pace = 0.0
        """Seconds between two answers while all threads are busy. All threads write it without a
        lock: a lost update does no harm."""

    async def run(
        self, work: Callable[[], _T], client: Client | None = None, *, size: int = 1
    ) -> _T:
        """Return what `work` returns in a thread, or raise what it raises.

        Args:
            work: the function to call.
            client: the client that waits for it.
            size: the work, in questions.

        Raises:
            Overloaded: too many tasks wait, or this one waited too long.
        """
        found: _T = await self._result(work=work, client=client, size=size)
        return found

    async def ask(self, question: _Question, client: Client | None = None) -> _Reply:
        """Return the reply to a question, which may be answered in a batch.

        Raises:
            Overloaded: too many tasks wait, or this one waited too long.
        """
        found: _Reply = await self._result(question=question, client=client)
        return found

    def is_full(self) -> bool:
        """Whether one more task would be refused."""
        is_long = self._open >= self._max_threads + self._waiting
        return is_long or len(self._tasks) * self._pace > self._patience * ADMISSION_SHARE

    async def _result(self, *, client: Client | None, **task: Any) -> Any:  # noqa: ANN401
        if self.is_full():
            raise Overloaded
        future = asyncio.get_running_loop().create_future()
        self._open += 1
        if not self._threads or len(self._threads) < min(self._open, self._max_threads):
            thread = threading.Thread(target=self._serve, name="semsearch-worker", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._tasks.append(_Task(future, client or Client(), **task))
        self._calls.put(True)
        try:
            return await future
        finally:
            self._open -= 1

    def close(self) -> None:
        """End the threads when their tasks are done. Blocks; a later task starts new threads."""
        for _ in self._threads:
            self._calls.put(False)
        while self._threads:
            self._threads.pop().join()

    def _serve(self) -> None:
        while self._calls.get():
            batch = self._next_batch()
            if not batch:
                continue
            began = perf_counter()
            if batch[0].work is not None:
                _run(batch[0])
            else:
                self._answer_batch(batch)
            self._update_pace((perf_counter() - began) / sum(task.size for task in batch))
            del batch  # or an idle thread would keep the answers

    def _update_pace(self, seconds: float) -> None:
        """Update the pace by the seconds that one thread took for a question."""
        self._pace += (seconds / max(1, len(self._threads)) - self._pace) / PACE_BATCHES

    def _next_batch(self) -> list[_Task]:
        """Return the next task or, if it is a question, a fair share of the waiting ones."""
        share = min(MAX_BATCH, math.ceil(len(self._tasks) / len(self._threads or "?")))
        batch: list[_Task] = []
        while len(batch) < max(1, share):
            try:
                task = self._tasks.popleft()
            except IndexError:
                break
            if task.work is not None and batch:
                self._tasks.appendleft(task)  # its own call is still to come
                break
            if not self._is_dropped(task):
                batch.append(task)
                if task.work is not None:
                    break
        return batch

    def _is_dropped(self, task: _Task) -> bool:
        has_left = task.future.cancelled() or task.client.has_left
        if has_left or perf_counter() - task.since > self._patience:
            _complete(task, None, Overloaded())
            return True
        return False

    def _answer_batch(self, tasks: Sequence[_Task]) -> None:
        """Answer questions; an error fails those that have no reply yet."""
        answered = 0
        try:
            replies = self._answer([task.question for task in tasks])
            for task, reply in zip(tasks, replies, strict=True):
                answered += 1
                _complete(task, reply, None)
        except BaseException as error:  # it is raised where the replies are awaited
            for task in tasks[answered:]:
                _complete(task, None, error)


def _run(task: _Task) -> None:
    """Call the function of a task, and complete its future."""
    assert task.work is not None  # noqa: S101 - `_serve` has checked it
    result: object = None
    failure: BaseException | None = None
    try:
        result = task.work()
    except StopIteration as error:  # a future refuses it
        failure = RuntimeError(repr(error))
    except BaseException as error:  # it is raised where the work is awaited
        failure = error
    _complete(task, result, failure)


def _complete(task: _Task, result: object, failure: BaseException | None) -> None:
    with contextlib.suppress(RuntimeError):  # the event loop is closed
        task.future.get_loop().call_soon_threadsafe(_set, task.future, result, failure)


def _set(future: asyncio.Future[Any], result: object, failure: BaseException | None) -> None:
    if future.cancelled():
        return
    if failure is None:
        future.set_result(result)
    else:
        future.set_exception(failure)
