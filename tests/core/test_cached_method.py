"""A cached method does not keep its object alive."""

from __future__ import annotations

import gc
import weakref

from semsearch.core.cached_method import cached_method


class _Doubling:
    def __init__(self) -> None:
        self.calls = 0
        self.doubled = cached_method(2, self._double)

    def _double(self, number: int) -> int:
        self.calls += 1
        return 2 * number


def test_results_are_kept_and_the_object_is_not() -> None:
    """The object goes with its last reference, without a collection."""
    one = _Doubling()
    assert [one.doubled(n) for n in (1, 1, 2, 1)] == [2, 2, 4, 2]
    assert one.calls == 2
    one.doubled(3)
    assert (one.doubled(2), one.calls) == (4, 4)
    gone = weakref.ref(one)
    gc.disable()
    try:
        del one
        assert gone() is None
    finally:
        gc.enable()
