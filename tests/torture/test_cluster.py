"""What `benchmarks.torture.cluster` compares and prints; the whole runs in `tests/cluster`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.torture.cluster.__main__ import table
from benchmarks.torture.cluster.editing import AcknowledgedState, compare
from benchmarks.torture.cluster.network import missing, run_inside
from benchmarks.torture.cluster.scenario import Recovery
from benchmarks.torture.kill import PromiseBroken

LINKS = """
import subprocess, sys
from benchmarks.torture.cluster.network import HUB, PrivateNetwork

ASK = "import socket, sys; socket.create_connection((sys.argv[1], 80), 1)"
LISTEN = "import socket, sys; s = socket.create_server((sys.argv[1], 80)); print(flush=True); s.accept(); s.accept()"
network = PrivateNetwork()
for name in ("one", "other"):
    network.add(name)

def reaches(name):
    at = [] if name == HUB else network.command(name)
    ask = [*at, sys.executable, "-c", ASK, network.address("one")]
    return not subprocess.run(ask, stderr=subprocess.DEVNULL).returncode

server = subprocess.Popen(
    [*network.command("one"), sys.executable, "-c", LISTEN, network.address("one")],
    stdout=subprocess.PIPE,
)
server.stdout.readline()
network.cut(["one"], ["other"])
assert reaches(HUB) and not reaches("other")
network.mend()
assert reaches("other")
server.kill()
"""


def told() -> AcknowledgedState:
    """Return what a client was told that added one entry, changed it, and deleted another one."""
    state = AcknowledgedState()
    state.record("a", "1", '"1"')
    state.record("a", "2", '"2"')
    state.record("b", "3", '"3"')
    state.record("b", None, "")
    return state


def test_what_clients_were_told_is_what_must_be_there() -> None:
    """A lost edit, one that was applied twice, and one that nobody made are noticed."""
    compare({"a": "2"}, {"a": 2, "b": 2}, [told(), AcknowledgedState()])
    with pytest.raises(PromiseBroken, match=r"not there: \[\('a', '2'\)\].*\[\('a', '1'\)\]"):
        compare({"a": "1"}, {"a": 1, "b": 2}, [told()])
    with pytest.raises(PromiseBroken, match=r"in the store: \[\('a', 3\)\]"):
        compare({"a": "2"}, {"a": 3, "b": 2}, [told()])
    with pytest.raises(PromiseBroken, match=r"not acknowledged: \[\('c', '4'\)\]"):
        compare({"a": "2", "c": "4"}, {"a": 2, "b": 2, "c": 1}, [told()])


def test_times_to_recovery_are_told_by_kind() -> None:
    """The median, and the worst one."""
    times = [Recovery("kill", 1.0), Recovery("kill", 2.0), Recovery("kill", 4.0)]
    assert table(times)[2:] == ["| kill | 3 | 2.0 | 4.0 |"]


def test_a_cut_link_loses_packets_of_both_machines_only() -> None:
    """All others reach them, and afterwards they reach each other again."""
    if why := missing():
        pytest.skip(why)
    assert run_inside(["-c", LINKS]) == 0


def test_the_cluster_runs_without_pytest() -> None:
    """It takes its entries from a module without fixtures."""
    pytest.importorskip("psycopg_pool", reason="the extra postgres is not installed")
    loaded = "import sys, benchmarks.torture.cluster.__main__; print('pytest' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"
