"""Pauses reading from a connection whose request was refused.

Clients that ask again at once took a third of the time for answers, at ten times what a service can
answer. One that waits as `Retry-After` says notices nothing. A proxy is not paused, since others
ask over the same connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from semsearch.server.queueing.admission import Admission

if TYPE_CHECKING:
    from semsearch.server.http.bounded_protocol import BoundedProtocol

PAUSE_S = 0.1
"""Seconds for which nothing is read."""


def read_later(connection: BoundedProtocol, admission: Admission | None) -> None:
    """Read nothing from a connection for `PAUSE_S`, unless it is that of a proxy."""

    def resume() -> None:
        if not connection.transport.is_closing():
            connection.flow.resume_reading()

    if admission is not None and not admission.proxies.include(connection.address):
        connection.flow.pause_reading()
        connection.loop.call_later(PAUSE_S, resume)
