"""A small index of its own for each test, and an editor of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.ingest import Editor


@pytest.fixture
def index(hashed_index: Path, tmp_path: Path) -> Path:
    """Give the folder of an index that a test may edit; its entries have the revisions 1 to 7."""
    shutil.copytree(hashed_index, tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def editor(index: Path) -> Iterator[Editor]:
    """Give an editor of it, who is called Ann."""
    with Editor(index, who="ann") as opened:
        yield opened
