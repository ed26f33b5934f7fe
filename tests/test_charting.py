"""Places on the map of a generation: for every entry, kept from one build to the next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.building import build_index
from semsearch.projection import FEW
from semsearch.storage.layout import IndexLayout
from semsearch.storage.manifest import read_manifest
from semsearch.storage.mapped import mapped
from semsearch.storage.snapshot import Snapshot
from semsearch.types import Entry

Place = tuple[float, float]


def _entries(count: int) -> list[Entry]:
    words = ("soup", "sail", "rope", "flour", "oven", "keel", "spoon")
    texts = (
        f"A {words[n % 7]} of {words[n % 5]} and {words[n % 3]}, number {n}." for n in range(count)
    )
    return [Entry(f"made:{n:03}", f"Thing {n}", text, "made") for n, text in enumerate(texts)]


def _places(index: Path) -> dict[str, Place]:
    _, files = read_manifest(IndexLayout(index))
    snapshot = Snapshot(files.entries)
    positions = snapshot.positions()
    snapshot.close()
    points = mapped(files.map, "<f4").reshape(-1, 2)
    assert len(points) == len(positions)
    return {id: (float(points[at, 0]), float(points[at, 1])) for id, at in positions.items()}


def _built(entries: list[Entry], index: Path) -> dict[str, Place]:
    build_index(entries, index, model="hashed")
    return _places(index)


@pytest.mark.parametrize("count", [1, 2, 3, FEW + 10])
def test_every_entry_has_a_place(tmp_path: Path, count: int) -> None:
    """Within the square."""
    found = _built(_entries(count), tmp_path / "index")
    assert len(found) == count
    assert np.abs(np.array(list(found.values()))).max() <= 1


def test_the_same_entries_have_the_same_places(tmp_path: Path) -> None:
    """In whatever index, to the last bit."""
    entries = _entries(FEW + 10)
    one = _built(entries, tmp_path / "one")
    assert _built(entries, tmp_path / "other") == one


def test_copies_stand_together(tmp_path: Path) -> None:
    """Equal definitions have equal vectors."""
    entries = _entries(5)
    copy = replace(entries[2], id="made:copy", term="Copy")
    found = _built([*entries, copy], tmp_path / "index")
    assert found["made:copy"] == found["made:002"]


def test_places_stay_when_an_entry_is_added(tmp_path: Path) -> None:
    """A map that moves under its readers is none."""
    entries = _entries(FEW + 10)
    before = _built(entries, tmp_path / "index")
    new = Entry("made:0000", "First of all", "A soup of soup and soup, number 0.", "made")
    after = _built([*entries, new], tmp_path / "index")
    assert {id: after[id] for id in before} == before
    assert "made:0000" in after


def test_places_stay_where_the_definition_stays(tmp_path: Path) -> None:
    """What was reworded moves to where it belongs now."""
    entries = _entries(FEW + 10)
    before = _built(entries, tmp_path / "index")
    changed = replace(entries[7], definition=entries[0].definition)
    after = _built([*entries[:7], changed, *entries[8:]], tmp_path / "index")
    moved = {id for id in before if after[id] != before[id]}
    assert moved == {"made:007"}


def test_many_new_entries_make_a_new_map(tmp_path: Path) -> None:
    """With fewer than four fifths of the places there already, those would not fit any more."""
    entries = _entries(FEW + 30)
    before = _built(entries[:FEW], tmp_path / "index")
    after = _built(entries, tmp_path / "index")
    assert after != before | {id: after[id] for id in after.keys() - before.keys()}
    assert after == _built(entries, tmp_path / "other")
