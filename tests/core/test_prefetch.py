"""Work that goes on while something else is done."""

from __future__ import annotations

import threading

import pytest

from semsearch.core.prefetch import prefetch, start_in_thread


def test_results_come_in_order() -> None:
    """Results keep their order, also for no item and for one."""
    assert list(prefetch(str, range(4))) == ["0", "1", "2", "3"]
    assert list(prefetch(str, [])) == []
    assert list(prefetch(str, [1])) == ["1"]


def test_the_next_is_made_while_the_last_is_used_and_no_more() -> None:
    """While the first result is looked at, the second is made, and the third is not begun."""
    made = [threading.Event() for _ in range(3)]

    def make(number: int) -> int:
        made[number].set()
        return number

    results = prefetch(make, range(3))
    assert next(results) == 0
    assert made[1].wait(5)
    assert not made[2].wait(0.05)
    assert list(results) == [1, 2]


def test_an_error_reaches_who_asked() -> None:
    """It is raised in place of the result, after those before it."""
    results = prefetch(lambda number: 1 // number, [1, 0])
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_begun_work_goes_on_until_it_is_awaited() -> None:
    """Its result can be asked for again; its error is raised where it is awaited."""
    free = threading.Event()
    result = start_in_thread(lambda: free.wait(5))
    free.set()
    assert result() is result() is True
    with pytest.raises(ZeroDivisionError):
        start_in_thread(lambda: 1 // 0)()
