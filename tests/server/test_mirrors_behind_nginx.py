"""A source and two mirrors as `deploy/mirrors` runs them, without containers."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from benchmarks.speed.services import free_port
from semsearch.core.own_command import own_command
from semsearch.ingest import Editor
from tests.conftest import PROJECT
from tests.own_indexes import key_header
from tests.server import proxied
from tests.server.service_process import ServiceProcess, comes, serving
from tests.server.test_nginx import MAIN

FOLDER = PROJECT / "deploy" / "mirrors"
ARRIVES_S = 5.0
"""Seconds in which an edit is answered by both mirrors, on a machine that is not busy."""
PATIENCE_S = 60.0
"""The same on any machine."""

pytestmark = pytest.mark.process


@dataclass(frozen=True)
class Cluster:
    """The processes."""

    source: ServiceProcess
    headers: dict[str, str]
    """With a key that may edit at the source."""
    mirrors: tuple[ServiceProcess, ServiceProcess]
    followers: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]
    folders: tuple[Path, Path]


@pytest.fixture
def cluster(folder: Path, tmp_path: Path) -> Iterator[Cluster]:
    """Start a source and two mirrors."""
    headers = key_header(folder)
    key = headers["Authorization"].removeprefix("Bearer ")
    folders = (tmp_path / "mirror-1" / "index", tmp_path / "mirror-2" / "index")
    with ExitStack() as running:
        there = running.enter_context(serving(folder, workers=1, read="open"))
        followers = tuple(
            running.enter_context(following(there.url, mirror, key)) for mirror in folders
        )
        for mirror in folders:
            assert comes(lambda mirror=mirror: (mirror / "CURRENT").exists(), PATIENCE_S)  # type: ignore[misc]
        mirrors = [
            running.enter_context(serving(mirror, workers=1, read="open")) for mirror in folders
        ]
        yield Cluster(
            there,
            headers,
            (mirrors[0], mirrors[1]),
            (followers[0], followers[1]),
            folders,
        )


@contextmanager
def following(url: str, index: Path, key: str) -> Iterator[subprocess.Popen[bytes]]:
    """Follow a service in a process, which is killed at the end."""
    with subprocess.Popen(
        own_command("follow", url, "--index", str(index), "--interval", "0.5"),
        env={**os.environ, "SEMSEARCH_SOURCE_KEY": key},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def added(url: str, headers: dict[str, str], term: str) -> str:
    """Add an entry and return its id."""
    entry = {"glossary": "garden", "term": term, "definition": f"A {term} is a garden tool."}
    response = httpx2.post(f"{url}/v1/entries", json=entry, headers=headers, trust_env=False)
    assert response.status_code == 201, response.text
    id_: str = response.json()["id"]
    return id_


def finds(url: str, question: str) -> str | None:
    """Return the id of the first hit."""
    params = {"q": question}
    response = httpx2.get(f"{url}/v1/search", params=params, trust_env=False, timeout=30)
    assert response.status_code == 200, response.text
    hits = response.json()["hits"]
    return hits[0]["id"] if hits else None


def test_mirrors_answer_edits_and_outlive_the_source(cluster: Cluster) -> None:
    """An edit arrives at both; without the source, and without one of them, reads go on."""
    id_ = added(cluster.source.url, cluster.headers, "Rake")
    began = time.monotonic()
    for mirror in cluster.mirrors:
        assert comes(lambda mirror=mirror: finds(mirror.url, "rake") == id_, PATIENCE_S)  # type: ignore[misc]
    if os.getloadavg()[0] < 1:
        assert time.monotonic() - began < ARRIVES_S
    etags = {
        httpx2.get(f"{url}/v1/entries/{id_}", trust_env=False).headers["etag"]
        for url in (cluster.source.url, *(mirror.url for mirror in cluster.mirrors))
    }
    assert len(etags) == 1, "an edit may be made from what a mirror answered"
    cluster.source.process.kill()
    cluster.source.process.wait()
    for mirror, follower in zip(cluster.mirrors, cluster.followers, strict=True):
        assert finds(mirror.url, "rake") == id_

        def has_problem(mirror: ServiceProcess = mirror) -> bool:
            info = httpx2.get(f"{mirror.url}/v1/info", trust_env=False).json()
            return bool(info["follows"]["has_problem"])

        assert comes(has_problem, PATIENCE_S)
        assert follower.poll() is None, "it tries again"
    cluster.mirrors[0].process.kill()
    cluster.mirrors[0].process.wait()
    assert finds(cluster.mirrors[1].url, "rake") == id_


def test_a_mirror_is_promoted(cluster: Cluster) -> None:
    """One command, while its service runs; its follower ends, and it takes edits."""
    id_ = added(cluster.source.url, cluster.headers, "Rake")
    mirror, follower, folder = cluster.mirrors[0], cluster.followers[0], cluster.folders[0]
    assert comes(lambda: finds(mirror.url, "rake") == id_, PATIENCE_S)
    headers = key_header(folder)
    entry = {"glossary": "garden", "term": "Hoe", "definition": "A blade on a stick."}
    refused = httpx2.post(f"{mirror.url}/v1/entries", json=entry, headers=headers, trust_env=False)
    assert cluster.source.url in proxied.problem_of(refused, 403)["detail"]
    cluster.source.process.kill()
    subprocess.run(
        own_command("follow", "--stop", "--index", str(folder)), check=True, capture_output=True
    )
    assert follower.wait(2 * PATIENCE_S) == 0

    def is_added() -> bool:
        # the first edit after the change of identity is asked to read again
        response = httpx2.post(
            f"{mirror.url}/v1/entries", json=entry, headers=headers, trust_env=False
        )
        return response.status_code == 201

    assert comes(is_added, PATIENCE_S)
    # the service opens the generation of the new identity first
    assert comes(lambda: finds(mirror.url, "hoe") == "garden:hoe", PATIENCE_S)
    assert finds(mirror.url, "rake") == id_
    with Editor(folder) as editor:
        assert [one.id for one in editor.changes_since(0)][-2:] == [id_, "garden:hoe"]


@pytest.fixture
def nginx() -> str:
    """Give the program, before anything is started for it."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        pytest.skip("there is no nginx; Debian's nginx-light has it")
    return found


