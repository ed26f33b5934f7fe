"""An embeddings server on the command line: build, ask, info and doctor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat_server import Reply
from tests.cli.running import run
from tests.embeddings_server import EmbeddingsStandIn, embedding

KEY = "sk-secret-0123456789"
POTS = "## Dutch Oven\n\nA heavy pot with a lid.\n\n## Crumb\n\nThe inside of a loaf.\n"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[EmbeddingsStandIn]:
    """Run a server, and build an index with it."""
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", "http://127.0.0.1:9/unused")
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_KEY", KEY)
    corpus = tmp_path / "bakery.md"
    corpus.write_text(POTS, encoding="utf-8")
    with embedding() as (server, made):
        api = ["--embeddings-api", server.url]
        built = run("build", str(corpus), "-i", str(tmp_path / "index"), "-m", "api:m", *api)
        assert built.returncode == 0, built.stderr
        assert os.environ["SEMSEARCH_EMBEDDINGS_API"] == server.url
        assert {headers.get("Authorization") for headers in server.headers} == {f"Bearer {KEY}"}
        yield made


def test_an_index_is_built_asked_and_described(stand_in: EmbeddingsStandIn, tmp_path: Path) -> None:
    """The address of the option is that of this process; no file of the index has the key."""
    index = str(tmp_path / "index")
    asked = run("ask", "heavy pot", "-i", index, "--json")
    assert json.loads(asked.stdout)["hits"][0]["term"] == "Dutch Oven"
    shown = run("info", "-i", index).stdout.decode()
    assert "api:m, 64 dimensions, answers as server" in shown
    files = [file for file in (tmp_path / "index").rglob("*") if file.is_file()]
    held = [
        file for file in files if any(s in file.read_bytes() for s in (KEY.encode(), b"127.0.0.1"))
    ]
    assert held == []


def test_a_server_that_is_away_is_told(stand_in: EmbeddingsStandIn, tmp_path: Path) -> None:
    """`ask` answers by words and says so; `doctor` says why."""
    index = str(tmp_path / "index")
    sound = json.loads(run("doctor", "-i", index, "-m", "api:m", "--port", "0", "--json").stdout)
    told = {check["name"]: check for check in sound["checks"]}
    assert told["model"]["message"].startswith("the embeddings server has api:m: 64 dimensions")
    assert told["index"]["state"] == "ok"
    stand_in.fault = lambda _: Reply.error(401, f"bad key {KEY}")
    asked = run("ask", "a heavy pot", "-i", index)
    assert b"found by words and names only" in asked.stdout
    assert b"Dutch Oven" in asked.stdout
    found = run("doctor", "-i", index, "-m", "api:m", "--port", "0", "--json")
    told = {check["name"]: check for check in json.loads(found.stdout)["checks"]}
    assert [told[name]["state"] for name in ("model", "index")] == ["warning", "warning"]
    assert "answers by words and names only: the embeddings server" in told["index"]["message"]
    assert "status 401: bad key ***" in told["model"]["message"]
    assert found.returncode == 0


def test_a_build_without_a_server_fails_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The exit code is that of encoders."""
    monkeypatch.delenv("SEMSEARCH_EMBEDDINGS_API", raising=False)
    corpus = tmp_path / "bakery.md"
    corpus.write_text(POTS, encoding="utf-8")
    built = run("build", str(corpus), "-i", str(tmp_path / "index"), "-m", "api:m")
    assert built.returncode == 4
    assert b"name its address in SEMSEARCH_EMBEDDINGS_API" in built.stderr
