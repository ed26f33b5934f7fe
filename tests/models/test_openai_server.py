"""Requests to a server that speaks the protocol of OpenAI; `test_chat.py` has most of them."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from semsearch.core.errors import ChatFailed, ChatRefused, InvalidQuestion, SemsearchError
from semsearch.models.openai_server import OpenAiServer
from tests.chat_server import Reply, serving
from tests.dripping_server import BODY, CONTINUE, ENDS_WITHIN_S, HEAD, dripping


def client(url: str, timeout_s: float = 5.0, max_bytes: int = 1_000) -> OpenAiServer:
    """Return a client that asks once."""
    return OpenAiServer(
        url=url,
        noun="test server",
        key_setting="SOME_KEY",
        failed=ChatFailed,
        refused=ChatRefused,
        input_refused=InvalidQuestion,
        max_bytes=max_bytes,
        timeout_s=timeout_s,
        attempts=1,
    )


def test_a_body_is_sent_below_the_address() -> None:
    """The content comes back as it is."""
    with serving(lambda body, _: Reply(200, json.dumps(body).encode())) as server:
        assert json.loads(client(server.url).post("a/b", {"c": [1]})) == {"c": [1]}
    assert server.paths == ["/v1/a/b"]


@pytest.mark.parametrize(
    ("begin", "piece"), [(HEAD, b"h"), (b"", CONTINUE), (BODY, b" ")], ids=["head", "100", "body"]
)
def test_a_server_that_sends_a_byte_now_and_then_is_given_up(begin: bytes, piece: bytes) -> None:
    """The time counts for the whole answer, not for each byte."""
    started = time.monotonic()
    with (
        dripping(begin, piece) as port,
        pytest.raises(ChatFailed, match=r"the test server .* cannot be reached \(timed out\)"),
    ):
        client(f"http://127.0.0.1:{port}/v1", timeout_s=0.3).post("a", {})
    assert time.monotonic() - started < ENDS_WITHIN_S


def test_an_answer_that_is_too_long_is_not_read_to_its_end() -> None:
    """An answer of as many bytes as are allowed is."""
    with serving(lambda body, _: Reply(200, b" " * body["bytes"])) as server:
        assert len(client(server.url).post("a", {"bytes": 1_000})) == 1_000
        with pytest.raises(ChatFailed, match="answers with more than 1,000 bytes"):
            client(server.url).post("a", {"bytes": 1_001})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, InvalidQuestion) for status in (400, 413, 422)),
        *((status, ChatRefused) for status in (301, 401, 403, 404, 405)),
        *((status, ChatFailed) for status in (429, 500, 503)),
    ],
)
def test_a_status_says_whether_others_would_be_answered(
    status: int, error: type[SemsearchError]
) -> None:
    """A refused request is one thing, a key that is refused another, and being busy a third."""
    with serving(lambda *_: Reply.error(status, "no")) as server, pytest.raises(error) as raised:
        client(server.url).post("a", {})
    assert type(raised.value) is error


@pytest.mark.parametrize("before", [0, 150, 190, 199, 65_500, 65_530])
@pytest.mark.parametrize("filling", ["x", " "])
@pytest.mark.parametrize("is_json", [True, False])
def test_no_part_of_the_key_is_told(filling: str, before: int, is_json: bool) -> None:
    """Wherever a message is cut."""
    key = "sk-0123456789abcdefghijklmnopqrstuvwxyz"
    text = filling * before + key
    reply = Reply.error(401, text) if is_json else Reply(401, text.encode())
    with serving(lambda *_: reply) as server, pytest.raises(ChatRefused) as refused:
        replace(client(server.url, max_bytes=100_000), key=key).post("a", {})
    assert "sk-" not in str(refused.value)
    assert len(str(refused.value)) < 300