@contextmanager
def behind(nginx: str, cluster: Cluster, folder: Path) -> Iterator[str]:
    """Start nginx in front with the files of `deploy/mirrors`, and yield its address."""
    port = free_port()
    hosts = [one.url.removeprefix("http://") for one in (cluster.source, *cluster.mirrors)]
    upstreams = (FOLDER / "upstreams.conf").read_text(encoding="utf-8")
    for name, host in zip(("source", "mirror-1", "mirror-2"), hosts, strict=True):
        upstreams = proxied.adapted(upstreams, {f"server {name}:8000": f"server {host}"})
    conf = (FOLDER / "mirrors.conf").read_text(encoding="utf-8")
    listening = proxied.adapted(conf, {"listen 8080;": f"listen 127.0.0.1:{port};"})
    (folder / "semsearch.conf").write_text(f"{upstreams}\n{listening}", encoding="utf-8")
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder))
    with proxied.running([nginx, "-c", str(main), "-p", str(folder), "-e", "stderr"], port):
        yield f"http://127.0.0.1:{port}"


def test_nginx_sends_reads_and_edits_where_they_belong(
    nginx: str, cluster: Cluster, tmp_path: Path
) -> None:
    """Edits to the source, reads to mirrors, then to those that are left."""

    def answering() -> str:
        """Return which service is shown: a mirror does not know the keys of its source."""
        shown = httpx2.get(f"{url}/v1/info", headers=cluster.headers, trust_env=False, timeout=30)
        return {200: "source", 401: "mirror"}[shown.status_code]

    with behind(nginx, cluster, tmp_path) as url:
        id_ = added(url, cluster.headers, "Rake")
        for mirror in cluster.mirrors:
            assert comes(lambda mirror=mirror: finds(mirror.url, "rake") == id_, PATIENCE_S)  # type: ignore[misc]
        assert {answering() for _ in range(6)} == {"mirror"}
        posted = httpx2.post(f"{url}/v1/search", json={"questions": ["rake"]}, trust_env=False)
        assert posted.status_code == 200
        cluster.mirrors[0].process.kill()
        cluster.mirrors[0].process.wait()
        assert {finds(url, "rake") for _ in range(6)} == {id_}
        assert {answering() for _ in range(6)} == {"mirror"}
        cluster.source.process.kill()
        cluster.source.process.wait()
        assert {finds(url, "rake") for _ in range(6)} == {id_}
        entry = {"glossary": "garden", "term": "Hoe", "definition": "A blade on a stick."}
        waits = httpx2.post(
            f"{url}/v1/entries", json=entry, headers=cluster.headers, trust_env=False
        )
        assert waits.status_code == 502


def test_nginx_falls_back_to_the_source(nginx: str, cluster: Cluster, tmp_path: Path) -> None:
    """Without mirrors it answers."""
    with behind(nginx, cluster, tmp_path) as url:
        for mirror in cluster.mirrors:
            mirror.process.kill()
            mirror.process.wait()
        assert {finds(url, "whisk") for _ in range(6)} == {"kitchen:whisk"}
