"""A network of machines inside this one, whose links can be cut without a trace.

Every machine is a network namespace with an address of its own; a bridge joins them. A cut link
drops packets silently, in both directions, as a broken switch does: nobody is told that a
connection ended. All of it is inside a network namespace of the torture itself, apart from the real
network, and is gone when the torture ends, in whatever way.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

HUB = "hub"
"""The machine of the torture itself: clients, readers, and who promotes replicas."""
TOOLS = ("setpriv", "unshare", "nsenter", "ip", "mount")
_INSIDE = "SEMSEARCH_TORTURE_INSIDE"
_PREFIX = "10.77.0"
_NOWHERE = "02:00:00:00:00:ff"
"""A hardware address that no machine has: packets to it are lost."""
_NAMES = Path("/run/netns")


def missing() -> str:
    """Return what stands against namespaces on this machine; empty if nothing does."""
    if sys.platform != "linux":
        return "network namespaces need Linux"
    if os.geteuid():
        return "network namespaces need root"
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"{', '.join(lacking)} is missing (apt-get install iproute2 util-linux)"
    tried = subprocess.run(
        [*_apart(), "ip", "link", "add", "tried", "type", "bridge"],
        capture_output=True,
        text=True,
        check=False,
    )
    return tried.stderr.strip() if tried.returncode else ""


def _apart() -> list[str]:
    """Return how a command is run in namespaces of its own; all ends with it, or with us."""
    return [
        *("setpriv", "--pdeathsig", "KILL", "--"),
        *("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
        "--",
    ]


def is_inside() -> bool:
    """Return whether this process is in namespaces of its own already."""
    return os.environ.get(_INSIDE) == "1"


def run_inside(arguments: Sequence[str]) -> int:
    """Run Python in namespaces of its own, and return its exit code.

    All processes that it started end with it, and files in its folder are gone.
    """
    with tempfile.TemporaryDirectory(prefix="semsearch-cluster-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user
        return subprocess.run(
            [*_apart(), sys.executable, *arguments],
            env={**os.environ, _INSIDE: "1", "TMPDIR": folder},
            check=False,
        ).returncode


class PrivateNetwork:
    """Machines by name; made inside namespaces of its own (`run_inside`)."""

    def __init__(self) -> None:
        """Make the bridge, and memory for files: all in the namespaces of this process."""
        self.folder = Path(tempfile.gettempdir())
        """Files there are in memory, and vanish with the namespaces."""
        _NAMES.mkdir(parents=True, exist_ok=True)
        for place, mode in ((_NAMES, "755"), (self.folder, "755")):
            _run("mount", "-t", "tmpfs", "-o", f"mode={mode}", "none", str(place))
        self._addresses = {HUB: f"{_PREFIX}.1"}
        self._cut: list[tuple[str, str]] = []
        _ip(
            "link set lo up",
            "link add br0 type bridge",
            f"addr add {_PREFIX}.1/24 dev br0",
            "link set br0 up",
        )

    def add(self, name: str) -> str:
        """Add a machine, and return its address."""
        number = len(self._addresses) + 1
        self._addresses[name] = f"{_PREFIX}.{number}"
        _ip(
            f"netns add {name}",
            f"link add port{number} type veth peer name eth0 netns {name}",
            f"link set port{number} master br0 up",
        )
        _ip(
            "link set lo up",
            f"addr add {self._addresses[name]}/24 dev eth0",
            "link set eth0 up",
            at=name,
        )
        return self._addresses[name]

    def address(self, name: str) -> str:
        """Return the address of a machine."""
        return self._addresses[name]

    def command(self, name: str) -> list[str]:
        """Return what a command begins with to be run on a machine."""
        return ["nsenter", f"--net={_NAMES / name}"]

    def others(self, *names: str) -> list[str]:
        """Return all machines but these, the hub too."""
        return [name for name in self._addresses if name not in names]

    def cut(self, ones: Iterable[str], others: Iterable[str]) -> None:
        """Drop all packets between two groups, in both directions, until `mend`."""
        there = list(others)
        for one in ones:
            for other in there:
                self._cut += [(one, other), (other, one)]
        for at, to in self._cut:
            self._neighbour(at, f"replace {self._addresses[to]} lladdr {_NOWHERE} nud permanent")

    def mend(self) -> None:
        """Undo all cuts."""
        for at, to in self._cut:
            self._neighbour(at, f"del {self._addresses[to]}")
        self._cut = []

    @staticmethod
    def _neighbour(at: str, do: str) -> None:
        _ip(f"neigh {do} dev {'br0' if at == HUB else 'eth0'}", at=at)


def _ip(*commands: str, at: str = HUB) -> None:
    where = [] if at == HUB else ["-n", at]
    _run("ip", *where, "-batch", "-", given="\n".join(commands))


def _run(*command: str, given: str = "") -> None:
    subprocess.run(command, input=given, text=True, check=True, stdout=subprocess.DEVNULL)
