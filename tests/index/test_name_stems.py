"""How much of an entry's own name a question says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.index.files.name_stems import NameStems, NameStemsWriter
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.text.names import names_of
from tests.conftest import entry

NAMES = (
    entry("UDP", "x", aliases=("User Datagrams",)),
    entry("Grid Cell", "x"),
    entry("Dropout", "x"),
    entry("The", "x"),
)


@pytest.fixture
def names(tmp_path: Path) -> NameStems:
    """Give the stems of the names of four entries; the last has stop words only."""
    writer = NameStemsWriter()
    for one in NAMES:
        writer.add(one, names_of(one))
    files = GenerationLayout(tmp_path)
    writer.write(files)
    return NameStems(files)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("encryption like UDP has, packets lost, in order", [1, 0, 0, 0]),
        ("datagram of whichever user, encrypted and never lost", [1, 0, 0, 0]),
        ("grids of rows and columns, a layout in CSS", [0, 0.5, 0, 0]),
        ("how does dropout work", [0, 0, 0.25, 0]),
        ("dropout", [0, 0, 0, 0]),
        ("bread, butter, jam, milk, tea", [0, 0, 0, 0]),
        ("", [0, 0, 0, 0]),
    ],
)
def test_the_most_that_is_said_of_any_name_counts(
    names: NameStems, question: str, expected: list[float]
) -> None:
    """A whole name in a description is 1, a name alone 0, a part of a name a share."""
    found = names.name_overlap(question, np.arange(4))
    assert found.tolist() == pytest.approx(expected)


def test_only_the_entries_asked_for_are_answered(names: NameStems) -> None:
    """Answers are in the requested order; no entry gives no answer."""
    question = "encryption like UDP has, packets lost, in order"
    assert names.name_overlap(question, np.array([2, 0, 3])).tolist() == [0, 1, 0]
    assert names.name_overlap(question, np.array([], dtype=np.int64)).shape == (0,)
