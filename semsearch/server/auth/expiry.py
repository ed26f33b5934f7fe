"""Until when a key is good, as people state it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from semsearch.core.errors import InvalidSetting

MOST_DAYS = 36_500
"""A hundred years: more is a slip of the finger."""


def expiry(stated: str, now: datetime) -> datetime:
    """Return the moment from which a key is good no longer.

    Args:
        stated: `30d` for so many days, `2027-03-31` for the end of that day (UTC), or a moment with its
            offset, `2027-03-31T18:00+02:00`.
        now: the time, with its offset.

    Returns:
        A moment in UTC, to the second.

    Raises:
        InvalidSetting: it is none of these, or not in the future.
    """
    moment = _days(stated, now) or _moment(stated)
    if moment is None:
        raise InvalidSetting(
            f"{stated!r} is not a time to expire at; state days (30d), a date (2027-03-31) or a moment "
            "with its offset (2027-03-31T18:00+02:00)"
        )
    if not now < moment <= now + timedelta(days=MOST_DAYS):
        raise InvalidSetting(
            f"a key cannot expire at {stated!r}; choose a time from now to {MOST_DAYS:,} days ahead"
        )
    return moment


def _days(stated: str, now: datetime) -> datetime | None:
    count = stated.removesuffix("d")
    if count == stated or not (count.isascii() and count.isdecimal()):
        return None
    return now + timedelta(days=min(int(count[:9]), 2 * MOST_DAYS))


def _moment(stated: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stated)
        if len(stated) == len("2027-03-31"):
            return datetime.combine(moment, time(), UTC) + timedelta(days=1)
        return moment.astimezone(UTC).replace(microsecond=0) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
