"""`insights/patterns`: what all questions show together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from semsearch.insights.patterns import Confusion, Day, Repair, confusions, days, repairs
from tests.insights.test_open_questions import asked


def test_confused_pairs() -> None:
    """Two questions find both close together, in either order, or readers open the second.

    Processes record in any order, so the commonest question is the example.
    """
    close = replace(asked("p", "possible"), lead=0.01)
    records = [
        close,
        replace(close, text="q", hits=("a:two", "a:one", "a:three")),
        replace(close, text="r", lead=0.2, opened=("a:two",)),
        replace(close, text="far", lead=0.2),
        replace(close, text="both", lead=0.2, opened=("a:one", "a:two")),
        replace(close, text="name", verdict="exact"),
        replace(close, text="none", verdict="no close match"),
        replace(close, text="alone", hits=("a:one",), lead=None),
        replace(close, text="once", hits=("a:five", "a:six")),
        replace(close, text="once", hits=("a:five", "a:six")),
        replace(close, text="r"),
    ]
    expected = [Confusion("a:one", "a:two", 4, 1, ("r", "p", "q"))]
    assert confusions(records, 9) == expected
    assert confusions(records[::-1], 9) == expected
    assert confusions(records, 0) == []


def test_repaired_words() -> None:
    """Only the words that differ, the most frequent first."""
    records = [
        replace(asked("what does a wisk do?"), repaired="what does a whisk do?"),
        replace(asked("Wisk"), repaired="Whisk"),
        replace(asked("bainmarie"), repaired="Bain-marie"),
        replace(asked("a b"), repaired="b a"),
        asked("whisk"),
    ]
    assert repairs(records, 9) == [
        Repair("wisk", "whisk", 2),
        Repair("bainmarie", "bain-marie", 1),
    ]
    assert repairs(records, 1) == [Repair("wisk", "whisk", 2)]


def test_numbers_by_day() -> None:
    """Days without a question are there, too."""
    records = [
        asked("x"),
        asked("y", "possible"),
        asked("z", "strong"),
        replace(asked("x"), asked=asked("x").asked + timedelta(days=2)),
    ]
    assert days(records) == [
        Day(date(2027, 3, 1), 3, 1, 1),
        Day(date(2027, 3, 2), 0, 0, 0),
        Day(date(2027, 3, 3), 1, 1, 0),
    ]
    assert days([]) == []
