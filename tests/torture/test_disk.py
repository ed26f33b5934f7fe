"""The short form of `benchmarks.torture.disk`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.torture import disk, images
from benchmarks.torture.kill import PromiseBroken
from semsearch.core.errors import IndexUnwritable
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.search.glossary import Glossary
from tests.conftest import ENTRIES

STRACE = disk.missing()
strace_needed = pytest.mark.skipif(bool(STRACE), reason=STRACE or "it is there")


@strace_needed
@pytest.mark.timeout(300)
def test_a_disk_that_fails_loses_nothing(hashed_index: Path) -> None:
    """Ten calls that sync or write fail.

    What is refused is so as no room or as unwritable, and questions go on.
    """
    refused: Counter[int] = Counter()
    for fault, calls in disk.FEW.items():
        refused += disk.torture(hashed_index, fault, calls)
    assert set(refused) == {disk.NO_ROOM, disk.UNWRITABLE}
    assert refused.total() >= sum(map(len, disk.FEW.values()))


def test_a_disk_without_room_loses_nothing(hashed_index: Path) -> None:
    """No page left, or a few."""
    if reason := images.missing():
        pytest.skip(reason)
    assert disk.fill(hashed_index, (1, 20)).keys() == {disk.NO_ROOM}


@strace_needed
def test_an_edit_that_nobody_acknowledged_is_noticed(hashed_index: Path, tmp_path: Path) -> None:
    """One is made behind the back of the writer."""
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    with Editor(index) as editor:
        editor.delete("harbour:hull")
    with pytest.raises(PromiseBroken, match=r"EIO of fdatasync 1: lost \['harbour:hull'\]"):
        disk.torture(index, disk.FAULTS[1], (1,))


def test_a_disk_that_can_only_be_read_shows_every_edit(hashed_index: Path, tmp_path: Path) -> None:
    """Nothing has to be written beside a store for it to be read.

    Entries, histories and a check of all.
    """
    if reason := images.missing():
        pytest.skip(reason)
    with images.memory(tmp_path / "mounted") as mounted:
        index = Path(shutil.copytree(hashed_index, mounted / "index"))
        with Editor(index) as editor:
            editor.change("bakery:crumb", definition="The soft part.")
        images.freeze(mounted)
        with Glossary.open(index) as glossary, Editor(index) as editor:
            assert glossary.ask("crumb").hits[0].entry.definition == "The soft part."
            assert len(editor.history("bakery:crumb")) == 2
            with pytest.raises(IndexUnwritable, match="cannot be written"):
                editor.delete("bakery:crumb")
        assert verify(index).entries == len(ENTRIES)
