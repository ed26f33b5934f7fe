"""The services that are measured side by side: how each is started and asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.speed import services
from semsearch.importers import read_corpus
from semsearch.models.registry import BASE_MODEL, find_model

LIMIT = 10
"""Hits that every service returns."""

PLAIN, TXTAI, OURS = "plain service", "txtai", "semsearch"

_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedService:
    """One service: its command, what it listens on, and where its questions go."""

    name: str
    command: Sequence[str]
    port: int
    path: str
    parameter: str
    env: Mapping[str, str] = field(default_factory=dict)

    def request(self, question: str) -> str:
        """Return path and query of a question."""
        return f"{self.path}?{urlencode({self.parameter: question, 'limit': LIMIT})}"

    def running(self, first: str) -> AbstractContextManager[services.Service]:
        """Run it as long as the block lasts; its start ends with the answer to a first question."""
        return services.running(self.command, self.port, self.request(first), env=self.env)


def ours(index: Path) -> ComparedService:
    """Return `semsearch serve` with default settings."""
    port = services.free_port()
    return ComparedService(
        name=OURS,
        command=services.serve(index, port),
        port=port,
        path=services.SEARCH,
        parameter="q",
    )


def plain(corpus: Sequence[str]) -> ComparedService:
    """Return the service of `reference_service`."""
    port = services.free_port()
    module = "benchmarks.speed.reference_service"
    return ComparedService(
        name=PLAIN,
        command=[sys.executable, "-m", module, "--port", str(port), "--corpus", *corpus],
        port=port,
        path="/search",
        parameter="q",
    )


def txtai(python: Path, corpus: Sequence[str], folder: Path) -> ComparedService:
    """Make txtai's index of the definitions in a folder, and return its API.

    Args:
        python: the interpreter of an environment that has txtai.
        corpus: paths of glossaries.
        folder: where the index goes.

    Raises:
        ServiceFailed: the environment is not there, or the index cannot be made.
    """
    if not python.exists():
        raise services.ServiceFailed(f"{python} is missing; `make bench` installs txtai there")
    texts = [entry.definition for entry in read_corpus(corpus).entries]
    script = Path(__file__).with_name("txtai_index.py")
    model = find_model(BASE_MODEL).path
    made = subprocess.run(
        [str(python), str(script), str(model), str(folder)],
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=False,
        timeout=600,
    )
    if made.returncode:
        raise services.ServiceFailed(f"txtai made no index: {made.stderr[-2000:].decode()}")
    port = services.free_port()
    address = ["--host", services.HOST, "--port", str(port)]
    return ComparedService(
        name=TXTAI,
        command=[str(python), "-m", "uvicorn", "txtai.api:app", "--no-access-log", *address],
        port=port,
        path="/search",
        parameter="query",
        env={**_OFFLINE, "CONFIG": str(folder / "config.yml")},
    )


@contextmanager
def all_running(
    contenders: Sequence[ComparedService], first: str
) -> Iterator[dict[str, services.Service]]:
    """Run several at once, started one after the other; yield them by name."""
    if not contenders:
        yield {}
        return
    one, *others = contenders
    with one.running(first) as service, all_running(others, first) as rest:
        yield {one.name: service, **rest}
