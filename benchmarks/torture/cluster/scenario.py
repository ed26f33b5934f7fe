"""A primary, two replicas, three servers, clients; each fault, and what must hold after it.

After each fault every server has to take an edit, and all of them have to show it. Then the clients
pause, and the store is compared with what they were told: no acknowledged edit may be missing, or
be there twice, and every server must show the last ones.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import httpx2

from benchmarks.torture.cluster.editing import (
    GLOSSARY,
    REQUEST_S,
    AcknowledgedState,
    ClusterClient,
    ClusterClients,
    ClusterReaders,
    compare,
)
from benchmarks.torture.cluster.network import HUB, PrivateNetwork
from benchmarks.torture.cluster.nodes import ReplicatedPostgres, wait_for
from benchmarks.torture.cluster.servers import ClusterServer, newest_generation
from benchmarks.torture.kill import PromiseBroken
from semsearch.core.progress import Silent
from semsearch.ingest.build import build_index
from semsearch.ingest.shared.local_copy import database_of, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres.migrating import migrate
from semsearch.storage.store_summary import summary
from tests.small_glossary import ENTRIES

SERVERS = ("server-1", "server-2", "server-3")
CLIENTS = 3
FENCED_S = 3.0
"""Seconds for which a former primary is left running after its network is back."""
NOTICED_S = 5.0
"""Seconds until a replica is promoted when the primary is out of reach. Managers take longer."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long one fault was felt."""

    fault: str
    took_s: float
    """Until every server had taken an edit, and all showed it. From the new primary on, if there
    was one; otherwise from the fault on, or from when the server listened again. Of a publisher,
    until another one had published, and all had that."""
    is_of_answers: bool = True
    """Whether answers had to be right in time; they are right while something is published."""


