"""Which positions may answer, beside sets of numbers that do the same slowly."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.arrays import Numbers
from semsearch.core.positions import PositionFilter, are_among, between, distinct, spread, without

ASCENDING = st.sets(st.integers(0, 40), max_size=20).map(
    lambda chosen: np.array(sorted(chosen), dtype=np.int64)
)


def test_a_filter_counts_what_is_not_hidden() -> None:
    """Two layers with a gap between them; a hidden position outside of both does not count."""
    found = PositionFilter.of([range(3), range(10, 14)], deleted=[1, 5, 13])
    assert (found.ranges, found.count, len(found)) == ((range(3), range(10, 14)), 5, 5)


def test_a_language_narrows_it() -> None:
    """The filter has the given positions, and the requested tags."""
    whole = PositionFilter.of([range(10)])
    narrow = whole.in_language(["de", "de-AT"], np.array([2, 7]))
    assert (len(narrow), narrow.languages, narrow.ranges) == (2, ("de", "de-AT"), whole.ranges)
    assert narrow.only is not None
    assert narrow.only.tolist() == [2, 7]
    assert whole.only is None


@given(ASCENDING, st.integers(0, 40), st.integers(0, 40))
def test_positions_of_a_range(numbers: Numbers, one: int, other: int) -> None:
    """Those that lie in it, its end left out."""
    within = range(min(one, other), max(one, other))
    assert between(numbers, within).tolist() == [n for n in numbers.tolist() if n in within]


@given(st.lists(st.integers(0, 40), max_size=20), ASCENDING)
def test_positions_among_others(numbers: list[int], kept: Numbers) -> None:
    """Said of each, in any order and with repetitions."""
    found = are_among(np.array(numbers, dtype=np.int64), kept)
    assert found.tolist() == [n in set(kept.tolist()) for n in numbers]


@given(ASCENDING, ASCENDING)
def test_hidden_positions_are_left_out(numbers: Numbers, deleted: Numbers) -> None:
    """The others stay in their order."""
    hidden = set(deleted.tolist())
    assert without(numbers, deleted).tolist() == [n for n in numbers.tolist() if n not in hidden]


@given(st.lists(st.integers(0, 9), max_size=12))
def test_distinct_numbers_ascend(numbers: list[int]) -> None:
    """Each once, as a set has them."""
    assert distinct(np.array(numbers, dtype=np.int64)).tolist() == sorted(set(numbers))


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 5)), max_size=8))
def test_runs_are_spread_one_after_the_other(runs: list[tuple[int, int]]) -> None:
    """The numbers of each run, also of empty ones, and where it begins."""
    both = np.array(runs, dtype=np.int64).reshape(-1, 2)
    numbers, starts = spread(both[:, 0], both[:, 1])
    every = [list(range(first, first + count)) for first, count in runs]
    assert numbers.tolist() == [number for run in every for number in run]
    assert starts.tolist() == [sum(map(len, every[:place])) for place in range(len(every))]
