"""The first copy: whole or not at all, and only what belongs into a mirror."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.core.errors import IndexDamaged, IndexUnwritable, SourceRefused
from semsearch.core.progress import Progress, Silent
from semsearch.index.backup import back_up
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.follow.first_copy import copy_index, is_empty
from semsearch.storage.files.following import followed_url
from semsearch.storage.files.layout import IndexLayout
from tests.ingest.follow.source_service import key_of
from tests.ingest.follow.test_run import LocalService


@pytest.fixture
def service(hashed_index: Path, tmp_path: Path) -> Iterator[LocalService]:
    """Give a service over an index of its own."""
    shutil.copytree(hashed_index, tmp_path / "source")
    with LocalService(tmp_path / "source") as made:
        yield made


def test_a_mirror_has_the_identity_of_its_source(service: LocalService, tmp_path: Path) -> None:
    """So positions and ETags are the same; an empty folder is replaced, others stay beside."""
    mirror = tmp_path / "data" / "mirror"
    mirror.mkdir(parents=True)
    (mirror.parent / "other").write_text("x")
    assert is_empty(mirror)
    copy_index(service, mirror, Silent())
    assert not is_empty(mirror)
    assert Editor(mirror).position() == Editor(service.index).position()
    assert followed_url(IndexLayout(mirror)) == service.url
    assert verify(mirror).entries == 7
    assert sorted(path.name for path in mirror.parent.iterdir()) == ["mirror", "other"]


def test_what_a_killed_copy_left_is_removed(service: LocalService, tmp_path: Path) -> None:
    """It is in one folder beside the index."""
    left = tmp_path / ".mirror.copy" / "index" / "generations"
    left.mkdir(parents=True)
    (left.parent.parent / "backup.tar").write_bytes(b"half")
    copy_index(service, tmp_path / "mirror", Silent())
    assert not (tmp_path / ".mirror.copy").exists()


def test_a_copy_that_breaks_off_leaves_no_index(service: LocalService, tmp_path: Path) -> None:
    """The next attempt begins again."""

    class HalfCopy(LocalService):
        def copy(self, file: Path, progress: Progress) -> None:
            super().copy(file, progress)
            file.write_bytes(file.read_bytes()[:-20_000])

    mirror = tmp_path / "mirror"
    with pytest.raises(IndexDamaged, match="is not a complete backup"):
        copy_index(HalfCopy(service.index), mirror, Silent())
    assert not mirror.exists()
    service.failures = [SourceRefused("no")]
    with pytest.raises(SourceRefused):
        copy_index(service, mirror, Silent())
    assert not mirror.exists()
    copy_index(service, mirror, Silent())


def test_keys_of_the_source_are_refused(service: LocalService, tmp_path: Path) -> None:
    """Who sends the copy would choose who may read the mirror."""

    class CopyWithKeys(LocalService):
        def copy(self, file: Path, progress: Progress) -> None:
            back_up(self.index, file)

    key_of(service.index)
    with pytest.raises(IndexDamaged, match="it has keys, and a mirror has keys of its own"):
        copy_index(CopyWithKeys(service.index), tmp_path / "mirror", Silent())
    assert not (tmp_path / "mirror").exists()


def test_a_folder_that_cannot_be_made_is_named(service: LocalService, tmp_path: Path) -> None:
    """A file is in the way."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexUnwritable, match="cannot be written"):
        copy_index(service, tmp_path / "file" / "mirror", Silent())
