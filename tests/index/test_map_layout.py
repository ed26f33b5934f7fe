"""The map of a generation: made of its vectors, and kept from the one before where nothing changed.

Covers `index/map/layout`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.entries import Entry
from semsearch.core.progress import Silent
from semsearch.index.map.layout import MIN_UNCHANGED_SHARE
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import SHELVES, entry

JARS = tuple(
    entry(f"Jar {n}", f"Glass vessel {n} with a lid for jam.", "cellar") for n in range(40)
)


def chart(index: Path, entries: Sequence[Entry], generation: int) -> dict[str, tuple[float, float]]:
    """Return the place of each entry of a generation, in whose order they are given."""
    points = np.fromfile(IndexLayout(index).generation(generation).map, dtype="<f4").reshape(-1, 2)
    assert len(points) == len(entries)
    assert np.abs(points).max() <= 1
    return {one.id: (x, y) for one, (x, y) in zip(entries, points.tolist(), strict=True)}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_entries_have_a_map(tmp_path: Path, count: int) -> None:
    """An index is never without an entry; copies stand in one place."""
    copies = [replace(one, id=f"{one.id}-2") for one in SHELVES[:count]]
    entries = [*SHELVES[:count], *copies]
    build_index(entries[:count], tmp_path / "few", model="hashed")
    assert len(chart(tmp_path / "few", entries[:count], 1)) == count
    build_index(entries, tmp_path / "twice", model="hashed")
    places = chart(tmp_path / "twice", entries, 1)
    assert len(set(places.values())) == count
    assert all(places[copy.id] == places[copy.id.removesuffix("-2")] for copy in copies)


@pytest.mark.process
def test_a_map_is_that_of_its_vectors(tmp_path: Path) -> None:
    """The same entries have the same map, wherever it is made."""
    entries = [*JARS, *SHELVES]
    for name in ("one", "other"):
        build_index(entries, tmp_path / name, model="hashed")
    assert chart(tmp_path / "one", entries, 1) == chart(tmp_path / "other", entries, 1)


@pytest.mark.process
def test_places_are_kept_when_an_entry_is_added(tmp_path: Path) -> None:
    """Builds and publishes keep the positions of unchanged entries.

    What is new stands among what it is like, and what is reworded may move.
    """
    index, entries = tmp_path / "index", [*JARS, *SHELVES]
    build_index(entries, index, model="hashed")
    before = chart(index, entries, 1)
    new = entry("Jar 99", "Glass vessel 99 with a lid for jam.", "cellar")
    reworded = replace(SHELVES[0], definition="Glass vessel 0 with a lid for jam and honey.")
    entries = [*JARS, new, reworded, *SHELVES[1:]]
    build_index(entries, index, model="hashed")
    after = chart(index, entries, 2)
    assert {id_: place for id_, place in after.items() if id_ in before and id_ != reworded.id} == {
        id_: place for id_, place in before.items() if id_ != reworded.id
    }
    jars = np.array([before[jar.id] for jar in JARS])
    for one in (new, reworded):
        assert (np.array(after[one.id]) >= jars.min(axis=0)).all()
        assert (np.array(after[one.id]) <= jars.max(axis=0)).all()
    with Editor(index) as editor:
        editor.add("cellar", Draft("Barrel", "A round vessel of wood."))
    publish_edits(IndexLayout(index), Silent())
    at = len(JARS) + 1
    barrel = entry("Barrel", "A round vessel of wood.", "cellar")
    published = chart(index, [*entries[:at], barrel, *entries[at:]], 3)
    assert {id_: place for id_, place in published.items() if id_ != barrel.id} == after


def test_a_map_is_laid_out_anew_when_most_of_it_is_new(tmp_path: Path) -> None:
    """The map then equals that of a build from nothing."""
    index, entries = tmp_path / "index", [*JARS, *SHELVES]
    few = JARS[: int(MIN_UNCHANGED_SHARE * len(entries)) - 20]
    build_index(few, index, model="hashed")
    build_index(entries, index, model="hashed")
    build_index(entries, tmp_path / "new", model="hashed")
    assert chart(index, entries, 2) == chart(tmp_path / "new", entries, 1)


def test_a_damaged_map_is_not_taken_over(tmp_path: Path) -> None:
    """One wrong place would stay for good."""
    index, entries = tmp_path / "index", [*JARS, *SHELVES]
    build_index(entries, index, model="hashed")
    file = IndexLayout(index).generation(1).map
    damaged = bytearray(file.read_bytes())
    damaged[2] ^= 0x10
    file.write_bytes(damaged)
    entries = entries[::-1]
    build_index(entries, index, model="hashed")
    build_index(entries, tmp_path / "new", model="hashed")
    assert chart(index, entries, 2) == chart(tmp_path / "new", entries, 1)
