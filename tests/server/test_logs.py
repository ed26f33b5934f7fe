"""The log of a service: what its lines have, what they never have, and how many there are.

Covers `server/telemetry/logs`, `server/telemetry/line_format`, `server/telemetry/line_writer`,
`server/telemetry/sampling`.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.telemetry import line_writer, logs
from semsearch.server.telemetry.line_format import FieldValue, format_line, traceback_without_text
from semsearch.server.telemetry.line_writer import LineWriter
from semsearch.server.telemetry.sampling import BURST, INTERVAL_S, MAX_KINDS, LineSampler
from semsearch.server.telemetry.telemetry import Telemetry
from tests.own_indexes import new_key

ASKED = "zebra whisperers of Aachen"
"""What no line may have, in any part or encoding."""
_TRACES = re.compile(r"zebra|whisperers|Aachen", re.IGNORECASE)


@dataclass(frozen=True)
class _Logged:
    """A client of an application that logs, and what it wrote."""

    client: TestClient
    app: FastAPI
    stream: io.StringIO
    log: logs.RequestLog

    def text(self) -> str:
        for handler in logging.getLogger().handlers:
            handler.flush()
        return self.stream.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]


Logging = Callable[..., AbstractContextManager[_Logged]]


@pytest.fixture
def logging_to(
    folder: Path, direct_paths: Collection[str], monkeypatch: pytest.MonkeyPatch
) -> Logging:
    """Give what opens a service of an index with keys, whose log is kept."""

    @contextmanager
    def opened(**settings: object) -> Iterator[_Logged]:
        stream = io.StringIO()
        monkeypatch.setattr("sys.stderr", stream)
        given = load_settings(index=folder, **{"log_format": "json", **settings})
        with logs.opened_log(given) as log, Glossary.open(folder) as glossary:
            telemetry = Telemetry(log=log)
            app = create_app(glossary, given, direct_paths=direct_paths, telemetry=telemetry)
            with TestClient(app, raise_server_exceptions=False) as client:
                yield _Logged(client, app, stream, log)

    return opened


def test_a_status_is_a_number_whoever_answers(logging_to: Logging) -> None:
    """The SDK of assistants sends an `HTTPStatus`, whose `repr` is no JSON."""
    accept = {"Accept": "application/json, text/event-stream"}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    with logging_to() as logged:
        assert logged.client.post("/mcp", json=message, headers=accept).status_code == 200
        assert logged.client.post("/mcp", json={}, headers=accept).status_code == 400
        statuses = [line["status"] for line in logged.lines()]
    assert statuses == [200, 400]
    assert format_line("info", "x", {"a": HTTPStatus.OK}, "json").endswith('"a": 200}\n')
    assert format_line("info", "x", {"a": HTTPStatus.OK}, "console").endswith(" a=200\n")


def test_a_request_is_a_line(logging_to: Logging) -> None:
    """It has the route, the status, the times, the client and an id, as the answer has it."""
    with logging_to() as logged:
        answer = logged.client.get("/v1/search?q=a+spoon")
        (line,) = logged.lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    times = {name: line.pop(name) for name in [*line] if name.endswith("ms")}
    assert set(times) == {"ms", "queue_ms", "encode_ms", "retrieve_ms", "answer_ms"}
    assert line == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/v1/search",
        "status": 200,
        "bytes": len(answer.content),
        "client": "testclient",
        "request_id": answer.headers["x-request-id"],
    }


def test_a_request_is_a_line_for_people(logging_to: Logging) -> None:
    """The same in one line of words."""
    with logging_to(log_format="console") as logged:
        logged.client.get("/v1/entries/kitchen:whisk")
        (line,) = logged.text().splitlines()
    assert re.match(
        r"\S+Z info    request method=GET route=/v1/entries/\{id\} status=200 ms=", line
    )


@pytest.mark.parametrize("level", ["warning", "error"])
def test_lines_of_requests_can_be_left_out(logging_to: Logging, level: str) -> None:
    """Then only what fails is there."""
    with logging_to(log_level=level) as logged:
        logged.client.get("/v1/search?q=a+spoon")
        logged.client.get("/nothing")
        assert logged.text() == ""


@pytest.mark.parametrize(
    "stated",
    ["a", "Root=1-5759e988-bd862e3f", "urn:uuid:3f4e/1+2@x", "0123456789abcdef" * 8],
)
def test_a_stated_request_id_is_taken(logging_to: Logging, stated: str) -> None:
    """The answer, its problem and the line have it."""
    with logging_to() as logged:
        answer = logged.client.get("/v1/search?q=", headers={"X-Request-Id": stated})
        assert answer.headers["x-request-id"] == stated
        assert logged.lines()[0]["request_id"] == stated


@pytest.mark.parametrize(
    "stated", ["", "a b", "x" * 129, 'a"b', "a\tb", "a;b", "é".encode(), "<a>"]
)
def test_another_request_id_is_not(logging_to: Logging, stated: str | bytes) -> None:
    """What could steer a log, or hold a sentence, is replaced."""
    with logging_to() as logged:
        sent = stated if isinstance(stated, bytes) else stated.encode()
        answer = logged.client.get("/livez", headers=[(b"X-Request-Id", sent)])
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
        twice = [(b"X-Request-Id", b"one"), (b"X-Request-Id", b"two")]
        answer = logged.client.get("/livez", headers=twice)
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_line_has_a_question_or_a_key(logging_to: Logging, style: str) -> None:
    """Wherever it is sent, whatever becomes of it; failures of the service included."""
    question = ASKED
    with logging_to(log_format=style, log_level="debug") as logged:
        folder = logged.app.state.settings.index
        key = new_key(folder)
        secret = key.rpartition("_")[2]
        client = logged.client
        bearer = {"Authorization": f"Bearer {key}"}
        for path in ("/v1/search", "/v1/suggest", "/", "/v1/map/question", "/no", "/v1/entries/x"):
            client.get(path, params={"q": question})
            client.get(path, params={"q": question, "limit": "zebra", "token": key}, headers=bearer)
        client.post("/v1/search", json={"questions": [question, question * 99]})
        client.post("/v1/search", content=question, headers={"Content-Type": "text/plain"})
        client.get(f"/v1/entries/{question}")
        client.get(f"/v1/entries/{question}/related", headers=bearer)
        client.get(f"/{question}/{key}")
        client.get(
            "/v1/search?q=x", headers={"Authorization": f"Bearer {key}0", "X-Request-Id": key}
        )
        draft = {"glossary": "kitchen", "term": question, "definition": question}
        client.post("/v1/entries", json=draft, headers=bearer)

        def broken(*_: object, **__: object) -> None:
            try:
                raise KeyError(question)
            except KeyError as error:
                raise RuntimeError(f"cannot answer {question} for {key}") from error

        logged.app.state.search_service.ask = broken
        assert client.get("/v1/search", params={"q": question}).status_code == 500
        text = logged.text()
    assert "in broken" in text
    assert "RuntimeError" in text
    assert _TRACES.findall(text) == []
    assert secret not in text
    assert text.count("semsearch_") > 0, "the public id of the key may be there"


def test_passwords_in_addresses_are_hidden() -> None:
    """A storage that fails may name its address."""
    line = format_line("error", "redis://me:hunter2@localhost:6379 fails", {}, "console")
    assert "redis://...localhost:6379 fails" in line
    assert "hunter2" not in line


def test_a_line_is_one_line() -> None:
    """Whatever a field has, it begins no other line and steers no terminal."""
    fields: dict[str, FieldValue] = {
        "client": "a\nb\x1b[2J\u2028c",
        "n": 1,
        "empty": "",
        "said": "a b",
    }
    shown = format_line("info", "x\r\ny", fields, "console")
    assert shown.count("\n") == 1
    assert shown.endswith(
        'info    x\\x0d\\x0ay client=a\\x0ab\\x1b[2J\\x2028c n=1 empty="" said="a b"\n'
    )
    line = format_line("info", "x\r\ny", fields, "json")
    assert line.count("\n") == 1
    assert json.loads(line).items() >= {**fields, "event": "x\r\ny"}.items()


def test_refusals_are_sampled(logging_to: Logging) -> None:
    """Who sends many bad requests gets some lines, and the next one says how many there were."""
    with logging_to() as logged:
        for _ in range(BURST + 30):
            logged.client.get("/v1/search?q=x", headers={"Authorization": "Bearer semsearch_x"})
        logged.client.get("/v1/search?q=a+spoon")
        found = logged.lines()
        assert [line["status"] for line in found] == [401] * BURST + [200]
        assert {line.get("problem") for line in found} == {"key-refused", None}
        assert logged.log.sampled == 30


def test_a_bucket_fills_again() -> None:
    """A line for each interval, with the number of those before; kinds do not share."""
    now = [0.0]
    sampler = LineSampler(lambda: now[0])
    assert [sampler.admit("a") for _ in range(BURST + 2)] == [0] * BURST + [None, None]
    assert sampler.admit("b") == 0
    now[0] = INTERVAL_S
    assert sampler.admit("a") == 2
    assert sampler.admit("a") is None
    assert sampler.dropped == 3


def test_kinds_are_bounded() -> None:
    """Beyond some hundred, kinds share a bucket, so nobody fills the memory with them."""
    sampler = LineSampler(lambda: 0.0)
    admitted = [sampler.admit(kind) for kind in range(MAX_KINDS + 10 * BURST)]
    assert admitted.count(None) == 9 * BURST


def test_repeated_messages_are_sampled(logging_to: Logging) -> None:
    """A warning that each request causes does not fill the disk."""
    with logging_to() as logged:
        for number in range(BURST + 5):
            logging.getLogger("semsearch.server").warning("the disk is full: %s", number)
        found = logged.lines()
    assert [line["event"] for line in found] == [f"the disk is full: {n}" for n in range(BURST)]
    assert found[0]["logger"] == "semsearch.server"
    assert found[0]["level"] == "warning"


def test_a_frequent_failure_hides_no_other(logging_to: Logging) -> None:
    """Failures have one message; each type and place of an exception is a kind of its own."""

    def often(*_: object, **__: object) -> None:
        raise RuntimeError

    def rarely(*_: object, **__: object) -> None:
        raise RuntimeError

    def otherwise(*_: object, **__: object) -> None:
        raise KeyError

    with logging_to() as logged:
        service = logged.app.state.search_service
        service.ask = often
        for number in range(BURST + 5):
            assert logged.client.get(f"/v1/search?q={number}").status_code == 500
        for fail in (rarely, otherwise):
            service.ask = fail
            assert logged.client.get("/v1/search?q=x").status_code == 500
        text = logged.text()
    assert text.count("in often") == BURST
    assert text.count("in rarely") == 1
    assert text.count("in otherwise") == 1


def test_an_error_says_where_and_not_what() -> None:
    """Causes come first; the text is left out, except for errors of the system and of SQLite."""

    def fail() -> None:
        try:
            (Path(os.devnull) / "x").read_text()
        except OSError as error:
            raise ValueError("quotes a question") from error

    try:
        fail()
    except ValueError as error:
        shown = traceback_without_text(error)
    assert "quotes" not in shown.replace('raise ValueError("quotes a question")', "")
    lines = shown.splitlines()
    assert lines[-1] == "builtins.ValueError"
    assert "builtins.NotADirectoryError: [Errno 20] Not a directory" in lines
    assert any("in fail" in line for line in lines)
    try:
        sqlite3.connect("file:/no/such/folder/x?mode=ro", uri=True).execute("SELECT 1")
    except sqlite3.Error as error:
        assert traceback_without_text(error).endswith("OperationalError: SQLITE_CANTOPEN")


class _Stuck(io.StringIO):
    """A stream that nobody reads for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()

    def write(self, text: str) -> int:
        self.goes_on.wait(10)
        return super().write(text)


