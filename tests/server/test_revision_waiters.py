"""Requests that wait for a revision."""

from __future__ import annotations

import asyncio

import pytest

from semsearch.server import revision_waiters
from semsearch.server.http.problems import Refused
from semsearch.server.queueing.batching import Client
from semsearch.server.queueing.waiting_line import Overloaded
from semsearch.server.revision_waiters import MAX_WAITING, RevisionWaiters


async def _nothing() -> None:
    """Stand for a refresh that finds nothing new."""


def _waiters(shown: int = 1) -> RevisionWaiters:
    return RevisionWaiters(lambda: shown, _nothing)


def test_a_revision_that_is_shown_needs_no_place() -> None:
    """However many wait for later ones; one party leaves places to others."""

    async def run() -> None:
        waiters = _waiters()
        waiting = [
            asyncio.create_task(waiters.wait(2, Client(party="one"))) for _ in range(MAX_WAITING)
        ]
        await asyncio.sleep(0.1)
        refused = [one for one in waiting if one.done()]
        assert len(refused) == MAX_WAITING // 2
        assert {type(one.exception()) for one in refused} == {Overloaded}
        await waiters.wait(1, Client(party="one"))
        other = asyncio.create_task(waiters.wait(2, Client(party="other")))
        await asyncio.sleep(0.1)
        assert not other.done()
        for one in (*waiting, other):
            one.cancel()

    asyncio.run(run())


def test_who_has_left_gives_the_place_back() -> None:
    """At the next look."""

    async def run() -> None:
        client = Client(party="one")
        waiting = asyncio.create_task(_waiters().wait(2, client))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        client.has_left = True
        with pytest.raises(Overloaded):
            await asyncio.wait_for(waiting, 60)

    asyncio.run(run())


def test_the_time_holds_for_a_refresh_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer may hold the store."""
    monkeypatch.setattr(revision_waiters, "REVISION_S", 0.1)
    looks: list[int] = []

    async def hang() -> None:
        looks.append(1)
        if len(looks) > 1:
            await asyncio.sleep(600)

    async def run() -> None:
        with pytest.raises(Refused, match="revision 2 is not shown yet; this is revision 1"):
            await asyncio.wait_for(RevisionWaiters(lambda: 1, hang).wait(2, Client()), 60)

    asyncio.run(run())
