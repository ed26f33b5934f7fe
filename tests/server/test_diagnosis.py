"""What `doctor` checks: each fault is named, with what to do, and nothing is written."""

from __future__ import annotations

import os
import shutil
import socket
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from semsearch.core.settings import Settings, load_settings
from semsearch.index.manifest import FORMAT, read_manifest
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.server import diagnosis
from semsearch.server.diagnosis import Check, CheckState, diagnose
from semsearch.server.workers import worker_count
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES
from tests.own_indexes import OwnIndexes


@pytest.fixture
def index(own_hashed_index: Path) -> Path:
    """Give an index that a test may spoil."""
    return own_hashed_index


def _settings(index: Path, **given: object) -> Settings:
    return load_settings(**{"index": index, "model": "hashed", "port": 0, **given})


def _found(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in diagnose(settings).checks}


def test_an_index_in_order_is_sound_and_left_as_it_is(index: Path, own_indexes: OwnIndexes) -> None:
    """Every line is ok, and says what it found; that of a copy also what its shared store has."""
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*")}
    found = diagnose(_settings(index))
    assert found.is_sound
    assert {
        check.name: check.message for check in found.checks if check.state != CheckState.OK
    } == {}
    lines = {check.name: check.message for check in found.checks}
    assert f"format {FORMAT}, generation 1, 7 entries, encoder hashed" in lines["index"]
    store, _, shared = lines["store"].partition("; it is a copy of ")
    assert store == "revision 7, belongs to the generation"
    assert ("which is at revision 7 and has " in shared) == own_indexes.is_shared
    assert "onnxruntime" in lines["libraries"]
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*")} == before


def test_a_missing_index_is_an_error_with_the_command_that_builds_one(tmp_path: Path) -> None:
    """The disk must have room for a first build, and the store is not asked for."""
    found = diagnose(_settings(tmp_path / "none"))
    lines = {check.name: check for check in found.checks}
    assert not found.is_sound
    assert lines["index"].state == CheckState.ERROR
    assert "run `semsearch build PATHS" in lines["index"].message
    assert "400.0 MB" in lines["disk"].message
    assert "store" not in lines


def test_a_damaged_file_and_another_encoder_are_errors(index: Path) -> None:
    """Opening the index says so, as `ask` does."""
    assert _found(_settings(index, model="base"))["index"].state == CheckState.ERROR
    _, files = read_manifest(IndexLayout(index))
    files.words.write_bytes(b"spoilt")
    damaged = _found(_settings(index))["index"]
    assert (damaged.state, "words.db is altered" in damaged.message) == (CheckState.ERROR, True)


@pytest.mark.embedded_store("store.db is replaced, then removed")
def test_a_store_that_is_missing_or_of_another_index_is_a_warning(
    index: Path, tmp_path: Path
) -> None:
    """Questions are answered without it; edits are not."""
    with Editor(index) as editor:
        editor.delete("bakery:crumb")
    assert _found(_settings(index))["store"].message.endswith("1 changed since the generation")
    build_index(ENTRIES[:1], tmp_path / "other", model="hashed")
    shutil.copy(tmp_path / "other" / "store.db", index)
    assert _found(_settings(index))["store"].state == CheckState.WARNING
    (index / "store.db").unlink()
    missing = _found(_settings(index))["store"]
    assert (missing.state, "has no store.db" in missing.message) == (CheckState.WARNING, True)


def test_a_folder_that_cannot_be_written_is_a_warning(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system is asked, as root may write anywhere."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = _found(_settings(index))
    assert found["permissions"].state == CheckState.WARNING
    assert "store.db: questions are answered" in found["permissions"].message
    assert found["cache folder"].state == CheckState.WARNING


def test_a_cache_that_others_may_write_to_is_named(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build with a model would refuse it, so the model is a warning too."""
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(0o777)
    monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(folder))
    found = _found(_settings(index, model=None))
    assert found["cache folder"].state == CheckState.WARNING
    assert "chmod go-w" in found["cache folder"].message
    assert found["model"].state == CheckState.WARNING


def test_the_model_is_checked_but_neither_unpacked_nor_downloaded(index: Path) -> None:
    """The default has known weights; of a hub nothing is asked."""
    default = _found(_settings(index, model=None))["model"]
    assert default.state == CheckState.OK
    assert "as published" in default.message
    assert "unpacked yet" in _found(_settings(index, model="accurate"))["model"].message
    hub = _found(_settings(index, model="somebody/some-model"))["model"]
    assert (hub.state, "is not asked" in hub.message) == (CheckState.WARNING, True)


def test_little_disk_little_memory_and_a_port_in_use_are_warnings(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says what to do; what is there still answers."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    monkeypatch.setattr(worker_count, "memory", lambda: 1 << 20)
    with socket.create_server(("127.0.0.1", 0)) as other:
        found = diagnose(_settings(index, port=other.getsockname()[1]))
    lines = {check.name: check for check in found.checks}
    assert found.is_sound
    for name, told in (
        ("disk", "free space on the disk"),
        ("memory", "free some memory"),
        ("port", "is in use; choose another with --port"),
    ):
        assert (lines[name].state, told in lines[name].message) == (CheckState.WARNING, True)


def test_missing_libraries_are_named_by_extra(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole extra may be missing, a part of one is a warning, a required library an error."""

    def version(package: str) -> str:
        if package in {"mcp", "torch", "nh3"}:
            raise metadata.PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr(diagnosis, "version", version)
    found = _found(_settings(index))
    assert (found["extra mcp"].state, found["extra build"].state) == (
        CheckState.OK,
        CheckState.WARNING,
    )
    assert found["extra mcp"].message.endswith(
        "run `pip install '.[mcp]'` in the checkout of semsearch"
    )
    assert found["extra build"].message.startswith("torch is missing")
    assert found["installation"].state == CheckState.ERROR
    assert "nh3; run `pip install .`" in found["installation"].message
    monkeypatch.setattr(diagnosis, "requires", lambda name: version("mcp"))
    assert _found(_settings(index))["installation"].state == CheckState.WARNING


@pytest.mark.parametrize("below", ["", "cache", "deep/below/it"])
def test_a_cache_that_cannot_be_made_is_named(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    """A file stands in its place, or in that of a folder above it."""
    file = tmp_path / "file"
    file.touch(0o600)
    folder = file / below
    monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(folder))
    found = _found(_settings(index))["cache folder"]
    assert found.state == CheckState.WARNING
    assert found.message.startswith(f"{folder} cannot be made: {file} is a file, so every new")
    assert found.message.endswith("name another folder with SEMSEARCH_CACHE_FOLDER")


def test_paths_that_cannot_be_are_errors_of_their_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a circle of links nor a name that is too long ends the others."""
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for cache, index in ((tmp_path / "circle", tmp_path), (tmp_path, tmp_path / ("x" * 300))):
        monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(cache))
        found = diagnose(load_settings(index=index))
        assert not found.is_sound
        assert "port" in {check.name for check in found.checks}
