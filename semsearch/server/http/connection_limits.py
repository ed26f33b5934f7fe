"""How many connections a process holds, and how much output that clients have not read."""

from __future__ import annotations

import logging
import socket
import struct
import sys
from asyncio import Transport
from collections import Counter
from typing import Protocol

from semsearch.server.client_address import Proxies, owner_of

try:
    import fcntl
    import resource
    import termios
except ImportError:  # Windows, which limits no open files, and does not tell what is queued
    fcntl = resource = termios = None  # type: ignore[assignment]

CONNECTION_LIMITS = "semsearch.connection_limits"
"""Key of the `ConnectionLimits` in the lifespan state, where connections find them."""

OWNER_SHARE = 0.5
"""Share of all connections that one address may hold, unless it is a named proxy."""

SPARE = 16
"""Connections beyond the limits that stay open, for health checks alone."""

OTHER_FILES = 256
"""Files that a process may have open beside its connections."""

MAX_UNREAD_BYTES = 32_000_000
"""Output that all clients together may leave unread. Beyond it the connections of the address with
most of it end, the fullest first."""


_log = logging.getLogger("semsearch.server")


class LimitedConnection(Protocol):
    """A connection as its limits see it."""

    transport: Transport
    address: str

    def is_idle(self) -> bool:
        """Whether no request of it is being answered."""


class ConnectionLimits:
    """The connections of one process.

    An address that holds too many loses its own: a new connection stays, so that others, and
    health checks of any address, get in while somebody opens thousands.

    Args:
        most: connections at once, and `SPARE` beyond them.
        proxies: addresses that may hold all of them.
    """

    def __init__(self, most: int, proxies: Proxies) -> None:
        self._most = most
        self._most_of_owner = max(1, int(most * OWNER_SHARE))
        self._proxies = proxies
        self._held: dict[str, dict[LimitedConnection, None]] = {}
        self._surplus: dict[LimitedConnection, None] = {}
        self.total = 0
        """Open connections."""
        self._unread: set[LimitedConnection] = set()

    def opened(self, connection: LimitedConnection) -> bool:
        """Count a connection. Return whether it is too much, and may ask for health alone.

        Beyond the limits another connection ends: of the address with most, or a surplus one.
        """
        owner = owner_of(connection.address)
        held = self._held.setdefault(owner, {})
        held[connection] = None
        self.total += 1
        most = self._most if self._proxies.include(connection.address) else self._most_of_owner
        if len(held) <= most and (self.total <= self._most or self._end_one_of_more(len(held))):
            return False
        self._surplus[connection] = None
        if len(self._surplus) > SPARE:
            counts = Counter(owner_of(one.address) for one in self._surplus)
            ((fullest, _),) = counts.most_common(1)
            self._end(next(one for one in self._surplus if owner_of(one.address) == fullest))
        return True

    def _end_one_of_more(self, count: int) -> bool:
        """End the newest connection of whoever has most, and more than some, an idle one first.

        Proxies have many clients, and are spared.
        """
        counts = {
            owner: len(held)
            for owner, held in self._held.items()
            if not self._proxies.include(next(iter(held)).address)
        }
        fullest = max(counts, key=counts.__getitem__, default="")
        if counts.get(fullest, 0) <= count:
            return False
        newest = [*reversed(self._held[fullest])]
        self._end(next((one for one in newest if one.is_idle()), newest[0]))
        return True

    def _end(self, connection: LimitedConnection) -> None:
        self.closed(connection)
        connection.transport.abort()

    def closed(self, connection: LimitedConnection) -> None:
        """Forget a connection, if it is known."""
        owner = owner_of(connection.address)
        held = self._held.get(owner, {})
        if connection in held:
            self.total -= 1
            del held[connection]
            if not held:
                del self._held[owner]
        self._surplus.pop(connection, None)
        self._unread.discard(connection)

    def unread(self, connection: LimitedConnection) -> None:
        """Note that a client is behind in reading, and end connections if that is too much."""
        self._unread.add(connection)
        sizes = {one: one.transport.get_write_buffer_size() for one in self._unread}
        total = sum(sizes.values())
        while total > MAX_UNREAD_BYTES:
            by_owner: Counter[str] = Counter()
            for one, size in sizes.items():
                by_owner[owner_of(one.address)] += size
            ((owner, _),) = by_owner.most_common(1)
            fullest = max(
                (one for one in sizes if owner_of(one.address) == owner), key=sizes.__getitem__
            )
            total -= sizes.pop(fullest)
            self._unread.discard(fullest)
            fullest.transport.abort()

    def is_read(self, connection: LimitedConnection) -> None:
        """Note that a client has caught up with reading."""
        self._unread.discard(connection)


def allow_files(connections: int) -> None:
    """Let this process open as many files as it may hold connections, as far as it may.

    Many systems begin with 1,024. A process without a free one accepts nobody, health checks
    included.
    """
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        if hard < wanted:
            _log.warning(
                "%d connections need %d files, and this process may open %d; raise `ulimit -Hn`, "
                "or lower SEMSEARCH_CONNECTIONS",
                connections,
                wanted,
                hard,
            )
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def is_reset(transport: Transport) -> bool:
    """Whether the client of an open connection has answered with a reset."""
    sock = transport.get_extra_info("socket")
    if transport.is_closing() or sock is None or sock.fileno() < 0:
        return False
    return bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


def unread_bytes(transport: Transport) -> int:
    """Return how much output the other side has not received, as far as the system says."""
    size: int = transport.get_write_buffer_size()
    sock = transport.get_extra_info("socket")
    is_told = fcntl is not None and sys.platform == "linux"
    if is_told and sock is not None and sock.fileno() >= 0:
        (queued,) = struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)))
        size += queued
    return size
