"""The cache of page fragments."""

from __future__ import annotations

from functools import partial

from semsearch.server.page_cache import MAX_VALUES, PageCache


def test_a_value_is_made_once_for_an_index() -> None:
    """Another index makes the value again."""
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    kept = PageCache()
    assert [kept.get("a", "letters", make) for _ in range(3)] == [1, 1, 1]
    assert kept.get("b", "letters", make) == 2


def test_values_have_names_of_their_own() -> None:
    """One is never given for another."""
    kept = PageCache()
    assert kept.get("a", ("map", "x"), lambda: 1) == 1
    assert kept.get("a", ("map", "y"), lambda: 2) == 2


def test_only_so_many_are_kept() -> None:
    """Addresses that differ without end fill no memory."""
    kept = PageCache()
    for n in range(3 * MAX_VALUES):
        assert kept.get("a", n, partial(int, n)) == n
    assert len(kept) <= MAX_VALUES
