"""The short form of `benchmarks.torture.bits`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.torture import bits
from benchmarks.torture.kill import PromiseBroken
from semsearch.ingest.build import build_index
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES


@pytest.mark.timeout(300)
def test_every_damage_is_noticed(tmp_path: Path) -> None:
    """Two hundred, in every kind of file."""
    build_index(ENTRIES, tmp_path / "index", model="hashed")
    damaged = bits.torture(tmp_path / "index", 200, seed=20261123)
    assert damaged.total() > 180  # the files of phrases are empty here, and cannot be damaged
    assert {"CURRENT", "MANIFEST.json", "store.db", "entries.db", "vectors.f32"} <= damaged.keys()


def test_a_wrong_answer_would_be_noticed(tmp_path: Path) -> None:
    """Here of an index that was edited behind its back."""
    index = tmp_path / "index"
    build_index(ENTRIES, index, model="hashed")
    right = bits.answer(index)
    with closing(EntryStore(IndexLayout(index).store)) as store:
        store.apply([Edit(ENTRIES[0].id, None)], "nobody")
    with pytest.raises(PromiseBroken, match="the answer is wrong"):
        bits.check(index, IndexLayout(index).store, right)


def test_a_damage_that_is_not_noticed_breaks_the_promise(tmp_path: Path) -> None:
    """Here of a file that was not damaged at all."""
    index = tmp_path / "index"
    build_index(ENTRIES, index, model="hashed")
    shutil.copytree(index, tmp_path / "copy")
    vectors = IndexLayout(index).generation(1).vectors
    with pytest.raises(PromiseBroken, match="the damage was not noticed"):
        bits.check(index, vectors, bits.answer(tmp_path / "copy"))
