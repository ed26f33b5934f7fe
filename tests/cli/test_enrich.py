"""Enriching on the command line.

From a chat server to a review file, and from there into the index.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.chat_server import Reply, answering
from tests.cli.running import run

KEY = "sk-secret-0123456789"


@pytest.fixture
def index(own_hashed_index: Path) -> str:
    """Give an index that a test may edit."""
    return str(own_hashed_index)


def test_phrases_are_written_looked_through_and_stored(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key comes from the environment and is told nobody.

    Nothing is stored before somebody has looked.
    """
    monkeypatch.setenv("SEMSEARCH_CHAT_KEY", KEY)
    file = tmp_path / "review.jsonl"
    with answering(
        lambda *_: Reply.saying('["the body of it without masts", "about hulls"]')
    ) as server:
        options = ("--api", server.url, "--model", "small", "-g", "harbour", "--limit", "1")
        done = run("enrich", *options, "--review", str(file), "-i", index)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode() == (
        f"1 phrase for 1 entry are in {file}, 1 more are refused there\n"
        f"look through it, then run: semsearch enrich --apply {file}\n"
    )
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert server.requests[0]["model"] == "small"
    assert KEY.encode() not in done.stdout + done.stderr + file.read_bytes()
    assert b"asked_as" not in run("history", "harbour:hull", "-i", index).stdout
    stored = run("enrich", "--apply", str(file), "-i", index)
    assert (stored.returncode, stored.stdout) == (0, b"stored 1 phrase of 1 entry\n")
    (hit, *_) = json.loads(
        run("ask", "the body of it without masts", "--json", "-i", index).stdout
    )["hits"]
    assert (hit["id"], hit["matched_phrase"]) == ("harbour:hull", "the body of it without masts")


def test_a_server_that_refuses_is_told_without_the_key(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is one line with the status and its reason, without the key."""
    monkeypatch.setenv("SEMSEARCH_CHAT_KEY", KEY)
    with answering(lambda *_: Reply.error(401, f"bad key {KEY}")) as server:
        options = ("--api", server.url, "--model", "m", "--review", str(tmp_path / "r.jsonl"))
        done = run("enrich", *options, "-i", index)
    assert done.returncode == 2
    said = f"semsearch: the chat server {server.url} answers with status 401: bad key ***\n"
    assert done.stderr.decode().endswith(said)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--api", "http://x.example/v1"], b"name a server with --api and a model with --model"),
        ([], b"name a server with --api and a model with --model, or a review file with --apply"),
        (
            ["--apply", "r", "--model", "m"],
            b"--apply stores what was written before, and asks no server",
        ),
        (["--apply", "no-such-file"], b"the review file no-such-file cannot be read"),
        (["--api", "x", "--model", "m"], b"'x' is not the address of a chat server"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    index: str, options: list[str], reason: bytes
) -> None:
    """The error says what to give instead."""
    done = run("enrich", *options, "-i", index)
    assert (done.returncode, reason in done.stderr) == (2, True), done.stderr
