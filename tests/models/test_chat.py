"""Asking a chat server: what is sent, when it is tried again, and that a key is never told."""

from __future__ import annotations

import time

import pytest

from semsearch.core.errors import ChatFailed, ChatRefused, InvalidSetting
from semsearch.models.chat import MAX_BYTES, ChatServer
from tests.chat_server import Reply, answering

KEY = "sk-secret-0123456789"


def asked(url: str, **more: object) -> ChatServer:
    """Return a client that does not wait long."""
    return ChatServer(url, "m", **{"first_pause_s": 0.01, **more})  # type: ignore[arg-type]


def test_a_question_is_sent_as_the_protocol_has_it() -> None:
    """Model, roles and key; the text comes back without what the model thought."""
    with answering(
        lambda said, _: Reply.saying(f"<think>hm\nhm</think>\n about {said} ")
    ) as server:
        assert asked(f"{server.url}/", key=KEY).complete("be brief", "it") == "about it"
        assert asked(server.url).complete("be brief", "it") == "about it"
    (request, _) = server.requests
    assert request == {
        "model": "m",
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "it"}],
        "stream": False,
    }
    assert server.paths == ["/v1/chat/completions"] * 2
    assert [headers.get("Authorization") for headers in server.headers] == [f"Bearer {KEY}", None]


def test_what_may_succeed_is_tried_again() -> None:
    """A server that is overloaded, one that fails for a moment, and one that ends in the middle."""
    replies = [
        Reply.error(429, "slow down", Retry_After="0"),
        Reply.error(503, "loading"),
        Reply(200, b'{"choices": [', cut=True),
        Reply.saying("here"),
    ]
    with answering(lambda _, number: replies[number]) as server:
        assert asked(server.url).complete("", "") == "here"
    assert len(server.requests) == 4


def test_a_pause_is_as_long_as_the_server_asks_for_and_longer_each_time() -> None:
    """The server's word counts; else each pause is about twice the one before."""
    began = time.monotonic()
    replies = [Reply.error(429, "", Retry_After="1"), Reply.saying("here")]
    with answering(lambda _, number: replies[number]) as server:
        asked(server.url).complete("", "")
    assert time.monotonic() - began >= 1
    began = time.monotonic()
    with answering(lambda *_: Reply.error(500, "")) as server, pytest.raises(ChatFailed):
        asked(server.url, first_pause_s=0.1, attempts=3).complete("", "")
    assert time.monotonic() - began >= 0.75 * (0.1 + 0.2)


def test_a_server_that_does_not_recover_is_given_up() -> None:
    """The error has the last answer; a server that does not run is given up too."""
    with answering(lambda *_: Reply.error(500, "out of\nmemory")) as server:
        with pytest.raises(
            ChatFailed, match="status 500: out of memory, also at attempt 3"
        ) as caught:
            asked(server.url, attempts=3).complete("", "")
        assert not isinstance(caught.value, ChatRefused)
        assert len(server.requests) == 3
    with pytest.raises(ChatFailed, match=r"cannot be reached .*, also at attempt 2"):
        asked(server.url, attempts=2).complete("", "")


def test_a_server_that_is_too_slow_is_given_up() -> None:
    """After the seconds that an answer may take."""

    def slow(*_: object) -> Reply:
        time.sleep(0.6)
        return Reply.saying("late")

    with answering(slow) as server, pytest.raises(ChatFailed, match="timed out"):
        asked(server.url, attempts=1, timeout_s=0.1).complete("", "")


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404])
def test_a_refusal_is_final(status: int) -> None:
    """It is not tried again, and a redirect is not followed.

    The key is in no message, even if the server says it again.
    """
    reply = Reply.error(status, f"no {KEY}", Location="http://127.0.0.1:9/")
    said = rf"answers with status {status}: no \*\*\*"
    with answering(lambda *_: reply) as server, pytest.raises(ChatRefused, match=said):
        asked(server.url, key=KEY).complete("", "")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        b"<html>",
        b"[" * 100_000,
    ],
)
def test_an_answer_without_text_fails(body: bytes) -> None:
    """An answer fails without a text, whatever other members it has."""
    with (
        answering(lambda *_: Reply(200, body)) as server,
        pytest.raises(ChatFailed, match="without text"),
    ):
        asked(server.url).complete("", "")


def test_an_answer_without_an_end_is_not_read() -> None:
    """More than a bounded number of bytes is no answer."""
    reply = Reply(200, b" " * (MAX_BYTES + 2))
    with (
        answering(lambda *_: reply) as server,
        pytest.raises(ChatFailed, match="more than 1,048,576 bytes"),
    ):
        asked(server.url).complete("", "")


def test_a_key_is_not_shown() -> None:
    """A key that would change the request is refused."""
    assert KEY not in repr(asked("http://x.example/v1", key=KEY))
    with pytest.raises(InvalidSetting, match="SEMSEARCH_CHAT_KEY has characters that no key has"):
        asked("http://x.example/v1", key="a\r\nHost: b")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:11434",
        "ftp://x/v1",
        "http://",
        "http://u:p@x/v1",
        "http://x/v1?a=b",
        "http://x:99999/",
        "http://:p@x/v1",
        "http://x/v1/ü",
        "http://a..b/v1",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """The error has an example of an address, and shows no password."""
    with pytest.raises(
        InvalidSetting,
        match="is not the address of a chat server; write it as http://localhost:11434/v1",
    ):
        asked(url)
    with pytest.raises(InvalidSetting) as refused:
        asked("http://user:password@x/v1")
    assert "password" not in str(refused.value)
