"""What is told of the last edit beside the store."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.files.last_commit import read_last_commit, write_last_commit
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES


@pytest.mark.parametrize("revision", [0, 1, 2**40])
def test_what_was_told_is_known(tmp_path: Path, revision: int) -> None:
    """The last announced revision is known, also after several."""
    write_last_commit(tmp_path / "told", 7)
    write_last_commit(tmp_path / "told", revision)
    assert read_last_commit(tmp_path / "told") == revision


def test_nothing_is_known_of_what_cannot_be_read(tmp_path: Path) -> None:
    """A file that is not there, or of another length."""
    assert read_last_commit(tmp_path / "told") is None
    (tmp_path / "told").write_bytes(b"1")
    assert read_last_commit(tmp_path / "told") is None


def test_what_cannot_be_told_stops_nobody(tmp_path: Path) -> None:
    """The edit is made already."""
    write_last_commit(tmp_path / "nowhere" / "told", 1)
    assert not (tmp_path / "nowhere").exists()


def test_every_change_of_the_store_is_told(tmp_path: Path) -> None:
    """Builds and edits announce a revision; one that changes nothing repeats it."""
    layout = IndexLayout(tmp_path)
    with closing(EntryStore(layout.store)) as store:
        store.replace_all(ENTRIES)
        assert read_last_commit(layout.acknowledged) == store.revision[1]
        for _ in range(2):
            store.apply([Edit(ENTRIES[0].id, None)] if store.get(ENTRIES[0].id) else [], "me")
            assert read_last_commit(layout.acknowledged) == store.revision[1]
