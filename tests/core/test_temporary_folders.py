"""Temporary folders: each process has its own, and none stays."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.temporary_folders import (
    make_temporary_folder,
    remove_temporary_folders,
    without_temporary_folders,
)


def test_each_call_makes_a_folder(tmp_path: Path) -> None:
    """Two processes never write into the same one."""
    first, second = make_temporary_folder(tmp_path), make_temporary_folder(tmp_path)
    assert first != second
    assert {first.parent, second.parent} == {tmp_path}
    assert list(first.iterdir()) == []


def test_only_temporary_folders_go(tmp_path: Path) -> None:
    """Other files and folders stay, also inside sub-folders."""
    (make_temporary_folder(tmp_path) / "part").write_text("half written")
    (tmp_path / "000001").mkdir()
    inner = make_temporary_folder(tmp_path / "000001")
    remove_temporary_folders(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "000001"]
    assert inner.is_dir()
    remove_temporary_folders(tmp_path / "missing")


def test_messages_name_the_folder_around(tmp_path: Path) -> None:
    """Only what replaces it has a name that somebody knows."""
    file = make_temporary_folder(tmp_path) / "vectors.f32"
    told = without_temporary_folders(f"{file} or {file.parent}-old is full")
    assert told == f"{tmp_path / 'vectors.f32'} or {tmp_path} is full"
    assert without_temporary_folders("notes.tmp-1 stays") == "notes.tmp-1 stays"
