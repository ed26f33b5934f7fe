"""What servers of a shared store ask PostgreSQL, and how many answers they give: short forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.progress import Silent
from semsearch.ingest.shared.local_copy import database_of
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.storage.files.layout import IndexLayout
from tests.postgres_server import TestServer


@pytest.mark.process
def test_feed_and_rates_of_several_servers_are_measured(
    hashed_index: Path, postgres_server: TestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every figure is there, and every server had every edit."""
    from benchmarks.speed import cluster  # noqa: PLC0415 - imports an extra
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415

    monkeypatch.setattr(cluster, "EDITS", 2)
    url = postgres_server.new_database()
    migrate(database_of(url))
    copy_into_store(IndexLayout(hashed_index), database_of(url), Silent())
    feed = cluster.measure_feed(tmp_path, url, 3, 1.0)
    assert feed["servers"] == 3
    assert feed["connections"] >= 6, "each has one to listen, and one to look"
    assert feed["delay_most_ms"] >= feed["delay_median_ms"] > 0
    assert all(value >= 0 for value in feed.values()), "PostgreSQL counts a second late"
    rates = cluster.measure_rates(tmp_path, url, 0.5, 1)
    assert all(value > 0 for value in rates.values())
    database_of(url).close()
    database_of.cache_clear()
