"""Builds whose texts are embedded on a Ray cluster of two nodes: `semsearch build --ray`."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from semsearch.core.errors import ClusterFailed
from semsearch.index.embedding import BATCH, TextBatch
from semsearch.index.ray_cluster import RayCluster
from semsearch.ingest.build import build_index
from semsearch.ingest.corpus_build import build
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.models.encoders.portable import PortableEncoder
from tests.cli.running import run
from tests.conftest import CORPUS, entry

pytest.importorskip("ray.data", reason="Ray is not installed; make test-cluster installs it")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own

ENTRIES = [
    entry(f"Shelf {n}", f"Board number {n} to put books and jars on.", "pantry")
    for n in range(3 * BATCH)
]
MEMORY = 200_000_000
"""Bytes for objects of a node."""


class RayNodes(Protocol):
    """What tests use of `ray.cluster_utils.Cluster`."""

    address: str
    worker_nodes: set[object]

    def remove_node(self, node: object, allow_graceful: bool) -> None:
        """End a node."""


@pytest.fixture
def ray_nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[RayNodes]:
    """Start a head and another node, of one CPU each."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": MEMORY}
    cluster = Cluster(
        initialize_head=True, head_node_args={**node, "include_dashboard": False}, connect=False
    )
    cluster.add_node(**node)
    try:
        yield cluster
    finally:
        cluster.shutdown()


@dataclass
class AtEmbedding:
    """Does something when the first batch was saved, and counts texts."""

    act: Callable[[], None]
    step: str = ""
    embedded: list[int] = field(default_factory=list)

    def start(self, step: str, total: int) -> None:
        """Note the step."""
        self.step = step

    def advance(self, parts: int) -> None:
        """Count, and act once."""
        if self.step == "embedding":
            self.embedded.append(parts)
            if len(self.embedded) == 1:
                self.act()


def embeddings(index: Path) -> list[tuple[Any, ...]]:
    """Return all vectors and tokens of an index, as the store has them."""
    with closing(sqlite3.connect(index / "store.db")) as store:
        columns = "text, key, kept, vector, ids, tokens"
        return store.execute(
            f"SELECT {columns} FROM embedding JOIN encoder ON number = encoder ORDER BY text"  # noqa: S608
        ).fetchall()


def test_the_vectors_are_those_of_a_local_build(
    ray_nodes: RayNodes, seed_index: Path, tmp_path: Path
) -> None:
    """To the last bit, with the packaged encoder, by the command line."""
    index = tmp_path / "index"
    shutil.copytree(seed_index / "encoders", index / "encoders")
    done = run("build", str(CORPUS), "-i", str(index), "--ray", ray_nodes.address, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["embedded"] > 0
    assert embeddings(index) == embeddings(seed_index)


def test_an_interrupted_build_goes_on_where_it_was(ray_nodes: RayNodes, tmp_path: Path) -> None:
    """Ctrl-C keeps what is saved, and leaves the cluster as it was."""
    local, index = tmp_path / "local", tmp_path / "index"
    build_index(ENTRIES, local, model="hashed", common_questions=False)

    def interrupt() -> None:
        raise KeyboardInterrupt

    stopped = AtEmbedding(interrupt)
    options: dict[str, Any] = {"model": "hashed", "common_questions": False}
    with pytest.raises(KeyboardInterrupt):
        build_index(ENTRIES, index, ray=ray_nodes.address, progress=stopped, **options)
    saved = len(embeddings(index))
    assert saved == BATCH == sum(stopped.embedded)
    report = build_index(ENTRIES, index, ray=ray_nodes.address, **options)
    assert embeddings(index) == embeddings(local)
    assert report.embedded == len(embeddings(local)) - saved
    again = build(
        [CORPUS], tmp_path / "other", model="hashed", ray=ray_nodes.address, common_questions=False
    )
    assert again.embedded > 0


def test_a_node_that_dies_costs_nothing(ray_nodes: RayNodes, tmp_path: Path) -> None:
    """Its batches are embedded on the other one."""
    index, local = tmp_path / "index", tmp_path / "local"
    options: dict[str, Any] = {"model": "hashed", "common_questions": False}
    build_index(ENTRIES, local, **options)
    (other,) = ray_nodes.worker_nodes
    progress = AtEmbedding(lambda: ray_nodes.remove_node(other, allow_graceful=False))
    build_index(ENTRIES, index, ray=ray_nodes.address, progress=progress, **options)
    assert embeddings(index) == embeddings(local)
    assert len(progress.embedded) > 1


def test_what_a_node_lacks_is_told(ray_nodes: RayNodes) -> None:
    """Another version of semsearch, with the address; a later attempt works."""
    portable = PortableEncoder.of(Path("none"), "hashed", HashedEncoder().fingerprint, "hashed")
    batch = TextBatch(["A pot."], [True])
    said = rf"at {ray_nodes.address} cannot embed: .*and the build 0\.0; install the same version"
    with pytest.raises(ClusterFailed, match=said):
        list(RayCluster(ray_nodes.address, replace(portable, version="0.0")).encode([batch]))
    (encoded,) = RayCluster(ray_nodes.address, portable).encode([batch])
    assert encoded.vectors.shape == (1, HashedEncoder().dim)
