"""Several worker processes on one port."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from semsearch.core.errors import IndexMissing, InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.server.serve import serve

_SERVE = """
import json, multiprocessing, sys
from semsearch.server.serve import serve
from semsearch.core.settings import load_settings

def ready(listening):
    pids = [process.pid for process in multiprocessing.active_children()]
    print(json.dumps({"url": listening.url, "pids": pids}), flush=True)

serve(load_settings(index=sys.argv[1], port=0, workers=2), ready)
print("stopped", flush=True)
"""


@contextmanager
def _serving(index: Path) -> Iterator[tuple[subprocess.Popen[str], str, list[int]]]:
    """Yield a service of two workers: the supervisor, its URL, and the process ids."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        yield process, said["url"], said["pids"]
    finally:
        process.kill()
        process.communicate()


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _answers(url: str) -> bool:
    """Whether a question is answered over a connection of its own."""
    try:
        found = httpx2.get(f"{url}/v1/search", params={"q": "GPS"}, trust_env=False, timeout=5)
    except httpx2.HTTPError:
        return False
    return bool(found.json()["hits"][0]["id"] == "ships:gps")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _count_listening(port: int) -> int:
    """Return how many sockets of this machine listen on a port."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


def _comes(condition: object, seconds: float = 20) -> bool:
    """Whether something becomes true in time."""
    assert callable(condition)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.process
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_two_processes(index: Path, stop: signal.Signals) -> None:
    """Both answer on one port; a signal to the first ends all of them with code 0."""
    with _serving(index) as (process, url, pids):
        assert len(pids) == 2
        assert all(_answers(url) for _ in range(10))
        process.send_signal(stop)
        out, err = process.communicate(timeout=30)
        assert (out, err, process.returncode) == ("stopped\n", "", 0)
        assert not any(_is_alive(pid) for pid in pids)


@pytest.mark.process
def test_a_process_that_dies_is_replaced(index: Path) -> None:
    """The other one answers meanwhile, and all of them end when nobody looks after them."""
    with _serving(index) as (process, url, pids):
        os.kill(pids[0], signal.SIGKILL)
        assert _comes(lambda: _answers(url))
        time.sleep(3)
        assert all(_answers(url) for _ in range(10))
        process.kill()
        assert _comes(lambda: not _is_alive(pids[1]))


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the processes share a socket")
def test_connections_are_dealt_out(index: Path) -> None:
    """Clients that come at a time reach both, instead of whoever is awake first."""
    with _serving(index) as (_, url, pids):
        os.kill(pids[0], signal.SIGSTOP)
        address = ("127.0.0.1", _port(url))
        try:
            connections = [socket.create_connection(address, timeout=20) for _ in range(64)]
            for connection in connections:
                connection.sendall(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n")
            time.sleep(2)
            poll = select.poll()  # unlike `select` it takes file descriptors above 1023
            for connection in connections:
                poll.register(connection, select.POLLIN)
            answered = poll.poll(0)
            assert 12 <= len(answered) <= 52
        finally:
            os.kill(pids[0], signal.SIGCONT)  # a stopped worker would outlive the test
        assert all(connection.recv(12) == b"HTTP/1.1 200" for connection in connections)
        for connection in connections:
            connection.close()


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="reads from /proc who listens")
def test_the_others_go_on_when_one_cannot_be_replaced(index: Path, tmp_path: Path) -> None:
    """It is tried again, and succeeds when what was in the way is gone."""
    moved = tmp_path / "moved"
    copy = shutil.copytree(index, tmp_path / "index")
    with _serving(copy) as (process, url, pids):
        copy.rename(moved)
        os.kill(pids[0], signal.SIGKILL)
        assert process.stderr
        assert "ended with exit code -9; starting another" in process.stderr.readline()
        assert "cannot answer, the others go on: there is no index" in process.stderr.readline()
        assert all(_answers(url) for _ in range(10))
        moved.rename(copy)
        assert _comes(lambda: _count_listening(_port(url)) == 2)
        os.kill(pids[1], signal.SIGKILL)
        assert _comes(lambda: _count_listening(_port(url)) == 1)
        assert all(_answers(url) for _ in range(10))


@pytest.mark.process
def test_why_none_can_start() -> None:
    """The reason of the first process is raised here, and nothing is left running."""
    with pytest.raises(IndexMissing, match="semsearch build"):
        serve(load_settings(index="no-such-index", port=0, workers=2))


def test_a_port_in_use_is_said_before_any_starts() -> None:
    """As with one process."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidSetting, match=f"port {port} on 127.0.0.1 is in use"):
            serve(load_settings(index="no-such-index", port=port, workers=2))
