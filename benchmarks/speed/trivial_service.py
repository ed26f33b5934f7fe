"""A service that does nothing, to measure the rate that the clients can reach.

Command: `python -m benchmarks.speed.trivial_service PORT`.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

from benchmarks.speed import services

_BODY = b'{"hits":[]}'
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)


class _ServerConnection(asyncio.Protocol):
    """Answers whatever ends like a request without a body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is none by class

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n"):
            self._transport.write(_ANSWER)


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_ServerConnection, services.HOST, port)
    await server.serve_forever()


def main() -> None:
    """Serve on the loopback address until told to stop."""
    uvloop.run(_serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
