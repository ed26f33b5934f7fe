"""Computes in a thread what the caller needs later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def start_in_thread(make: Callable[[], Result]) -> Callable[[], Result]:
    """Start to compute something in a thread, and return the function that waits for it.

    The thread keeps no process from ending.
    """
    future: Future[Result] = Future()

    def work() -> None:
        try:
            future.set_result(make())
        except BaseException as error:  # it is raised where the result is awaited
            future.set_exception(error)

    Thread(target=work, daemon=True).start()
    return future.result


def prefetch(make: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the result for each item, in order, while a thread computes the next one only."""
    with ThreadPoolExecutor(1) as thread:
        waiting = None
        for item in items:
            coming = thread.submit(make, item)
            if waiting is not None:
                yield waiting.result()
            waiting = coming
        if waiting is not None:
            yield waiting.result()
