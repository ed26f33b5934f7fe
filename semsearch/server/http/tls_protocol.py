"""TLS in front of HTTP: the handshake of a connection, with the limits of connections.

asyncio reports a TLS connection only after its handshake, for which it waits a minute. So the
handshake is made here: the connection counts from the start, and the deadline of a head applies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from semsearch.server.http.bounded_protocol import HEAD_S, BoundedProtocol
from semsearch.server.http.connection_limits import CONNECTION_LIMITS, ConnectionLimits
from semsearch.server.workers.tls import Certificate


def tls_protocol(certificate: Certificate) -> Any:  # noqa: ANN401 - uvicorn wants a class, and calls it
    """Return what makes the protocol of a connection; see `uvicorn.Config.http`."""

    def make(**arguments: Any) -> TlsHandshake:  # noqa: ANN401 - of uvicorn's protocols
        return TlsHandshake(certificate, lambda: BoundedProtocol(**arguments), **arguments)

    return make


class TlsHandshake(asyncio.Protocol):
    """A connection until its handshake is done; `make_inner` makes the protocol that follows.

    What the client sends before TLS listens is kept for it, and what it sends right behind the
    handshake for the protocol that follows.
    """

    handshake_s = HEAD_S

    def __init__(
        self,
        certificate: Certificate,
        make_inner: Callable[[], asyncio.Protocol],
        app_state: dict[str, Any],
        **_: object,
    ) -> None:
        self._certificate = certificate
        self._make_inner = make_inner
        self._limits: ConnectionLimits | None = app_state.get(CONNECTION_LIMITS)
        self._received: list[bytes] = []
        self._is_lost = False
        self.transport: asyncio.Transport
        self.address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin the handshake."""
        self.transport = transport
        self.address = (transport.get_extra_info("peername") or ("",))[0]
        if self._limits is not None:
            self._limits.opened(self)
        self._task = asyncio.get_running_loop().create_task(self._shake_hands())

    def is_idle(self) -> bool:
        """Say that no request is being answered yet."""
        return True

    def data_received(self, data: bytes) -> None:
        """Keep what comes before the next protocol is there."""
        self._received.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that there is nothing to hand over any more."""
        self._is_lost = True

    def _pass_on(self) -> None:
        """Give TLS, which is the protocol of the transport by now, what came before it."""
        received = b"".join(self._received)
        self._received.clear()
        protocol: Any = self.transport.get_protocol()  # an asyncio.BufferedProtocol, or the like
        while received and not self.transport.is_closing():
            buffer = protocol.get_buffer(len(received))
            piece, received = received[: len(buffer)], received[len(buffer) :]
            buffer[: len(piece)] = piece
            protocol.buffer_updated(len(piece))

    async def _shake_hands(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            if self.transport.is_closing():
                raise ConnectionAbortedError
            loop.call_soon(self._pass_on)  # before the handshake begins, as `start_tls` does later
            encrypted = await loop.start_tls(
                self.transport,
                self,
                self._certificate.context,
                server_side=True,
                ssl_handshake_timeout=self.handshake_s,
                ssl_shutdown_timeout=self.handshake_s,
            )
        except OSError:  # no handshake, not in time, or not one that both sides can speak
            encrypted = None
        finally:
            if self._limits is not None:
                self._limits.closed(self)
        # of a transport that was aborted uvloop says that the handshake is done
        if encrypted is None or self._is_lost or self.transport.is_closing():
            self.transport.abort()
            return
        inner = self._make_inner()
        encrypted.set_protocol(inner)
        inner.connection_made(encrypted)
        for piece in self._received:
            inner.data_received(piece)
