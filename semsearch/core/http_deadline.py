"""HTTP connections whose requests end in time, whatever the server does.

The timeout of `http.client` counts for each `recv`, so a server that sends a byte now and then, or
`100 Continue` for ever, holds a thread for hours. Here connecting, TLS, sending, head and body have
one deadline, which every system call waits for at most. Only looking up the name of the host has
the timeout of the system.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

HTTP_FAILURES = (OSError, http.client.HTTPException, UnicodeError)
"""What a request raises if there is no answer; host names may raise `UnicodeError`."""


class Deadline:
    """A moment by which a request has to be answered.

    Args:
        within_s: seconds from now.
        silence_s: seconds without a byte after which the request is given up before that.
    """

    def __init__(self, within_s: float, silence_s: float | None = None) -> None:
        self._silence_s = silence_s
        self.renew(within_s)

    def renew(self, within_s: float) -> None:
        """Put the deadline off, so that an answer without a bound has to come forward.

        Args:
            within_s: seconds from now.
        """
        self._at = time.monotonic() + within_s

    def left_s(self) -> float:
        """Return how many seconds the next system call may wait.

        Raises:
            TimeoutError: the deadline is over.
        """
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left if self._silence_s is None else min(left, self._silence_s)


class BoundedConnection(http.client.HTTPConnection):
    """A connection over HTTP or HTTPS whose requests have a deadline; for one thread at a time.

    Attributes:
        deadline: of the present request; set it anew before the next one.
    """

    def __init__(self, host: str, port: int | None, *, is_https: bool, deadline: Deadline) -> None:
        """Take the address; nothing is sent yet.

        Args:
            host: name or IP address.
            port: by default that of the scheme.
            is_https: whether the server has to present a certificate that is trusted here.
            deadline: of the first request.
        """
        self.default_port = http.client.HTTPS_PORT if is_https else http.client.HTTP_PORT
        super().__init__(host, port)
        self.deadline = deadline
        self._is_https = is_https

    def connect(self) -> None:
        """Connect before the deadline.

        Raises:
            OSError: no address of the host takes the connection, or its certificate is not trusted.
        """
        connected = _connect(self.host, self.port, self.deadline)
        try:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._is_https:
                context = ssl.create_default_context()
                context.set_alpn_protocols(["http/1.1"])
                connected.settimeout(self.deadline.left_s())
                connected = context.wrap_socket(connected, server_hostname=self.host)
        except BaseException:
            connected.close()
            raise
        self.sock = _BoundedSocket(connected, self._left_s)

    def _left_s(self) -> float:
        return self.deadline.left_s()


def _connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Try the addresses of a host in turn, each for its share of the time that is left."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failed: OSError | None = None
    for number, (family, kind, protocol, _, address) in enumerate(found):
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(deadline.left_s() / (len(found) - number))
            made.connect(address)
        except OSError as error:
            made.close()
            failed = failed or error
        else:
            return made
    raise failed or OSError(f"{host} has no address")


class _BoundedSocket:
    """What `http.client` uses of a socket; no call waits for longer than is left.

    Args:
        connected: the socket.
        left_s: returns the seconds that are left, or raises `TimeoutError`.
    """

    def __init__(self, connected: socket.socket, left_s: Callable[[], float]) -> None:
        self._connected = connected
        self._left_s = left_s

    def sendall(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            self._connected.settimeout(self._left_s())
            left = left[self._connected.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self._connected, self._left_s))

    def close(self) -> None:
        self._connected.close()


class _BoundedReader(io.RawIOBase):
    """Reads from a socket, which stays open until this is closed, too."""

    def __init__(self, connected: socket.socket, left_s: Callable[[], float]) -> None:
        super().__init__()
        self._connected = connected
        self._left_s = left_s
        self._raw: Any = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any buffer
        self._connected.settimeout(self._left_s())
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
