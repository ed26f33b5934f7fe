"""Requests that end at their deadline, at whatever point a server holds them."""

from __future__ import annotations

import socket
import time

import pytest

from semsearch.core.http_deadline import BoundedConnection, Deadline
from tests.chat_server import Reply, serving
from tests.dripping_server import BODY, CONTINUE, ENDS_WITHIN_S, HEAD, dripping


def ask(port: int, *, is_https: bool = False, body: bytes = b"{}") -> bytes:
    """Return the answer to a POST that has half a second."""
    deadline = Deadline(0.5)
    connection = BoundedConnection("127.0.0.1", port, is_https=is_https, deadline=deadline)
    try:
        connection.request("POST", "/", body)
        return connection.getresponse().read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("begin", "piece"),
    [(b"", b"H"), (HEAD, b"h"), (b"", CONTINUE * 100), (BODY, b" "), (b"", b"")],
    ids=["status line", "head", "100 Continue", "body", "silence"],
)
def test_no_part_of_an_answer_outlasts_the_deadline(begin: bytes, piece: bytes) -> None:
    """A byte now and then does not help."""
    started = time.monotonic()
    with dripping(begin, piece) as port, pytest.raises(TimeoutError, match="timed out"):
        ask(port)
    assert time.monotonic() - started < ENDS_WITHIN_S


def test_tls_does_not_outlast_the_deadline() -> None:
    """A server that begins a record of the handshake and never ends it."""
    started = time.monotonic()
    with dripping(b"\x16\x03\x03\x40\x00", b"\x02") as port, pytest.raises(TimeoutError):
        ask(port, is_https=True)
    assert time.monotonic() - started < ENDS_WITHIN_S


def test_sending_does_not_outlast_the_deadline() -> None:
    """A server that takes the connection and reads nothing."""
    started = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(TimeoutError):
        ask(listening.getsockname()[1], body=b"x" * 50_000_000)
    assert time.monotonic() - started < ENDS_WITHIN_S


def test_silence_may_have_a_shorter_bound() -> None:
    """It is the longest that one system call waits."""
    deadline = Deadline(1_000, silence_s=7)
    assert deadline.left_s() == 7


def test_a_deadline_may_be_put_off() -> None:
    """For answers without a bound that come forward."""
    deadline = Deadline(0)
    with pytest.raises(TimeoutError):
        deadline.left_s()
    deadline.renew(1_000)
    assert 900 < deadline.left_s() <= 1_000


def test_a_host_is_tried_at_each_of_its_addresses() -> None:
    """`localhost` may have one of IPv6, where nothing listens; none at all is an error."""
    with serving(lambda *_: Reply(200, b"{}")) as server:
        port = int(server.url.rpartition(":")[2].partition("/")[0])
        deadline = Deadline(ENDS_WITHIN_S)
        connection = BoundedConnection("localhost", port, is_https=False, deadline=deadline)
        connection.request("POST", "/v1/x", b"{}")
        assert connection.getresponse().read() == b"{}"
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        ask(1)
