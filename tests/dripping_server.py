"""A server that never ends its answer, and never falls silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HEAD = b"HTTP/1.1 200 OK\r\nX: "
"""The head that has no end if `h` follows for ever."""
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"

ENDS_WITHIN_S = 30.0
"""A call that a drip does not hold ends before, also on a busy machine."""


@contextmanager
def dripping(begin: bytes, piece: bytes, pause_s: float = 0.05) -> Iterator[int]:
    """Run a server, and give its port.

    Args:
        begin: the beginning of every answer, sent at once.
        piece: sent again and again until the client leaves.
        pause_s: before each piece.
    """
    over = threading.Event()
    threads: list[threading.Thread] = []

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(1 << 16)
            connection.sendall(begin)
            while not over.wait(pause_s):
                connection.sendall(piece)

    def accept(listening: socket.socket) -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                connection, _ = listening.accept()
                connection.settimeout(5)
                threads.append(threading.Thread(target=drip, args=(connection,)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        accepting = threading.Thread(target=accept, args=(listening,))
        accepting.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            over.set()
            accepting.join()
            for one in threads:
                one.join()
