"""What a shared store costs, measured with a small index."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres_server import TestServer


def test_the_costs_of_a_shared_store_are_measured(
    hashed_index: Path, postgres_server: TestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every figure is there, and what an entry needs is more than nothing."""
    from benchmarks.speed import shared_store  # noqa: PLC0415 - imports an extra

    monkeypatch.setattr(shared_store, "EDITS", 2)
    measured = shared_store.measure(hashed_index, postgres_server.new_database(), tmp_path)
    assert measured["entries"] == 7
    assert all(value > 0 for value in measured.values())
