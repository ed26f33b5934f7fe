"""A service as an operator runs it: two processes, metrics on a port of their own, a log."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.server.workers.serve import serve
from tests.server.metric_values import Values, fetched, key
from tests.server.service_process import comes

pytestmark = pytest.mark.process

_COUNTERS = ("_total", "_count", "_sum", "_bucket")


@dataclass(frozen=True)
class _Running:
    """A service, its addresses, and what it wrote to standard error so far."""

    process: subprocess.Popen[str]
    url: str
    metrics: str
    log: Path

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask over a connection of its own, so that any process may answer."""
        return httpx2.get(f"{self.url}{path}", headers=headers, trust_env=False, timeout=60)

    def values(self) -> Values:
        return fetched(self.metrics)

    def children(self) -> list[int]:
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in task.read_text().split()]

    def workers(self) -> list[int]:
        """Return the processes that answer: those that listen on more than the metrics port."""
        return self.children()[1:]


@contextmanager
def _running(index: Path, log: Path, *options: str) -> Iterator[_Running]:
    command = [sys.executable, "-m", "semsearch", "serve", "--index", str(index), "--port", "0"]
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [*command, "--workers", "2", "--metrics-port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as process,
    ):
        try:
            assert process.stdout
            said = ""
            while "Metrics: " not in said:
                line = process.stdout.readline()
                assert line, log.read_text()
                said += line
            url = re.search(r"answers on (http://\S+)", said)
            metrics = re.search(r"Metrics: (http://\S+)", said)
            assert url
            assert metrics
            yield _Running(process, url[1], metrics[1], log)
        finally:
            process.terminate()
            process.wait(20)


def _requests(values: Values) -> float:
    return sum(
        value for (name, _), value in values.items() if name == "semsearch_http_requests_total"
    )


def test_counts_are_sums_over_processes_and_outlive_them(index: Path, tmp_path: Path) -> None:
    """Mixed traffic is counted exactly; a killed process takes nothing with it."""
    with _running(index, tmp_path / "log", "--log-level", "error") as service:
        for number in range(20):
            assert service.get(f"/v1/search?q=a+spoon+{number % 4}").status_code == 200
            assert service.get("/v1/entries/kitchen:whisk").status_code == 200
            assert service.get("/v1/search?q=").status_code == 422
        before = service.values()
        again = service.values()
        name = "semsearch_http_requests_total"
        asked = key(name, route="/v1/search", method="GET", status="200")
        assert before[asked] == 20
        assert before[key(name, route="/v1/search", method="GET", status="422")] == 20
        assert before[key(name, route="/v1/entries/{id}", method="GET", status="200")] == 20
        assert before[key("semsearch_refusals_total", reason="invalid-question")] == 20
        hits = key("semsearch_cache_requests_total", cache="answer", result="hit")
        misses = key("semsearch_cache_requests_total", cache="answer", result="miss")
        assert before[hits] + before[misses] == 20
        assert before[misses] <= 8, "each process answers four questions once"
        assert before[key("semsearch_workers", state="alive")] == 2
        assert all(again[one] == before[one] for one in before if one[0] == name)
        assert before[key("semsearch_index_entries", glossary="ships")] == 4
        for process in ("worker-0", "worker-1", "supervisor", "exporter"):
            resident = key("semsearch_process_resident_memory_bytes", process=process)
            assert before[resident] > 10_000_000

        os.kill(service.workers()[0], signal.SIGKILL)
        alive = key("semsearch_workers", state="alive")
        starts = key("semsearch_worker_starts_total")
        assert comes(lambda: service.values()[starts] == 3)
        assert comes(lambda: service.values()[alive] == 2)
        after = service.values()
        counters = [one for one in before if one[0].endswith(_COUNTERS) and "cpu" not in one[0]]
        assert len(counters) > 50
        assert {one for one in counters if after[one] < before[one]} == set()
        assert comes(lambda: service.get("/v1/search?q=a+spoon").status_code == 200)
        assert service.values()[asked] == 21


def test_the_process_of_the_metrics_is_restarted(index: Path, tmp_path: Path) -> None:
    """It holds no number itself, so nothing is lost with it."""
    with _running(index, tmp_path / "log", "--log-format", "json") as service:
        service.get("/v1/search?q=GPS")
        before = _requests(service.values())
        os.kill(service.children()[0], signal.SIGKILL)

        def is_back() -> bool:
            try:
                return _requests(service.values()) == before
            except OSError:
                return False

        assert comes(is_back)
        lines = [json.loads(line) for line in service.log.read_text().splitlines()]
        assert "the process of /metrics ended; starting another" in [one["event"] for one in lines]


_CONSOLE = re.compile(
    r"\S+Z info    request method=GET route=/v1/search status=200 .* request_id=(\S+)"
)


@pytest.mark.parametrize("style", ["json", "console"])
def test_the_log_has_a_line_a_request(index: Path, tmp_path: Path, style: str) -> None:
    """From both processes, each line whole, with the id that the caller gave."""
    with _running(index, tmp_path / "log", "--log-format", style) as service:
        ids = [f"{style}-{number}" for number in range(12)]
        for one in ids:
            service.get("/v1/search?q=what+is+secret", **{"X-Request-Id": one})
        assert comes(lambda: service.log.read_text().count("\n") == len(ids), 5)
        text = service.log.read_text()
    assert "secret" not in text
    found = []
    for line in text.splitlines():
        if style == "json":
            found.append(json.loads(line)["request_id"])
        else:
            match = _CONSOLE.match(line)
            assert match, line
            found.append(match[1])
    assert sorted(found) == sorted(ids)


def test_nothing_is_counted_unless_asked(index: Path, tmp_path: Path) -> None:
    """Without a port there is no process for it, and one process serves as ever."""
    command = [sys.executable, "-m", "semsearch", "serve", "--index", str(index), "--port", "0"]
    with subprocess.Popen(
        [*command, "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            assert process.stdout
            assert "answers on" in process.stdout.readline()
            task = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            assert task.read_text() == ""
        finally:
            process.terminate()


def test_a_port_in_use_is_told_with_its_option(index: Path) -> None:
    """The message names the port of the metrics, not that of the service."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = load_settings(index=index, port=0, metrics_port=port)
        with pytest.raises(InvalidSetting, match=rf"port {port} .* choose .* --metrics-port"):
            serve(settings)
    settings = load_settings(index=index, port=0, metrics_port=0, metrics_host="192.0.2.7")
    with pytest.raises(InvalidSetting, match=r"192\.0\.2\.7.*--metrics-host"):
        serve(settings)
