"""The TypeScript client: its own tests and the examples of the documents, with a real service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.clients.conftest import ClientTarget
from tests.conftest import PROJECT

NODE = shutil.which("node")
CLIENT = PROJECT / "clients" / "typescript"
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(NODE is None, reason="the client needs Node (apt-get install nodejs)"),
    pytest.mark.skipif(
        not (CLIENT / "node_modules").is_dir(),
        reason="its libraries are not installed (npm ci in clients/typescript)",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Compile the client and its tests, which checks their types."""
    _run("node_modules/typescript/bin/tsc")


def _run(*arguments: str, **environment: str) -> str:
    assert NODE is not None
    done = subprocess.run(
        [NODE, *arguments],
        cwd=CLIENT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_tests_pass(target: ClientTarget) -> None:
    """They ask and edit, and are refused and cut off by the proxy."""
    said = _run(
        "--test",
        "test/client.test.js",
        SEMSEARCH_URL=target.url,
        SEMSEARCH_KEY=target.key,
        FLAKY_URL=target.flaky,
    )
    assert "fail 0" in said


@pytest.mark.parametrize("page", ["clients/typescript/README.md", "docs/clients.md"])
def test_examples_work(target: ClientTarget, page: str) -> None:
    """The code of a document is run as it stands, but for the address and the entry."""
    (code,) = re.findall(r"```ts\n(.*?)```", (PROJECT / page).read_text("utf-8"), re.DOTALL)
    code = code.replace("http://127.0.0.1:8000", target.url)
    code = code.replace("deep-learning:dropout", "kitchen:whisk")
    said = _run("--input-type=module", "-e", code, SEMSEARCH_KEY=target.key)
    assert "kitchen:whisk" in said
