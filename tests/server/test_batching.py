"""Worker threads and their batches."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeAlias

import pytest

from semsearch.server.queueing.batching import MAX_BATCH, Client, Workers
from semsearch.server.queueing.waiting_line import Overloaded, WaitingLine

_Doubling: TypeAlias = Workers[int, tuple[int, int]]

WAIT_S = 30.0
"""Far more than threads need to begin, on a busy machine too."""


def _double(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the double of each, and with how many it was asked together."""
    time.sleep(0.02)
    for number in numbers:
        yield 2 * number, len(numbers)


def _sleep(seconds: Sequence[float]) -> Iterator[float]:
    """Take as long for each as it says."""
    for one in seconds:
        time.sleep(one)
        yield one


@pytest.fixture
def workers() -> Iterator[_Doubling]:
    """Yield two threads that double numbers."""
    made = Workers(2, _double, WaitingLine(2, 100, 5))
    yield made
    made.close()


def test_work_is_done_elsewhere(workers: _Doubling) -> None:
    """Never on the event loop, and in as many threads as there are, not more."""
    both = threading.Barrier(2)

    def work() -> int:
        both.wait(WAIT_S)
        return threading.get_ident()

    async def together() -> list[int]:
        return await asyncio.gather(*(workers.run(work) for _ in range(6)))

    threads = set(asyncio.run(together()))
    assert len(threads) == 2
    assert threading.get_ident() not in threads
    workers.close()
    assert asyncio.run(workers.run(lambda: 3)) == 3  # it starts anew


@pytest.mark.parametrize(
    ("raised", "seen"), [(KeyError("a"), KeyError), (StopIteration(), RuntimeError)]
)
def test_errors_come_back(workers: _Doubling, raised: Exception, seen: type[Exception]) -> None:
    """An error is raised where the work is awaited, and the thread goes on."""

    def fail() -> None:
        raise raised

    with pytest.raises(seen):
        asyncio.run(workers.run(fail))
    assert asyncio.run(workers.run(lambda: 1)) == 1


def test_nobody_waits_any_more(workers: _Doubling) -> None:
    """Work that is given up on is not begun, or its result is dropped."""
    begun: list[int] = []
    given_up = threading.Event()

    def work(number: int) -> None:
        begun.append(number)
        given_up.wait(WAIT_S)

    async def give_up() -> None:
        tasks = [asyncio.create_task(workers.run(partial(work, n))) for n in range(4)]
        async with asyncio.timeout(WAIT_S):
            while len(begun) < 2:
                await asyncio.sleep(0.001)
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0)

    asyncio.run(give_up())
    given_up.set()
    assert asyncio.run(workers.run(lambda: 5)) == 5
    assert sorted(begun) == [0, 1]


def test_questions_that_wait_are_taken_together(workers: _Doubling) -> None:
    """One question starts at once; waiting ones form batches of at most `MAX_BATCH`."""

    async def ask() -> list[tuple[int, int]]:
        return await asyncio.gather(*(workers.ask(n) for n in range(60)))

    assert asyncio.run(workers.ask(7)) == (14, 1)
    replies = asyncio.run(ask())
    assert [reply for reply, _ in replies] == [2 * n for n in range(60)]
    sizes = [size for _, size in replies]
    assert 2 < max(sizes) <= MAX_BATCH


