"""`insights/periods`: since when questions count."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.insights.periods import beginning_of

NOW = datetime(2027, 3, 8, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "day"), [("7d", "2027-03-01T12:00"), ("2027-03-05", "2027-03-05T00:00")]
)
def test_days_and_dates(since: str, day: str) -> None:
    """Days before now, or the beginning of a day (UTC)."""
    assert beginning_of(since, NOW).isoformat().startswith(day)


@pytest.mark.parametrize("since", ["", "d", "-1d", "1.5d", "99999d", "soon", "2027-02-30", "7 d"])
def test_others_are_refused(since: str) -> None:
    """With what it may be."""
    with pytest.raises(InvalidSetting, match="nor a date"):
        beginning_of(since, NOW)
