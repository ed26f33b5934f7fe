"""How many requests an access key, or without one an address, may send in a time."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass

from semsearch.core.errors import InvalidSetting
from semsearch.server.http import problem_types
from semsearch.server.http.problems import Refused

_PAUSE_S = 60.0
"""Seconds between two lines of the log about a storage that does not answer."""

_log = logging.getLogger("semsearch.server")


@dataclass(frozen=True, slots=True)
class RateState:
    """What is left of a limit after a request."""

    is_exceeded: bool
    remaining: int
    reset_s: int
    """Seconds until more is left."""


class RateLimits:
    """A limit for each party, counted in a sliding window.

    A storage that does not answer limits nobody: questions are answered, and the log says so.

    Args:
        rate: such as `600/minute` or `10 per 2 seconds`; see the library `limits`.
        storage: the URI of its storage, such as `memory://` or `redis://localhost:6379`. Several
            processes or machines share one that is not in memory.

    Raises:
        InvalidSetting: the rate or the storage is not valid, or its library is missing.
    """

    def __init__(self, rate: str, storage: str) -> None:
        from limits import parse  # noqa: PLC0415 - not always used
        from limits.aio.strategies import SlidingWindowCounterRateLimiter  # noqa: PLC0415
        from limits.errors import ConfigurationError  # noqa: PLC0415
        from limits.storage import storage_from_string  # noqa: PLC0415

        try:
            self._item = parse(rate)
        except ValueError:
            raise InvalidSetting(
                f"the rate limit {rate!r} is not valid; state one as 600/minute"
            ) from None
        options = {} if storage.startswith("memory:") else {"implementation": "redispy"}
        try:
            opened = storage_from_string(f"async+{storage}", **options)
            self._limiter = SlidingWindowCounterRateLimiter(opened)
        except (ConfigurationError, TypeError, ValueError) as error:
            raise InvalidSetting(
                f"the storage of rate limits cannot be used ({error}); state memory://, or "
                "redis://HOST:PORT after `pip install redis`"
            ) from None
        self._logged = -math.inf

    @property
    def policy(self) -> bytes:
        """The field `RateLimit-Policy` of every answer."""
        return b'"requests";q=%d;w=%d' % (self._item.amount, self._item.get_expiry())

    async def count(self, party: str) -> RateState:
        """Count a request of a party, and return what is left."""
        try:
            is_within = await self._limiter.hit(self._item, party)
            window = await self._limiter.get_window_stats(self._item, party)
        except Exception as error:  # each storage has errors of its own
            if time.monotonic() > self._logged + _PAUSE_S:
                self._logged = time.monotonic()
                _log.error("requests are not limited, since their storage fails: %r", error)
            return RateState(is_exceeded=False, remaining=self._item.amount, reset_s=0)
        reset_s = max(1, math.ceil(window.reset_time - time.time()))
        return RateState(not is_within, window.remaining, reset_s)


def exceeded(reset_s: int, detail: str = "") -> Refused:
    """Return the refusal of a request beyond a limit.

    Args:
        reset_s: seconds until more is left.
        detail: what was too much, if not requests.
    """
    detail = detail or f"this key or address has sent too many requests; go on in {reset_s} s"
    return Refused(problem_types.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(reset_s)})
