"""Pauses reading from a connection whose request was refused.

Clients that ask again at once took a third of the time for answers, at ten times what a service can
answer. One that waits as `Retry-After` says notices nothing. A proxy is not paused, since others
ask over the same connection.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.flow_control import FlowControl

PAUSE_S = 0.1
"""Seconds for which nothing is read."""


def read_later(
    flow: FlowControl, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop
) -> None:
    """Read nothing from a connection for `PAUSE_S`."""

    def resume() -> None:
        if not transport.is_closing():
            flow.resume_reading()

    flow.pause_reading()
    loop.call_later(PAUSE_S, resume)
