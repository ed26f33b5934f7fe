"""`web/gap_plot`: bars for eyes, a table for screen readers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from lxml import etree

from semsearch.insights.patterns import Day
from semsearch.web.gap_plot import HEIGHT, MAX_BARS, bars_of, gap_plot

MONDAY = date(2027, 3, 1)


def several(count: int) -> list[Day]:
    """Return days with one question each, without an answer."""
    return [Day(MONDAY + timedelta(days=n), 1, 1, 0) for n in range(count)]


@pytest.mark.parametrize(
    ("count", "bars", "days"), [(1, 1, 1), (60, 60, 1), (61, 9, 7), (90, 13, 7), (3650, 58, 63)]
)
def test_many_days_become_weeks(count: int, bars: int, days: int) -> None:
    """There are never more than sixty bars, and nothing is lost."""
    found = bars_of(several(count))
    assert (len(found), found[0].days) == (bars, days)
    assert len(found) <= MAX_BARS
    assert sum(bar.asked for bar in found) == count


def test_the_pieces_of_a_bar_stand_on_each_other() -> None:
    """The highest bar fills the drawing; what is zero is not drawn."""
    figure = etree.fromstring(str(gap_plot([Day(MONDAY, 4, 1, 2), Day(MONDAY, 2, 0, 0)])))
    pieces = [
        (rect.get("class"), float(rect.get("y", "")), float(rect.get("height", "")))
        for rect in figure.iter("rect")
    ]
    assert pieces == [
        ("bar-unanswered", HEIGHT * 0.75, HEIGHT * 0.25),
        ("bar-uncertain", HEIGHT * 0.25, HEIGHT * 0.5),
        ("bar-other", 0, HEIGHT * 0.25),
        ("bar-other", HEIGHT * 0.5, HEIGHT * 0.5),
    ]


def test_screen_readers_get_a_table() -> None:
    """The drawing is hidden from them."""
    figure = etree.fromstring(str(gap_plot(several(61))))
    assert [one.get("aria-hidden") for one in figure.iter("svg")] == ["true"]
    rows = [[str(cell.text) for cell in row] for row in figure.iter("tr")]
    assert rows[:2] == [
        ["Time", "Questions", "No close match", "Uncertain"],
        ["2027-03-01 to 2027-03-07", "7", "7", "0"],
    ]
    assert len(rows) == 10


def test_nothing_is_drawn_without_questions() -> None:
    """No empty frame."""
    assert gap_plot([]) == ""
