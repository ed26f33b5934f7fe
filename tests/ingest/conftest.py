"""A small index of its own for each test, and an editor of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.ingest import Editor


@pytest.fixture
def index(own_hashed_index: Path) -> Path:
    """Give the folder of an index that a test may edit; its entries have the revisions 1 to 7."""
    return own_hashed_index


@pytest.fixture
def editor(index: Path) -> Iterator[Editor]:
    """Give an editor of it, who is called Ann."""
    with Editor(index, who="ann") as opened:
        yield opened
