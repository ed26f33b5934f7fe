"""The processes of `deploy/kubernetes` without containers: the Job, and servers that are killed.

Commands, settings, probes and ports are those of the manifests; folders, addresses and ports are
those of the test.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from benchmarks.speed.services import free_port
from semsearch.core.own_command import own_command
from tests.postgres_server import TestServer
from tests.server.kubernetes_files import container, scaled_by, settings_of
from tests.server.service_process import comes

pytestmark = pytest.mark.process

ROLE = "semsearch_server"
PATIENCE_S = 60.0
"""Seconds on any machine."""


@dataclass(frozen=True)
class PodProcess:
    """A server: its process, its addresses, its settings."""

    process: subprocess.Popen[bytes]
    url: str
    metrics: str
    environment: dict[str, str]

    def is_ready(self) -> bool:
        """Ask as the probe does."""
        probe = container("servers", "servers")["readinessProbe"]["httpGet"]
        return _get(f"{self.url}{probe['path']}") is not None

    def has(self, id_: str) -> bool:
        """Whether it answers with an entry."""
        return _get(f"{self.url}/v1/entries/{id_}") is not None


def _get(url: str) -> str | None:
    with suppress(httpx2.HTTPError):
        answer = httpx2.get(url, timeout=10, trust_env=False)
        return answer.text if answer.status_code == 200 else None
    return None


def _on_path(**settings: str) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if "SEMSEARCH_" not in name}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**others, "PATH": path, **settings}


@pytest.fixture
def stores(postgres_server: TestServer) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a new database: of the owner, and of the role of the servers."""
    owner = postgres_server.new_database()
    name = owner.partition("?")[0].rpartition("/")[2]
    postgres_server.run(f"CREATE ROLE {ROLE} LOGIN")
    try:
        yield owner, postgres_server.url(name, ROLE)
    finally:
        postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")
        postgres_server.run(f"DROP ROLE {ROLE}")


def run_job(owner: str, index: Path, folder: Path) -> None:
    """Run the Job to its end, with another index in the place of that of the image."""
    folder.mkdir()
    shell, flag, script = container("migrate", "migrate")["command"]
    for path, ours in (("/app/index", index), ("/tmp/index", folder / "index")):  # noqa: S108
        assert path in script
        script = script.replace(path, shlex.quote(str(ours)))
    done = subprocess.run(
        [shell, flag, script],
        env=_on_path(SEMSEARCH_STORE=owner),
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def pod(store: str, folder: Path) -> Iterator[PodProcess]:
    """Start a server as a pod does, from an empty volume; it is killed at the end."""
    folder.mkdir()
    stated = settings_of("servers")
    ports = {"SEMSEARCH_PORT": str(free_port()), "SEMSEARCH_METRICS_PORT": str(free_port())}
    ours: dict[str, str] = {
        **stated,
        **ports,
        "SEMSEARCH_INDEX": stated["SEMSEARCH_INDEX"].replace("/data", str(folder)),
        "SEMSEARCH_METRICS_HOST": "127.0.0.1",
        "SEMSEARCH_STORE": store,
    }
    command: list[str] = container("servers", "servers")["command"]
    here = ["127.0.0.1" if word == "0.0.0.0" else word for word in command]  # noqa: S104
    environment = _on_path(**ours)
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(here, env=environment, stdout=log, stderr=log) as process,
    ):
        server = PodProcess(
            process,
            f"http://127.0.0.1:{ours['SEMSEARCH_PORT']}",
            f"http://127.0.0.1:{ours['SEMSEARCH_METRICS_PORT']}/metrics",
            environment,
        )
        try:
            is_up = comes(lambda: server.is_ready() or process.poll() is not None, PATIENCE_S)
            assert is_up, (folder / "log").read_text()
            assert process.poll() is None, (folder / "log").read_text()
            yield server
        finally:
            process.kill()


def add(server: PodProcess, key: str, term: str) -> str:
    """Add an entry and return its id."""
    body: dict[str, Any] = {"glossary": "garden", "term": term, "definition": f"A {term} to use."}
    answer = httpx2.post(
        f"{server.url}/v1/entries",
        json=body,
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": term},
        timeout=60,
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


def test_two_servers_lose_nothing_when_one_is_killed(
    stores: tuple[str, str], built_index: Path, tmp_path: Path
) -> None:
    """From an empty database: migrate, copy, serve, edit, kill, go on, begin again from nothing."""
    owner, store = stores
    run_job(owner, built_index, tmp_path / "job")
    with pod(store, tmp_path / "two") as two:
        with pod(store, tmp_path / "one") as one:
            made = subprocess.run(
                own_command("keys", "create", "--name", "editors", "--scope", "edit"),
                env=one.environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=True,
            )
            key = made.stdout.strip()
            first = add(one, key, "Rake")
            assert comes(lambda: two.has(first), PATIENCE_S)
            queue = scaled_by()
            said = _get(one.metrics) or ""
            assert any(line.startswith(queue) for line in said.splitlines()), said[:500]
            one.process.kill()
            one.process.wait()
        second = add(two, key, "Spade")
        run_job(
            owner, built_index, tmp_path / "again"
        )  # as before an upgrade: nothing is written twice
        with pod(store, tmp_path / "anew") as anew:
            assert anew.has(first)
            assert anew.has(second)
            anew.process.send_signal(signal.SIGTERM)
            assert anew.process.wait(PATIENCE_S) == 0
        assert two.is_ready()
