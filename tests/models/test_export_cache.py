"""The cache of exported encoders: intact entries are copied, anything else is exported anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.checksums import sha256_of
from semsearch.core.errors import ModelRefused
from semsearch.models.encoders.export_cache import copy_cached, store
from semsearch.models.encoders.onnx import Agreement, EncoderExport
from semsearch.models.onnx.session import EXPORT_VERSION

FINGERPRINT = "0123456789abcdef" * 4
FILES = ("tokenizer.json", "fp32.onnx", "fp32.bin", "int8.onnx", "int8.bin")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a cache that does not exist yet."""
    monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(tmp_path / "cache"))


@pytest.fixture
def exported(tmp_path: Path) -> tuple[EncoderExport, Path]:
    """Give an export in an index, with any content."""
    folder = tmp_path / "index/encoders/one"
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_text(f"content of {name}")
    export = EncoderExport(
        version=EXPORT_VERSION,
        fingerprint=FINGERPRINT,
        model="bakery",
        max_tokens=64,
        pad_id=0,
        inputs=("input_ids",),
        sha256={name: sha256_of(folder / name) or "" for name in FILES},
        agreement={"int8": Agreement(cosine=0.99, top10=0.98)},
        precision="int8",
        dim=8,
        query_prompt="",
        entry_prompt="",
        entries="int8",
        special_ids=(),
    )
    export.save(folder)
    return export, folder


def _as_it_is(export: EncoderExport, _: Path) -> EncoderExport:
    return export


def _contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_another_index_gets_a_copy(exported: tuple[EncoderExport, Path], tmp_path: Path) -> None:
    """Every file is the same, and no other file is left in the cache."""
    export, folder = exported
    target = tmp_path / "other/encoders/one"
    assert copy_cached(FINGERPRINT, target, _as_it_is) is None
    store(export, folder)
    assert copy_cached(FINGERPRINT, target, _as_it_is) == EncoderExport.load(folder)
    assert _contents(target) == _contents(folder)
    assert len(list((tmp_path / "cache/encoders").iterdir())) == 1


@pytest.mark.parametrize("name", [*FILES, "encoder.json"])
def test_a_damaged_copy_is_not_used(
    name: str, exported: tuple[EncoderExport, Path], tmp_path: Path
) -> None:
    """The encoder is exported anew, which replaces the damaged copy."""
    export, folder = exported
    store(export, folder)
    (entry,) = (tmp_path / "cache/encoders").iterdir()
    (entry / name).write_text("other content")
    target = tmp_path / "other/encoders/one"
    assert copy_cached(FINGERPRINT, target, _as_it_is) is None
    assert not target.exists()
    store(export, folder)
    assert copy_cached(FINGERPRINT, target, _as_it_is) == EncoderExport.load(folder)


def test_a_missing_file_is_not_used(exported: tuple[EncoderExport, Path], tmp_path: Path) -> None:
    """A copy without one of its files is like none, also if that file does not answer."""
    store(*exported)
    next((tmp_path / "cache/encoders").glob("*/fp32.bin")).unlink()
    assert copy_cached(FINGERPRINT, tmp_path / "other", _as_it_is) is None


def test_a_cache_that_cannot_be_written_is_no_error(
    exported: tuple[EncoderExport, Path], tmp_path: Path
) -> None:
    """The index has its own export; the next index exports again."""
    (tmp_path / "cache").write_text("a file where the folder should be")
    store(*exported)
    assert copy_cached(FINGERPRINT, tmp_path / "other", _as_it_is) is None


def test_a_failed_export_is_not_kept(exported: tuple[EncoderExport, Path]) -> None:
    """Another version of a library may succeed."""
    export, folder = exported
    store(replace(export, problem="no such operator"), folder)
    assert copy_cached(FINGERPRINT, folder, _as_it_is) is None


def test_a_planted_encoder_is_refused(exported: tuple[EncoderExport, Path], tmp_path: Path) -> None:
    """Whoever may write to the cache could state the hashes of another encoder."""
    store(*exported)
    (tmp_path / "cache").chmod(0o777)
    target = tmp_path / "other"
    with pytest.raises(ModelRefused, match=r"others may write to \S+/cache \(mode 0777\)"):
        copy_cached(FINGERPRINT, target, _as_it_is)
    with pytest.raises(ModelRefused, match="SEMSEARCH_CACHE_FOLDER"):
        store(*exported)
    assert not target.exists()


@pytest.mark.parametrize("name", ["fp32.bin", "encoder.json"])
def test_a_fifo_or_a_link_in_an_entry_is_refused(
    name: str, exported: tuple[EncoderExport, Path], tmp_path: Path
) -> None:
    """It is named and never opened, which could wait forever or lead elsewhere."""
    store(*exported)
    (file,) = (tmp_path / "cache/encoders").glob(f"*/{name}")
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(ModelRefused, match=f"{name} is neither a file nor a folder"):
        copy_cached(FINGERPRINT, tmp_path / "other", _as_it_is)
    file.unlink()
    file.symlink_to(exported[1] / name)
    with pytest.raises(ModelRefused, match=f"{name} is neither a file nor a folder"):
        copy_cached(FINGERPRINT, tmp_path / "other", _as_it_is)


def test_a_copy_that_cannot_be_compared_is_not_used(
    exported: tuple[EncoderExport, Path], tmp_path: Path
) -> None:
    """Neither one that is refused nor one whose graph cannot run leaves anything in the index."""

    def fail(export: EncoderExport, _: Path) -> EncoderExport:
        raise ValueError(export.model)

    store(*exported)
    target = tmp_path / "other"
    assert copy_cached(FINGERPRINT, target, fail) is None
    assert copy_cached(FINGERPRINT, target, lambda _, __: None) is None
    assert not target.exists()
