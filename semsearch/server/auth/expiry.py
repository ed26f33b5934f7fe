"""Parses the time at which a key expires."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from semsearch.core.errors import InvalidSetting

MAX_DAYS = 36_500
"""A hundred years. A longer time is probably a typing error."""


def expiry(stated: str, now: datetime) -> datetime:
    """Return the time at which a key expires.

    Args:
        stated: `30d` for 30 days, `2027-03-31` for the end of that day (UTC), or a time with its
            offset, `2027-03-31T18:00+02:00`.
        now: the present time, with its offset.

    Returns:
        A time in UTC, to the second.

    Raises:
        InvalidSetting: the text is none of these, or the time is not in the future.
    """
    moment = _days(stated, now) or _moment(stated)
    if moment is None:
        raise InvalidSetting(
            f"{stated!r} is not a time to expire at; state days (30d), a date (2027-03-31) or a "
            "moment with its offset (2027-03-31T18:00+02:00)"
        )
    if not now < moment <= now + timedelta(days=MAX_DAYS):
        raise InvalidSetting(
            f"a key cannot expire at {stated!r}; choose a time from now to {MAX_DAYS:,} days ahead"
        )
    return moment


def _days(stated: str, now: datetime) -> datetime | None:
    count = stated.removesuffix("d")
    if count == stated or not (count.isascii() and count.isdecimal()):
        return None
    return now + timedelta(days=min(int(count[:9]), 2 * MAX_DAYS))


def _moment(stated: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stated)
        if len(stated) == len("2027-03-31"):
            return datetime.combine(moment, time(), UTC) + timedelta(days=1)
        return moment.astimezone(UTC).replace(microsecond=0) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
