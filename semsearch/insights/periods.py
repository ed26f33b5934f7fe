"""Reads since when questions count: a number of days, or a date."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from semsearch.core.errors import InvalidSetting

_DAYS = re.compile(r"([0-9]{1,4})d")


def beginning_of(since: str, now: datetime) -> datetime:
    """Return the time from which on questions count.

    Args:
        since: `7d` for the last seven days, or a date as in 2027-03-01.
        now: the time.

    Raises:
        InvalidSetting: it is neither.
    """
    if days := _DAYS.fullmatch(since):
        return now - timedelta(days=int(days[1]))
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC)
    except ValueError:
        raise InvalidSetting(
            f"{since!r} is neither a number of days, such as 7d, nor a date, such as 2027-03-01"
        ) from None
