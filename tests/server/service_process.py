"""A service in a process of its own, started by `serve`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CODE = """
import json, multiprocessing, sys
from semsearch.core.settings import load_settings
from semsearch.server.workers.serve import serve

def ready(listening):
    pids = [process.pid for process in multiprocessing.active_children()]
    heavy = {"torch", "transformers", "sentence_transformers", "peft"} & sys.modules.keys()
    said = {"url": listening.url, "pids": pids, "heavy": [*heavy], "example": listening.example}
    print(json.dumps(said), flush=True)

serve(load_settings(index=sys.argv[1], port=0, workers=int(sys.argv[2]), log_level="warning"), ready)
print("stopped", flush=True)
"""


@dataclass(frozen=True)
class ServiceProcess:
    """A service: its process, its URL, its workers, and the libraries of training it loaded.

    `example` is the question it proposes to ask.
    """

    process: subprocess.Popen[str]
    url: str
    pids: list[int]
    heavy: list[str]
    example: str


@contextmanager
def serving(index: Path, *, workers: int, **settings: object) -> Iterator[ServiceProcess]:
    """Yield a service of an index, which is killed at the end if it has not stopped by then."""
    given = {f"SEMSEARCH_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-c", CODE, str(index), str(workers)]
    with subprocess.Popen(
        command,
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert process.stderr
            said = process.stdout.readline()
            assert said, process.stderr.read()
            yield ServiceProcess(process, **json.loads(said))
        finally:
            process.kill()


def comes(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether something becomes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return False
