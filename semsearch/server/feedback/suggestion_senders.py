"""Who has made a suggestion, as a digest that means nothing without a key in memory.

The key is that of the service: all its processes inherit it from the first one, it is never
written, and it ends with them (`multiprocessing`'s `authkey`). The inbox counts suggestions by the
digests of senders and networks over all processes, and has them for an hour.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable
from datetime import datetime
from multiprocessing import current_process
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from semsearch.core.errors import StoredIndexError
from semsearch.server.auth.keys import Caller
from semsearch.server.client_address import network_of
from semsearch.storage.feedback.inbox import Sender, forget_senders

INTERVAL_S = 60.0
"""Seconds between two deletions of digests that are an hour old."""

_PURPOSE = b"semsearch suggestions\n"
_DIGEST_BYTES = 16

_log = logging.getLogger("semsearch.server")


def sender_of(party: str, caller: Caller) -> Sender:
    """Return who makes a suggestion, by digests that are the same in all processes of a service.

    Args:
        party: the key or the address that the request counts for.
        caller: whose key it is, or anybody.
    """
    network = None if caller.id else _digest(network_of(party))
    return Sender(_digest(party), network, is_owner=caller.may_edit)


def _digest(party: str) -> bytes:
    key = bytes(current_process().authkey)
    return hmac.digest(key, _PURPOSE + party.encode(), "sha256")[:_DIGEST_BYTES]


async def forget_regularly(
    file: Path, clock: Callable[[], datetime], interval_s: float = INTERVAL_S
) -> None:
    """Delete old digests from the inbox until this is cancelled.

    Args:
        file: `inbox.db`.
        clock: returns the time.
        interval_s: seconds between two deletions.
    """
    while True:
        try:
            await run_in_threadpool(forget_senders, file, clock())
        except StoredIndexError as error:
            _log.warning("digests of senders were not deleted from the inbox: %s", error)
        await asyncio.sleep(interval_s)
