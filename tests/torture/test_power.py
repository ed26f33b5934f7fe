"""The short form of `benchmarks.torture.power`, and that it notices what it looks for."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.torture import images, power


@pytest.fixture(scope="module", autouse=True)
def _mountable() -> None:
    if reason := images.missing():
        pytest.skip(reason)


def test_what_was_acknowledged_outlives_a_power_cut() -> None:
    """Four cuts while a writer edits and publishes."""
    acknowledged, wanting = power.torture(4, seed=20261123)
    assert acknowledged > 0
    assert wanting == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")
def test_an_edit_that_was_not_synced_is_missed() -> None:
    """The same writer, whose `fsync` does nothing: each copy lacks what was acknowledged."""
    _, wanting = power.torture(3, seed=20261123, is_synced=False)
    assert len(wanting) == 3