def test_long_questions_form_small_batches(workers: _Doubling) -> None:
    """A batch is bounded by its cost, so that nobody waits for long ones of others."""

    async def ask() -> list[tuple[int, int]]:
        return await asyncio.gather(*(workers.ask(n, cost=MAX_BATCH // 2) for n in range(12)))

    replies = asyncio.run(ask())
    assert [reply for reply, _ in replies] == [2 * n for n in range(12)]
    assert {size for _, size in replies} <= {1, 2}


def test_work_that_has_waited_goes_first() -> None:
    """It is not refused either, and what waits is answered after it."""
    workers: _Doubling = Workers(1, _double, WaitingLine(1, 2, 5))
    done: list[int] = []

    async def ask() -> None:
        slow = asyncio.create_task(workers.run(partial(time.sleep, 0.1)))
        await asyncio.sleep(0.02)
        waiting = [asyncio.create_task(workers.run(partial(done.append, n))) for n in (1, 2)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await workers.run(partial(done.append, 3))
        await workers.run(partial(done.append, 4), is_next=True)
        await asyncio.gather(slow, *waiting)

    asyncio.run(ask())
    assert done == [4, 1, 2]
    workers.close()


def test_other_work_between_questions_is_done(workers: _Doubling) -> None:
    """Taking questions together loses no task that stands among them."""

    async def mixed() -> list[object]:
        asked = (workers.ask(n) if n % 3 else workers.run(partial(str, n)) for n in range(30))
        return await asyncio.gather(*asked)

    found = asyncio.run(mixed())
    for n, one in enumerate(found):
        assert (one[0] if isinstance(one, tuple) else one) == (2 * n if n % 3 else str(n))


def test_what_is_too_much_is_refused() -> None:
    """No more may wait than stated; those that wait are still answered."""
    workers: _Doubling = Workers(1, _double, WaitingLine(1, 5, 5))

    async def ask() -> list[object]:
        asked = (workers.ask(n) for n in range(50))
        return await asyncio.gather(*asked, return_exceptions=True)

    found = asyncio.run(ask())
    refused = [one for one in found if isinstance(one, Overloaded)]
    assert len(refused) >= 50 - 5 - 1
    assert isinstance(found[0], tuple)
    assert asyncio.run(workers.ask(3)) == (6, 1)
    workers.close()


def test_patience_ends() -> None:
    """What has waited too long is refused, not answered late."""
    workers: _Doubling = Workers(1, _double, WaitingLine(1, 100, 0.05))

    async def ask() -> float:
        slow = asyncio.create_task(workers.run(partial(time.sleep, 2)))
        await asyncio.sleep(0)
        began = time.perf_counter()
        with pytest.raises(Overloaded):
            await workers.ask(1)
        took = time.perf_counter() - began
        await slow
        return took

    assert asyncio.run(ask()) < 1.5  # a timer says so, while the thread is busy
    assert asyncio.run(workers.ask(3)) == (6, 1)
    workers.close()


def test_what_would_wait_too_long_is_refused_at_once() -> None:
    """The pace predicts it, without waiting; with an empty queue no task is refused."""
    workers: Workers[float, float] = Workers(1, _sleep, WaitingLine(1, 100, 0.7))

    async def ask() -> int:
        tasks = [asyncio.create_task(workers.run(partial(time.sleep, 0.1))) for _ in range(40)]
        _, waiting = await asyncio.wait(tasks, timeout=0.05)
        for task in waiting:
            task.cancel()
        return len(waiting)

    for _ in range(8):
        assert asyncio.run(workers.ask(0.1)) == 0.1
    assert 1 <= asyncio.run(ask()) <= 5  # 3, if each took .1 s: a busy machine takes longer
    assert asyncio.run(workers.ask(0.0)) == 0.0
    workers.close()


def test_no_question_is_refused_that_can_be_answered_in_time() -> None:
    """Sixty-four clients at 200 answers a second are not too many; 700 are."""
    workers: Workers[float, float] = Workers(2, _sleep, WaitingLine(2, 1000, 3))

    async def ask(count: int) -> int:
        asked = (workers.ask(0.01) for _ in range(count))
        found = await asyncio.gather(*asked, return_exceptions=True)
        return sum(isinstance(one, Overloaded) for one in found)

    async def in_turn() -> list[int]:
        for _ in range(20):
            await workers.ask(0.01)  # one client
        return [await ask(64) for _ in range(3)] + [await ask(700)]

    *refused, of_many = asyncio.run(in_turn())
    assert refused == [0, 0, 0]
    assert of_many > 0
    workers.close()


def test_a_slow_task_refuses_nobody_while_a_thread_is_free() -> None:
    """Its pace says much about the next slow one and nothing about a question."""
    workers: Workers[float, float] = Workers(2, _sleep, WaitingLine(2, 100, 0.02))

    async def ask() -> list[float]:
        await workers.run(partial(time.sleep, 2))
        slow = asyncio.create_task(workers.run(partial(time.sleep, 0.2)))
        found = [await workers.ask(0.0) for _ in range(3)]
        await slow
        return found

    assert asyncio.run(ask()) == [0.0] * 3
    workers.close()


def test_the_pace_is_that_of_questions() -> None:
    """A large piece of work among them is not taken for a slow question."""
    workers: Workers[float, float] = Workers(1, _sleep, WaitingLine(1, 100, 1))

    async def ask() -> list[float]:
        await workers.run(partial(time.sleep, 0.3), cost=100)
        return await asyncio.gather(*(workers.ask(0.001) for _ in range(30)))

    assert asyncio.run(ask()) == [0.001] * 30
    workers.close()


def test_who_has_left_is_not_answered(workers: _Doubling) -> None:
    """Work for a client that is gone is not begun."""
    begun: list[int] = []
    gone = Client(has_left=True)

    async def ask() -> None:
        with pytest.raises(Overloaded):
            await workers.run(partial(begun.append, 1), gone)

    asyncio.run(ask())
    assert begun == []


def test_a_fault_fails_those_without_a_reply() -> None:
    """Replies already made stand; the others get the error."""

    def answer(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        time.sleep(0.05)
        yield from ((n, n) for n in numbers[:1])
        raise ValueError("the rest")

    workers: _Doubling = Workers(1, answer, WaitingLine(1, 100, 5))

    async def ask() -> list[object]:
        asked = (workers.ask(n) for n in range(3))
        return await asyncio.gather(*asked, return_exceptions=True)

    found = asyncio.run(ask())
    assert (0, 0) in found
    assert any(isinstance(one, ValueError) for one in found)
    workers.close()
