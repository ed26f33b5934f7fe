"""Covers `benchmarks/speed/importing`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.speed.importing import write_workbook
from semsearch.importers import read_corpus


def test_the_workbook_has_the_rows_of_the_table(tmp_path: Path) -> None:
    """As Excel writes them: with shared texts."""
    rows = (("Term", "Definition"), ("a & b", "both"), ("c", "both"))
    write_workbook(tmp_path / "a.xlsx", rows)
    entries = read_corpus([tmp_path / "a.xlsx"]).entries
    assert [(entry.term, entry.definition) for entry in entries] == [*rows[1:]]
