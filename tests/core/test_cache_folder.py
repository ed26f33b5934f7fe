"""The cache folder: where it is, and that nobody else can have put anything there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from semsearch.core.cache_folder import (
    cache_folder,
    check_cached,
    make_cache_folder,
    trusted_cache_folder,
)
from semsearch.core.errors import ModelRefused


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the cache folder, which does not exist yet."""
    monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_cache_folder_follows_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own variable comes first, then the standard one, then the home folder."""
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("SEMSEARCH_CACHE_FOLDER")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg/semsearch"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache/semsearch"


def test_what_is_made_is_for_its_owner_alone(folder: Path) -> None:
    """Whatever the umask is; a cache that is missing is trusted."""
    before = os.umask(0)
    try:
        assert trusted_cache_folder() == folder
        make_cache_folder(folder / "encoders")
        make_cache_folder(folder / "encoders")
    finally:
        os.umask(before)
    assert {one.stat().st_mode & 0o777 for one in (folder, folder / "encoders")} == {0o700}
    check_cached(folder / "encoders")
    check_cached(folder / "missing")


@pytest.mark.parametrize("mode", [0o777, 0o702])
def test_a_cache_that_others_may_write_to_is_refused(folder: Path, mode: int) -> None:
    """The message names the folder and its mode."""
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(ModelRefused, match=rf"{folder} \(mode {mode:04o}\)"):
        trusted_cache_folder()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_group_may_write_if_it_is_that_of_the_user_alone(folder: Path) -> None:
    """Many systems make such a group for each user, and let it write."""
    folder.mkdir()
    folder.chmod(0o775)
    assert trusted_cache_folder() == folder
    os.chown(folder, -1, 10001)
    with pytest.raises(ModelRefused, match=r"\(mode 0775\)"):
        trusted_cache_folder()


def test_a_folder_above_that_others_may_write_to(folder: Path) -> None:
    """The cache could be replaced there, unless the sticky bit forbids it."""
    folder.mkdir()
    folder.parent.chmod(0o777)
    with pytest.raises(ModelRefused, match=r"chmod go-w"):
        trusted_cache_folder()
    folder.parent.chmod(0o1777)
    assert trusted_cache_folder() == folder
    folder.parent.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_belongs_to_another_user_is_refused(folder: Path) -> None:
    """The folder itself, and each file in it."""
    make_cache_folder(folder)
    (folder / "model").write_text("any")
    os.chown(folder / "model", 10001, 10001)
    with pytest.raises(ModelRefused, match=r"model belongs to another user \(10001\)"):
        check_cached(folder)
    os.chown(folder, 10001, 10001)
    with pytest.raises(ModelRefused, match="name a folder of your own"):
        trusted_cache_folder()


def test_only_files_and_folders_belong_there(folder: Path) -> None:
    """Links, FIFOs and devices are named and never opened."""
    make_cache_folder(folder)
    (folder / "link").symlink_to("/dev/zero")
    with pytest.raises(ModelRefused, match="link is neither a file nor a folder"):
        check_cached(folder)
    (folder / "link").unlink()
    os.mkfifo(folder / "fifo")
    with pytest.raises(ModelRefused, match="fifo is neither a file nor a folder"):
        check_cached(folder)
