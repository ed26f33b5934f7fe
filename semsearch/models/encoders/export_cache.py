"""Exported encoders of this user, so that only the first index of an encoder exports it.

An entry is a copy of the folder of an export. It is written under another name and renamed, and
every file is checked by its hash when it is used. An entry states its own hashes, which find damage
and no forger. So a cache that others may write to is refused. It may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from semsearch.core.cache_folder import (
    check_cached,
    make_cache_folder,
    trusted_cache_folder,
)
from semsearch.core.checksums import sha256_of
from semsearch.core.temporary_folders import PREFIX
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.models.onnx.export import replacing
from semsearch.models.onnx.session import EXPORT_VERSION

Compare = Callable[[EncoderExport, Path], EncoderExport | None]
"""Return an export in a folder with its choice between the copies, None if it cannot be used."""


def copy_cached(fingerprint: str, folder: Path, compare: Compare) -> EncoderExport | None:
    """Copy the export of an encoder from the cache into an index.

    Args:
        fingerprint: of the encoder.
        folder: of the export in the index; replaced as a whole, and only when it is compared.
        compare: chooses between the copies, by the texts of the index.

    Returns:
        The export; None if the cache has no usable one of the current version.

    Raises:
        ModelRefused: others may write to the cache, or it has a link or a device.
    """
    source = _entry(fingerprint)
    check_cached(source)
    with contextlib.suppress(Exception):  # a graph that cannot run, among others
        export = EncoderExport.find(source, fingerprint)
        if export is None:
            return None
        with replacing(folder) as scratch:
            _copy(export, source, scratch)
            if not _is_intact(export, scratch):
                raise FileNotFoundError(source)
            compared = compare(export, scratch)
            if compared is None:
                raise FileNotFoundError(source)
        return compared
    return None


def is_cached(fingerprint: str) -> bool:
    """Return whether the cache has an intact export of an encoder; nothing is copied or run.

    Raises:
        ModelRefused: others may write to the cache, or it has a link or a device.
    """
    source = _entry(fingerprint)
    check_cached(source)
    export = EncoderExport.find(source, fingerprint)
    return export is not None and _is_intact(export, source)


def store(export: EncoderExport, folder: Path) -> None:
    """Copy a new export into the cache, unless it failed; one that cannot be written stays.

    Args:
        export: what has been exported.
        folder: of the export in the index.

    Raises:
        ModelRefused: others may write to the cache.
    """
    if export.problem:
        return
    target = _entry(export.fingerprint)
    with contextlib.suppress(OSError):
        make_cache_folder(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=PREFIX) as name:
            scratch = Path(name)
            (scratch / "new").mkdir()
            _copy(export, folder, scratch / "new")
            if target.exists():
                target.rename(scratch / "old")
            (scratch / "new").rename(target)


def _entry(fingerprint: str) -> Path:
    encoders = trusted_cache_folder() / "encoders"
    return encoders / f"{fingerprint[:16]}-{EXPORT_VERSION}"


def _copy(export: EncoderExport, source: Path, target: Path) -> None:
    description = export.description(source).name
    for name in (*export.sha256, description):
        shutil.copyfile(source / Path(name).name, target / Path(name).name)


def _is_intact(export: EncoderExport, folder: Path) -> bool:
    return all(sha256_of(folder / name) == sha256 for name, sha256 in export.sha256.items())
