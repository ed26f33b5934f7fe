"""What an entry costs, measured with two tiny glossaries."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ENTRIES, PROJECT
from tests.postgres_server import TestServer


def test_every_cost_is_measured(postgres_server: TestServer, tmp_path: Path) -> None:
    """Bytes in the index and in PostgreSQL, texts, and processor time."""
    from benchmarks.speed import entry_costs  # noqa: PLC0415 - imports an extra

    url = postgres_server.new_database()
    measured = entry_costs.measure(ENTRIES, "hashed", url, tmp_path)
    assert measured["entries"] == [1, len(ENTRIES)]
    each = measured["per_entry"]
    assert each["texts"] > 1, "names are embedded, too"
    assert set(each) == {
        "texts",
        "build_ms",
        "store_bytes",
        "generation_bytes",
        "postgres_rows_bytes",
        "postgres_embeddings_bytes",
        "postgres_files_bytes",
    }
    assert all(value > 0 for name, value in each.items() if name.startswith("postgres"))
    assert measured["question_ms"] > 0


def test_larger_sizes_are_those_of_the_committed_figures() -> None:
    """Ascending, up to a million, with what a search takes there."""
    from benchmarks.speed import entry_costs  # noqa: PLC0415 - imports an extra

    sizes = entry_costs.growth(PROJECT / "docs" / "benchmark.json")
    assert [size["entries"] for size in sizes] == sorted(size["entries"] for size in sizes)
    assert sizes[-1]["entries"] > 900_000
    assert sizes[-1]["search_ms"] > sizes[0]["search_ms"] > 0
