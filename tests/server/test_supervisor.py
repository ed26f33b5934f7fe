"""Several worker processes on one port."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import httpx2
import pytest

from semsearch.core.errors import IndexMissing, InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.server.workers import serve as serve_module
from semsearch.server.workers import supervisor
from semsearch.server.workers.process import SEND_BYTES
from semsearch.server.workers.serve import serve
from tests.conftest import PROJECT
from tests.server.service_process import CODE, comes, serving


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _answers(url: str) -> bool:
    """Whether a question is answered over a connection of its own."""
    try:
        found = httpx2.get(f"{url}/v1/search", params={"q": "GPS"}, trust_env=False, timeout=60)
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


@pytest.mark.process
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_two_processes(index: Path, stop: signal.Signals) -> None:
    """Both answer on one port; a signal to the first ends all of them with code 0."""
    with serving(index, workers=2) as service:
        process, url, pids = service.process, service.url, service.pids
        assert len(pids) == 2
        assert all(_answers(url) for _ in range(10))
        process.send_signal(stop)
        out, err = process.communicate(timeout=30)
        assert (out, err, process.returncode) == ("stopped\n", "", 0)
        assert not any(_is_alive(pid) for pid in pids)


_EARLY = """
import os, signal, sys
from semsearch.core.settings import load_settings
from semsearch.server.workers import supervisor
from semsearch.server.workers.serve import serve

begin = supervisor._Worker.start

def start(self, *further):
    begin(self, *further)
    own, child = os.getpid(), self._process.pid
    for _ in range(int(sys.argv[3])):
        {"all": lambda: os.killpg(own, signal.SIGTERM),
         "first": lambda: os.kill(own, signal.SIGINT),
         "worker": lambda: (os.kill(child, signal.SIGTERM), os.kill(own, signal.SIGTERM)),
         }[sys.argv[2]]()

supervisor._Worker.start = start
serve(load_settings(index=sys.argv[1], port=0, workers=3, log_level="warning"))
print("stopped", flush=True)
"""


@pytest.mark.process
@pytest.mark.parametrize("times", ["1", "3"])
@pytest.mark.parametrize("target", ["all", "first", "worker"])
def test_a_signal_while_workers_start(index: Path, target: str, times: str) -> None:
    """Nothing is said, and the exit code is that of any stop; a second signal changes nothing."""
    done = subprocess.run(
        [sys.executable, "-c", _EARLY, str(index), target, times],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("stopped\n", "", 0)


@pytest.mark.process
@pytest.mark.parametrize("workers", [1, 2])
def test_the_example_is_a_question_that_is_answered(index: Path, workers: int) -> None:
    """It is what `serve` proposes to try."""
    with serving(index, workers=workers) as service:
        found = httpx2.get(
            f"{service.url}/v1/search", params={"q": service.example}, trust_env=False
        ).json()
        assert "(" not in service.example
        assert not found["no_close_match"]


@pytest.mark.process
def test_a_process_that_dies_is_replaced(index: Path) -> None:
    """The other one answers meanwhile, and all of them end when nobody looks after them."""
    with serving(index, workers=2) as service:
        process, url, pids = service.process, service.url, service.pids
        os.kill(pids[0], signal.SIGKILL)
        assert comes(lambda: _answers(url))
        time.sleep(3)
        assert all(_answers(url) for _ in range(10))
        process.kill()
        assert comes(lambda: not _is_alive(pids[1]))


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the processes share a socket")
def test_connections_are_dealt_out(index: Path) -> None:
    """Clients that come at a time reach both, instead of whoever is awake first."""
    with serving(index, workers=2) as service:
        url, pids = service.url, service.pids
        os.kill(pids[0], signal.SIGSTOP)
        address = ("127.0.0.1", _port(url))
        try:
            connections = [socket.create_connection(address, timeout=60) for _ in range(64)]
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


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the processes share a socket")
def test_the_system_holds_little_that_a_client_has_not_read() -> None:
    """In each process: 400 clients that did not read made it hold 1 GB, and the loop 15 s."""
    with serve_module.bound("127.0.0.1", 0) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with supervisor._own_socket(listener) as own:
            for one in (listener, own):
                one.listen()
                address = one.getsockname()
                with socket.create_connection(address), one.accept()[0] as accepted:
                    held = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
                    assert held == 2 * SEND_BYTES  # Linux counts its own needs too
                one.close()


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="reads from /proc who listens")
def test_the_others_go_on_when_one_cannot_be_replaced(folder: Path, tmp_path: Path) -> None:
    """It is tried again, and succeeds when what was in the way is gone."""
    moved = tmp_path / "moved"
    with serving(folder, workers=2) as service:
        process, url, pids = service.process, service.url, service.pids
        folder.rename(moved)
        os.kill(pids[0], signal.SIGKILL)
        assert process.stderr
        # a copy of a shared store is not kept in step meanwhile, and says so
        said = (line for line in process.stderr if "is not kept in step" not in line)
        assert "ended with exit code -9; starting another" in next(said)
        assert "cannot answer, the others go on: there is no index" in next(said)
        assert all(_answers(url) for _ in range(10))
        moved.rename(folder)
        assert comes(lambda: _count_listening(_port(url)) == 2)
        os.kill(pids[1], signal.SIGKILL)
        assert comes(lambda: _count_listening(_port(url)) == 1)
        assert all(_answers(url) for _ in range(10))


@pytest.mark.process
def test_workers_import_nothing_from_the_working_directory(index: Path, tmp_path: Path) -> None:
    """Python starts a worker with `-c`, which alone would look there first."""
    program, folder = tmp_path / "program.py", tmp_path / "shared"
    lines = [f"    {line}" for line in CODE.splitlines()]
    program.write_text("\n".join(("if __name__ == '__main__':", *lines)))
    folder.mkdir()
    (folder / "multiprocessing.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        [sys.executable, str(program), str(index), "2"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        said = process.stdout.readline()
        process.terminate()
    assert not (tmp_path / "ran").exists()
    assert len(json.loads(said)["pids"]) == 2


@pytest.mark.process
def test_why_none_can_start() -> None:
    """The reason of the first process is raised here, and nothing is left running."""
    with pytest.raises(IndexMissing, match="semsearch build"):
        serve(load_settings(index="no-such-index", port=0, workers=2))


def test_a_port_in_use_is_said_before_any_starts() -> None:
    """The error is that of a single process."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidSetting, match=f"port {port} on 127.0.0.1 is in use"):
            serve(load_settings(index="no-such-index", port=port, workers=2))


def test_a_process_that_used_obstore_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its threads are none of Python; without them a copy would wait for ever."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setitem(sys.modules, "obstore", types.ModuleType("obstore"))
    assert supervisor._context().get_start_method() == "spawn"
    monkeypatch.delitem(sys.modules, "obstore")
    usual = "fork" if sys.platform == "linux" else "spawn"
    assert supervisor._context().get_start_method() == usual


def test_a_process_with_other_threads_is_not_forked() -> None:
    """One of them might hold a lock for ever in the copy."""
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert supervisor._context().get_start_method() == "spawn"
    finally:
        stop.set()
        other.join()
