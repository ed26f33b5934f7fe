"""The threads of the requests."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from semsearch.api.workers import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Yield two threads."""
    made = Workers(2)
    yield made
    made.close()


def test_work_is_done_elsewhere(workers: Workers) -> None:
    """Never on the event loop, and in as many threads as there are, not more."""

    def work() -> int:
        time.sleep(0.02)
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
def test_errors_come_back(workers: Workers, raised: Exception, seen: type[Exception]) -> None:
    """An error is raised where the work is awaited, and the thread goes on."""

    def fail() -> None:
        raise raised

    with pytest.raises(seen):
        asyncio.run(workers.run(fail))
    assert asyncio.run(workers.run(lambda: 1)) == 1


def test_nobody_waits_any_more(workers: Workers) -> None:
    """Work that is given up on is not begun, or its result is dropped."""
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        time.sleep(0.1)

    async def give_up() -> None:
        tasks = [asyncio.create_task(workers.run(partial(work, n))) for n in range(4)]
        await asyncio.sleep(0.03)
        for task in tasks:
            task.cancel()

    asyncio.run(give_up())
    assert asyncio.run(workers.run(lambda: 5)) == 5
    assert sorted(begun) == [0, 1]
