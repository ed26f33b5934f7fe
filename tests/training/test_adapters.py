"""Adapters to go on from."""

from pathlib import Path

import pytest

from tests.training.test_means import values, written
from training.adapters import write_start

pytestmark = pytest.mark.model  # all read weights with torch


def test_training_starts_with_a_share_of_what_was_learned(tmp_path: Path) -> None:
    """One matrix of each layer is scaled, as in an installed adapter."""
    write_start(written(tmp_path / "first", 1, 2), tmp_path / "start", 0.5)
    assert values(tmp_path / "start") == (0.5, 2)