class TorturedCluster:
    """All processes, and the faults."""

    def __init__(self, network: PrivateNetwork, draw: random.Random) -> None:
        """Start everything.

        Args:
            network: an empty one.
            draw: decides who is hit, and when.
        """
        self._network = network
        self._draw = draw
        self.postgres = ReplicatedPostgres(network)
        with self.postgres.primary.connect() as connection:
            connection.execute("CREATE DATABASE glossary")
        url = self.postgres.url("glossary")
        self._database = database_of(url)
        migrate(self._database)
        own = network.folder / "own"
        build_index(ENTRIES, own, model="hashed")
        copy_into_store(IndexLayout(own), self._database, Silent())
        self.servers = [ClusterServer(name, network) for name in SERVERS]
        for server in self.servers:
            server.join(url)
        keys = KeyStore(self.servers[0].layout.keys, self._database)
        key = keys.create(name="torture", scope=KeyScope.EDIT, now=utc_now())[1].text
        for server in self.servers:
            server.start()
        self.clients = ClusterClients(CLIENTS, self.servers, key)
        self._probes = [ClusterClient(f"probe {s.name}", [s], key) for s in self.servers]
        self._threads = ThreadPoolExecutor(len(self._probes))
        self._http = httpx2.Client(timeout=REQUEST_S, trust_env=False)
        for probe in self._probes:
            probe.add()
        self.readers = ClusterReaders(self.servers)
        self.recoveries: list[Recovery] = []

    # Faults. Each leaves the cluster whole.

    def kill_primary(self) -> None:
        """Kill the primary, promote a replica, and make the dead one a replica."""
        self.postgres.primary.kill()
        former = self.postgres.fail_over()
        self._recover("kill of the primary", time.monotonic())
        self.postgres.bring_back(former)

    def kill_replica(self) -> None:
        """Kill a replica: edits go on with the other one."""
        replica = self._draw.choice(self.postgres.replicas)
        began = time.monotonic()
        replica.kill()
        self._recover("kill of a replica", began)
        replica.start()

    def kill_server(self) -> None:
        """Kill a server; the others go on, and it is right as soon as it listens again."""
        server = self._draw.choice(self.servers)
        server.kill()
        time.sleep(self._draw.uniform(0, 1))
        server.start()
        self._recover("kill of a server", time.monotonic())

    def kill_publisher(self) -> None:
        """Kill a publisher; another server publishes, and all take what it published."""
        one, other = self._draw.sample(self.servers, 2)
        one.kill_publisher(self._draw)
        began = time.monotonic()
        other.publish()
        wait_for("all servers have the new generation", lambda: newest_generation(self.servers))
        took_s = time.monotonic() - began
        self.recoveries.append(Recovery("kill of a publisher", took_s, is_of_answers=False))

    def part_primary(self, seconds: float) -> None:
        """The primary is cut off; a replica is promoted, and the former one comes back too late."""
        former = self.postgres.primary
        began = time.monotonic()
        self._network.cut([former.name], self._network.others(former.name, HUB))
        time.sleep(min(NOTICED_S, seconds))
        self.postgres.fail_over()
        self._recover("partition of the primary", time.monotonic())
        self._mend(began, seconds)
        time.sleep(self._draw.uniform(0, FENCED_S))  # for a moment there are two
        former.kill()
        self._recover("end of it, two primaries", time.monotonic())
        self.postgres.bring_back(former)

    def part_replicas(self, seconds: float) -> None:
        """The primary loses both replicas, servers reach it: nothing may be acknowledged.

        It is killed and started meanwhile, after which it shows commits that no replica has.
        """
        began = time.monotonic()
        primary = self.postgres.primary
        self._network.cut([primary.name], [node.name for node in self.postgres.replicas])
        time.sleep(min(1.0, seconds / 4))  # what replicas had confirmed is acknowledged by now
        acknowledged = self.clients.acknowledged
        time.sleep(seconds / 4)
        primary.kill()
        primary.start()
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        if self.clients.acknowledged != acknowledged:
            raise PromiseBroken("an edit was acknowledged that no replica has")
        self._network.mend()
        self._recover("partition of primary and replicas", time.monotonic())

    def part_replica(self, seconds: float) -> None:
        """One replica is cut off: edits go on with the other one."""
        began = time.monotonic()
        replica = self._draw.choice(self.postgres.replicas).name
        self._network.cut([replica], self._network.others(replica, HUB))
        self._recover("partition of a replica", began)
        self._mend(began, seconds)

    def part_server(self, seconds: float) -> None:
        """A server loses PostgreSQL: it answers questions, the others take edits."""
        began = time.monotonic()
        lost = self._draw.randrange(len(self.servers))
        self._network.cut([self.servers[lost].name], [node.name for node in self.postgres.nodes])
        self._recover("partition of a server, the others", began, without=lost)
        self._mend(began, seconds)
        self._recover("end of the partition of a server", time.monotonic())

    def part_server_from_primary(self, seconds: float) -> None:
        """A server reaches replicas only, which take no edits."""
        began = time.monotonic()
        lost = self._draw.randrange(len(self.servers))
        self._network.cut([self.servers[lost].name], [self.postgres.primary.name])
        self._recover("partition of server and primary, the others", began, without=lost)
        self._mend(began, seconds)
        self._recover("end of the partition of server and primary", time.monotonic())

    # What must hold.

    def check(self) -> None:
        """Compare store, servers and what clients were told; then let them go on.

        Raises:
            PromiseBroken: an edit is lost, was applied twice, or is not shown.
        """
        self.clients.pause()
        self.readers.check()
        clients = [*self.clients.clients, *self._probes]
        self._compare([client.state for client in clients])
        last = [client.last for client in clients if client.last is not None]
        for server in self.servers:
            for id_, definition in last:
                wait_for(
                    f"{server.name} shows {definition!r} of {id_}",
                    lambda s=server, i=id_, d=definition: s.shows(self._http, i, d),  # type: ignore[misc]
                )
        self.clients.go_on()

    def check_copies(self) -> None:
        """Compare every row of the copies of all servers with the store; clients have ended.

        Raises:
            PromiseBroken: one differs.
        """
        with opened(self._database) as store:
            wanted = summary(store) | {"answers": (0, "")}
        for server in self.servers:

            def is_same(server: ClusterServer = server) -> bool:
                with closing(EntryReader(server.layout.store)) as copy:
                    return wanted == summary(copy) | {"answers": (0, "")}

            wait_for(f"the rows of {server.name} are those of the store", is_same)

    def wait_until_whole(self) -> None:
        """Wait until the replicas stream, so that the next fault hits a whole cluster."""
        self.postgres.wait_until_whole()

    def logs(self) -> str:
        """Return the ends of the logs of all servers."""
        return "\n".join(f"{server.name}: {server.log()}" for server in self.servers)

    def stop(self) -> None:
        """End everything."""
        self.clients.stop()
        self.readers.stop()
        for server in self.servers:
            server.kill()
        self._database.close()
        self.postgres.stop()

    def _compare(self, states: Iterable[AcknowledgedState]) -> None:
        with opened(self._database) as store:
            present = {e.id: e.definition for e in store.entries() if e.glossary == GLOSSARY}
            counted = {
                str(id_): int(count)
                for id_, count in store.connection.execute(
                    "SELECT id, count(*) FROM history GROUP BY id"
                )
                if str(id_).startswith(f"{GLOSSARY}:")
            }
        compare(present, counted, states)

    def _recover(self, fault: str, since: float, without: int | None = None) -> None:
        """Let every server take an edit, wait until all show all of them, and note the time.

        Raises:
            PromiseBroken: an edit is not taken, or not shown, after all.
        """
        numbers = [n for n in range(len(self.servers)) if n != without]
        list(self._threads.map(lambda n: self._probes[n].change(), numbers))

        def are_right() -> bool:
            return all(
                self.servers[n].shows(self._http, *last)
                for n in numbers
                for m in numbers
                if (last := self._probes[m].last) is not None
            )

        wait_for(f"all servers show the edits after the {fault}", are_right)
        self.recoveries.append(Recovery(fault, time.monotonic() - since))

    def _mend(self, began: float, seconds: float) -> None:
        """Wait until a partition is over, and end it."""
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        self._network.mend()


KILLS: dict[str, Callable[[TorturedCluster], None]] = {
    "primary": TorturedCluster.kill_primary,
    "replica": TorturedCluster.kill_replica,
    "server": TorturedCluster.kill_server,
    "publisher": TorturedCluster.kill_publisher,
}
PARTITIONS: dict[str, Callable[[TorturedCluster, float], None]] = {
    "primary": TorturedCluster.part_primary,
    "primary and replicas": TorturedCluster.part_replicas,
    "server": TorturedCluster.part_server,
    "server and primary": TorturedCluster.part_server_from_primary,
    "replica": TorturedCluster.part_replica,
}