def test_nobody_waits_for_who_reads_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are gathered, and beyond some dropped and counted."""
    monkeypatch.setattr(line_writer, "MAX_LINES", 5)
    monkeypatch.setattr(line_writer, "FLUSH_S", 0.2)
    stream = _Stuck()
    writer = LineWriter(stream)
    writer.write("first\n")
    writer.flush()  # the thread holds it, and waits
    for number in range(7):
        writer.write(f"{number}\n")
    assert writer.lost == 2
    stream.goes_on.set()
    writer.flush()
    assert stream.getvalue().split() == ["first", *"01234"]


def test_a_closed_stream_is_no_failure() -> None:
    """Whoever read the log is gone; the service goes on."""
    stream = io.StringIO()
    writer = LineWriter(stream)
    stream.close()
    writer.write("x\n")
    writer.flush()
    assert writer.lost == 1


def test_what_was_set_up_is_taken_back(tmp_path: Path) -> None:
    """Handlers and levels are those from before; a second log replaces the first inside."""
    root, ours = logging.getLogger(), logging.getLogger("semsearch")
    before = [*root.handlers], root.level, ours.level
    settings = load_settings(index=tmp_path, log_level="debug")
    with logs.opened_supervisor_log(settings):
        outer = root.handlers[-1]
        with logs.opened_log(settings):
            assert outer not in root.handlers
            assert ours.level == logging.DEBUG
            assert root.level == logging.WARNING
        assert outer in root.handlers
    assert ([*root.handlers], root.level, ours.level) == before
