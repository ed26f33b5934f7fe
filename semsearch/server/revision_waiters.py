"""Requests that wait for a revision of the store, as `min_revision` asks for it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from semsearch.server.http.problem_types import NOT_SHOWN_YET
from semsearch.server.http.problems import Refused
from semsearch.server.queueing.batching import Client
from semsearch.server.queueing.waiting_line import Overloaded, WaitingLine

REVISION_S = 5.0
"""Seconds for which a request waits for a revision."""
MAX_WAITING = 64
"""Requests that wait at once; one party may have half of those that are left."""
LOOK_S = 0.02
"""Seconds between two looks."""


class RevisionWaiters:
    """The requests that wait. Only the event loop uses it.

    Args:
        shown: returns the revision that is shown.
        refresh: shows the latest one there is.
    """

    def __init__(self, shown: Callable[[], int], refresh: Callable[[], Awaitable[None]]) -> None:
        self._shown = shown
        self._refresh = refresh
        self._line = WaitingLine(1, MAX_WAITING - 1, math.inf, party_share=1.0)

    async def wait(self, revision: int, client: Client) -> None:
        """Return when a revision is shown; one that is shown already needs no place.

        Raises:
            Refused: it is not shown within `REVISION_S`.
            Overloaded: too many wait already, or the client has left.
        """
        await self._refresh()
        if self._shown() >= revision:
            return
        try:
            with self._line.entered(client.party, timed=False):
                async with asyncio.timeout(REVISION_S):
                    while self._shown() < revision:
                        if client.has_left:
                            raise Overloaded
                        await asyncio.sleep(LOOK_S)
                        await self._refresh()
        except TimeoutError:
            detail = f"revision {revision} is not shown yet; this is revision {self._shown()}"
            raise Refused(NOT_SHOWN_YET, detail) from None
